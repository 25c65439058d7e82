"""Ending awarded work before it is done, when both sides have said yes."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.awards import Award
from marketplace.models.events import Words
from marketplace.models.people import User
from marketplace.querysets import Findable


class CancellationOfferQuerySet(Findable["CancellationOffer"]):
    def visible_to(self, actor: User) -> Self:
        if actor.is_system:
            return self.all()
        return self.filter(award__in=Award.objects.visible_to(actor).values("pk"))

    def waiting(self) -> Self:
        """The newest of each award, while the work goes on: an older one is taken back by it."""
        newer = CancellationOffer.objects.filter(
            award=models.OuterRef("award"), offered_at__gt=models.OuterRef("offered_at")
        )
        return self.filter(award__cancellation=None, award__completion=None).exclude(
            models.Exists(newer)
        )


class CancellationOffer(models.Model):
    """One side would end the work for a fee, perhaps nothing. The newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="cancellation_offers")
    fee_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    by_provider = models.BooleanField()  # which side, at that moment

    objects = CancellationOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_cancellation_fee_is_not_negative", condition=Q(fee_minor__gte=0)
            ),
            models.UniqueConstraint(
                name="one_cancellation_offer_at_a_time", fields=["award", "offered_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.fee_minor}"


class Cancellation(models.Model):
    """The other side agreed: the rest of the commitment was released, the fee charged."""

    award = models.OneToOneField(
        Award, models.PROTECT, primary_key=True, related_name="cancellation"
    )
    offer = models.OneToOneField(CancellationOffer, models.PROTECT, related_name="cancellation")
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.award_id)
