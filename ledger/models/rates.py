"""At which rate an award in another currency is booked, and what paying it really cost."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from ledger.models.awards import Award
from marketplace.models.events import Words
from marketplace.models.people import User


class BookingRate(models.Model):
    """
    So many minor units of one currency are booked for so many of another, from a day on. Two
    whole numbers, so that no digit of the rate is lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    currency = models.CharField(max_length=3)  # what an award is in
    into = models.CharField(max_length=3)  # what the budget is in
    in_force_on = models.DateField()
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_rate_per_pair_and_day", fields=["currency", "into", "in_force_on"]
            ),
            models.CheckConstraint(
                name="a_rate_is_positive_and_between_two_currencies",
                condition=Q(numerator__gt=0, denominator__gt=0) & ~Q(currency=F("into")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.into} {self.in_force_on}"


class RateReason(models.Model):
    """Why a rate was stated: where it comes from."""

    rate = models.OneToOneField(
        BookingRate, models.PROTECT, primary_key=True, related_name="reason"
    )
    words = models.ForeignKey(Words, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.rate_id)


class CurrencySettlement(models.Model):
    """A part of what an award owes in its currency was paid, at what it cost that day."""

    id = models.UUIDField(primary_key=True, editable=False)  # the payment's: settled once
    award = models.ForeignKey(Award, models.PROTECT, related_name="currency_settlements")
    paid_minor = models.BigIntegerField()  # in the award's currency
    cost_minor = models.BigIntegerField()  # in the budget line's
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_settlement_pays_something", condition=Q(paid_minor__gt=0, cost_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.paid_minor}"
