"""The months of the books, to pick from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.models.periods import Period
from ledger.reports.reading import reader_of
from marketplace.models.people import User
from marketplace.refusals import require


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One month of the books."""

    id: int  # 202611
    label: str  # 2026-11
    fiscal_year: int
    starts_on: date
    ends_on: date
    state: str  # open, closing, closed


def periods(*, actor: User) -> tuple[PeriodRow, ...]:
    """
    Return the months of the books, newest first, for everybody inside the company.

    :raises Forbidden: the actor has no part in the company's books.
    """
    reader = reader_of(actor)
    require(bool(reader.departments or reader.offices or reader.incomes))
    return tuple(
        PeriodRow(
            id=period.pk,
            label=str(period),
            fiscal_year=period.fiscal_year,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            state=_state(period),
        )
        for period in Period.objects.order_by("-id")
    )


def is_final(since_on: date, until_on: date) -> bool:
    """Whether each month of the books between two days is closed."""
    months = Period.objects.filter(starts_on__lte=until_on, ends_on__gte=since_on)
    closed = [moment is not None for moment in months.values_list("closed_at", flat=True)]
    return bool(closed) and all(closed)


def _state(period: Period) -> str:
    if period.closed_at:
        return "closed"
    return "closing" if period.closing_at else "open"
