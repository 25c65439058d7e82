"""The months behind are closed, the year before is ended, and one month is opened once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ledger.closing import begin_closing, close_period
from ledger.demonstration.founding import Company
from ledger.models.periods import Period
from ledger.reopening import ask_reopening, reopen_period
from ledger.year_end import close_year, state_carry_forward


def close_the_books(company: Company, now: datetime) -> None:
    """Close every month but the last two, end the year before, and reopen a month once."""
    finn, ada = company.people["finn"], company.people["ada"]
    until = (now.replace(day=1) - timedelta(days=40)).date()
    months = Period.objects.filter(ends_on__lt=until, closed_at=None).order_by("pk")
    state_carry_forward(
        actor=finn,
        fiscal_year=now.year - 1,
        unspent="carry",
        promises="with_budget",
        reason="The company is young: nobody should hurry to spend.",
        at=now - timedelta(days=340),
    )
    last = None
    for period in [month for month in months if month.pk % 100 <= 12]:
        _close(company, period.pk)
        last = period
        if period.pk % 100 == 12:
            close_year(actor=finn, fiscal_year=period.fiscal_year, at=_after(period, 9))
    if last is not None:
        asked_at = _after(last, 12)
        ask_reopening(
            actor=finn,
            period_id=last.pk,
            reason="A bill of that month came in a drawer of the old desk.",
            at=asked_at,
        )
        reopen_period(actor=ada, period_id=last.pk, at=asked_at + timedelta(hours=3))


def _close(company: Company, period_id: int) -> None:
    period = Period.objects.get(pk=period_id)
    at = _after(period, 5)
    finn = company.people["finn"]
    begin_closing(actor=finn, period_id=period_id, at=at)
    close_period(actor=finn, period_id=period_id, at=at + timedelta(hours=2))


def _after(period: Period, days: int) -> datetime:
    on = period.ends_on + timedelta(days=days)
    return datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
