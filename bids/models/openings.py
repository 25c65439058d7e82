"""Who opens what the clock alone may not: two people, above a limit that finance states."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.events import Words
from marketplace.models.jobs import Job
from marketplace.models.people import User


class OpeningLimit(models.Model):
    """Jobs published since, with a ceiling above it, are opened by two people."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_opening_limit_is_not_negative", condition=Q(limit_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.limit_minor} {self.currency}"


class OpeningSignature(models.Model):
    """That a person says: open them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="opening_signatures")
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    capacity = models.CharField(max_length=10)  # head, finance or auditor

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="nobody_signs_twice_for_an_opening", fields=["job", "signed_by"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id} by {self.signed_by_id}"
