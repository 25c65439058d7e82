"""What a vendor was paid, year by year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import ExtractYear

from ledger.models.payouts import PartBack, PayoutStep, StepKind
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class YearPaid:
    """What a vendor was paid in a year, less what came back in it, in one currency."""

    year: int
    payouts: int
    amount: Money


def payments_kept() -> QuerySet[PayoutStep]:
    """Return the payments that a vendor's bank took and did not give back, and nobody took back."""
    same = PayoutStep.objects.filter(payout=OuterRef("payout"))
    failed = same.filter(kind=StepKind.FAILED, reference=OuterRef("reference"))
    taken_back = same.filter(kind=StepKind.REVERSED)
    return PayoutStep.objects.filter(~Exists(failed), ~Exists(taken_back), kind=StepKind.PAID)


def arrivals(payouts: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when payouts came to the vendor's bank, of those that are there still."""
    kept = payments_kept().filter(payout__in=set(payouts)).order_by("happened_at")
    return dict(kept.values_list("payout", "happened_at"))


def years_paid(provider_id: UUID) -> list[YearPaid]:
    """
    Return the sums of what the vendor has and nobody took back, however many there were. A part
    that came back is taken off in the year in which it did, as on the sheet of that year.
    """
    paid = payments_kept().filter(payout__provider=provider_id)
    back = PartBack.objects.filter(payout__in=paid.values("payout"))
    sums: dict[tuple[int, str], tuple[int, int]] = {
        (year, currency): (count, int(minor))
        for year, currency, count, minor in paid.annotate(year=_year())
        .values_list("year", "payout__currency")
        .annotate(count=Count("pk"), sum=Sum("payout__amount_minor"))
    }
    for year, currency, minor in (
        back.annotate(year=_year())
        .values_list("year", "payout__currency")
        .annotate(sum=Sum("amount_minor"))
    ):
        count, before = sums.get((year, currency), (0, 0))
        sums[year, currency] = (count, before - int(minor))
    return [
        YearPaid(year, count, Money(minor, currency))
        for (year, currency), (count, minor) in sorted(sums.items(), reverse=True)
    ]


def _year() -> ExtractYear:
    return ExtractYear("happened_at", tzinfo=UTC)
