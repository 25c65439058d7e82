"""What is kept back from a vendor until the work has stood the days that were agreed."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.awards import Award, Milestone
from marketplace.models.people import User
from marketplace.querysets import Findable


class RetentionQuerySet(Findable["Retention"]):
    def visible_to(self, actor: User) -> Self:
        if actor.is_system:
            return self.all()
        return self.filter(milestone__award__in=Award.objects.visible_to(actor).values("pk"))

    def held(self) -> Self:
        """Not released yet."""
        return self.filter(release=None)


class Retention(models.Model):
    """A part of an accepted milestone's price that the vendor is owed later."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    milestone = models.OneToOneField(Milestone, models.PROTECT, related_name="retention")
    amount_minor = models.BigIntegerField()
    due_at = models.DateTimeField()  # the clock releases it then, unless it is contested

    objects = RetentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_retention_is_money", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.amount_minor}"


class Release(models.Model):
    """A retention was given to the vendor: by the clock, or earlier by the head."""

    retention = models.OneToOneField(
        Retention, models.PROTECT, primary_key=True, related_name="release"
    )
    amount_minor = models.BigIntegerField()  # less than was kept where a credit took of it
    released_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    released_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_release_is_not_negative", condition=Q(amount_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.retention_id)
