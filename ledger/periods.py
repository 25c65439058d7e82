"""Periods: which month of the books a date belongs to."""

from calendar import monthrange
from datetime import date, datetime
from uuid import UUID

from ledger.models.journal import EntryKind, JournalEntry
from ledger.models.periods import Period

ADJUSTING = 13  # the period after a year's twelfth: for what is found when the year is closed


def fiscal_year_of(on: date) -> int:
    """Return the fiscal year of a date; it is the calendar year."""
    return on.year


def period_for(on: date, *, at: datetime) -> int:
    """
    Return the id of the period of a date, such as 202611, opening it if nobody has.

    :param at: when it is opened, if it is.
    """
    return opened(period_of(on), at=at)


def period_of(on: date) -> int:
    """Return the id of a date's month, such as 202611, opened or not."""
    return on.year * 100 + on.month


def adjusting_period(year: int, *, at: datetime) -> int:
    """Return the id of a year's adjusting period, such as 202613, opening it if nobody has."""
    return opened(year * 100 + ADJUSTING, at=at)


def opened(id: int, *, at: datetime) -> int:
    """Return the same id; afterwards there is such a period, open unless it was there before."""
    if not Period.objects.filter(pk=id).exists():
        starts_on, ends_on = days_of(id)
        # Two first facts of a month may come at once; the second finds the period there.
        Period.objects.bulk_create(
            [
                Period(
                    id=id,
                    fiscal_year=fiscal_year_of(ends_on),
                    starts_on=starts_on,
                    ends_on=ends_on,
                    opened_at=at,
                )
            ],
            ignore_conflicts=True,
        )
    return id


def days_of(id: int) -> tuple[date, date]:
    """Return the first and the last day of a period. The adjusting one is the year's last day."""
    year, month = divmod(id, 100)
    if month == ADJUSTING:
        return date(year, 12, 31), date(year, 12, 31)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def periods_between(since_on: date, until_on: date) -> tuple[int, int]:
    """Return the first and the last period of some days. A year's last day is in two of them."""
    adjusting = until_on.year * 100 + ADJUSTING
    is_last = until_on == days_of(adjusting)[1]
    return period_of(since_on), adjusting if is_last else period_of(until_on)


def period_corrected(milestone_id: UUID) -> int | None:
    """
    Return the month in which a milestone was charged if that month takes no more entries: what
    gives back of the charge now corrects it. None while the month is open, or without a charge.
    """
    charges = JournalEntry.objects.filter(
        kind=EntryKind.CHARGED, postings__milestone=milestone_id, period__closing_at__isnull=False
    )
    return charges.values_list("period", flat=True).order_by("-period").first()
