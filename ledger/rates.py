"""Booking rates: exact, between minor units, as finance stated them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.models.rates import BookingRate
from marketplace.money import Money
from marketplace.refusals import Refusal


class NoRate(Refusal):
    """No rate between these currencies is stated for that day."""

    code = "no_rate"
    field = "currency"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many minor units of `into` for so many of another currency."""

    into: str
    numerator: int = 1
    denominator: int = 1

    def of(self, minor: int) -> Money:
        """Return what an amount is in the other currency, rounded half up."""
        return Money(part_of(minor, self.numerator, self.denominator), self.into)


def part_of(minor: int, numerator: int, denominator: int) -> int:
    """Return `minor` times a fraction, rounded half up, in whole numbers alone."""
    return (2 * minor * numerator + denominator) // (2 * denominator)


def rate_in_force(currency: str, into: str, on: date) -> Rate:
    """Return the rate of a day, or the last one before it. :raises NoRate: there is none."""
    if currency == into:
        return Rate(into)
    stated = (
        BookingRate.objects.filter(currency=currency, into=into, in_force_on__lte=on)
        .order_by("-in_force_on")
        .first()
    )
    if stated is None:
        raise NoRate(f"Finance has stated no rate from {currency} to {into} for {on:%d %B %Y}.")
    return Rate(into, stated.numerator, stated.denominator)
