"""Periods: which month of the books a date belongs to."""

from calendar import monthrange
from datetime import date, datetime

from ledger.models.periods import Period


def fiscal_year_of(on: date) -> int:
    """Return the fiscal year of a date; it is the calendar year."""
    return on.year


def period_for(on: date, *, at: datetime) -> int:
    """
    Return the id of the period of a date, such as 202611, opening it if nobody has.

    :param at: when it is opened, if it is.
    """
    id = on.year * 100 + on.month
    if not Period.objects.filter(pk=id).exists():
        last = monthrange(on.year, on.month)[1]
        # Two first facts of a month may come at once; the second finds the period there.
        Period.objects.bulk_create(
            [
                Period(
                    id=id,
                    fiscal_year=fiscal_year_of(on),
                    starts_on=on.replace(day=1),
                    ends_on=on.replace(day=last),
                    opened_at=at,
                )
            ],
            ignore_conflicts=True,
        )
    return id
