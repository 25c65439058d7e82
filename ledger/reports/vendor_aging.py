"""What each vendor is owed, by how long: the oldest debts are taken to be paid first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from ledger import chart
from ledger.models.journal import Posting
from ledger.reports.columns import Column, columns
from ledger.reports.known import Known
from ledger.reports.reading import reader_of
from ledger.reports.statement_lines import accounts
from marketplace.models.people import User
from marketplace.money import Money

ENDS = (30, 60, 90)  # days: the last of each span but the last


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One vendor in one currency. What is owed is the sum of the four spans."""

    provider_id: UUID
    provider_name: str
    currency: str
    owed: Money
    days_0_30: Money
    days_31_60: Money
    days_61_90: Money
    days_over_90: Money
    disputed: Money
    retained: Money
    receivable: Money  # what the vendor owes us


COLUMNS: tuple[Column[AgingRow], ...] = columns(
    *("provider_name", "currency", "owed", "days_0_30", "days_31_60", "days_61_90"),
    *("days_over_90", "disputed", "retained", "receivable", "provider_id"),
)


def vendor_aging(
    *, actor: User, known: Known, currency: str = "", provider_id: UUID | None = None
) -> tuple[AgingRow, ...]:
    """
    Return what vendors were owed on the day of `known`, which must name one. Finance and auditors
    see all of them, others what is owed to their own.
    """
    reader = reader_of(actor)
    codes = (chart.VENDOR_PAYABLE, chart.DISPUTE_HOLD, chart.RETENTION, chart.VENDOR_RECEIVABLE)
    postings = Posting.objects.filter(
        known.of("entry__"), account__in=accounts(codes), provider__isnull=False
    )
    if not reader.reads_all_books:
        postings = postings.filter(provider__in=reader.incomes)
    for name, value in (("currency", currency), ("provider", provider_id)):
        postings = postings.filter(**{name: value}) if value else postings
    moved = postings.values_list(
        "provider__name", "provider", "currency", "account__code", "entry__effective_on"
    )
    sums = moved.annotate(
        owed=Sum("credit_minor", default=0), paid=Sum("debit_minor", default=0)
    ).filter(~Q(owed=0) | ~Q(paid=0))
    found: dict[tuple[str, UUID, str], dict[str, list[tuple[date, int, int]]]] = {}
    for name, provider, unit, code, on, owed, paid in sums.order_by(
        "provider__name", "provider", "currency", "entry__effective_on"
    ):
        by_account = found.setdefault((name, provider, unit), {})
        by_account.setdefault(code, []).append((on, int(owed), int(paid)))
    on = known.as_of or date.max
    return tuple(_row(*key, by_account, on) for key, by_account in found.items())


def _row(name: str, provider_id: UUID, currency: str, moved: dict[str, Any], on: date) -> AgingRow:
    def net(code: str) -> int:
        return sum(owed - paid for _, owed, paid in moved.get(code, ()))

    spans = _spans(moved.get(chart.VENDOR_PAYABLE, ()), on)
    first, second, third, fourth = (Money(minor, currency) for minor in spans)
    return AgingRow(
        provider_id=provider_id,
        provider_name=name,
        currency=currency,
        owed=Money(sum(spans), currency),
        days_0_30=first,
        days_31_60=second,
        days_61_90=third,
        days_over_90=fourth,
        disputed=Money(net(chart.DISPUTE_HOLD), currency),
        retained=Money(net(chart.RETENTION), currency),
        receivable=Money(-net(chart.VENDOR_RECEIVABLE), currency),
    )


def _spans(moved: Sequence[tuple[date, int, int]], on: date) -> list[int]:
    """Return what is left of the debts, by age: payments settle the oldest first."""
    left = sum(owed - paid for _, owed, paid in moved)
    spans = [0] * (len(ENDS) + 1)
    if left < 0:  # paid ahead
        return [left, *spans[1:]]
    for day, owed, _ in reversed(moved):
        part = min(owed, left)
        left -= part
        spans[sum((on - day).days > end for end in ENDS)] += part
    spans[-1] += left
    return spans
