"""The months of the books: where each stands, who moved it when, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from ledger.models.periods import Period, PeriodStep, Step
from ledger.models.years import YearEnd
from ledger.period_steps import asked_reopening
from ledger.periods import ADJUSTING
from ledger.permissions import may_close, may_cosign_reopening
from ledger.reports.columns import Column, columns
from ledger.reports.reading import Reader, reader_of
from marketplace.compiled import Kept
from marketplace.models.people import User
from marketplace.refusals import Unknown, require
from marketplace.together import together


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One month of the books."""

    id: int  # 202611; 13 is the year's adjusting period
    label: str  # 2026-11
    fiscal_year: int
    starts_on: date
    ends_on: date
    state: str  # open, closing, closed
    since_at: datetime  # since when it is in that state; open again, since it was reopened
    opened_at: datetime
    closing_at: datetime | None
    closed_at: datetime | None
    closed_by: str  # for finance and auditors; empty for others
    seal: str  # hexadecimal; empty until it is closed
    is_adjusting: bool


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a month."""

    step: str  # closing, stopped, closed, asked, declined, reopened
    label: str
    taken_by: str
    taken_at: datetime
    reason: str
    seal: str


@dataclass(frozen=True, slots=True)
class PeriodPaper:
    """A month with everything that was done to it, for finance and auditors."""

    row: PeriodRow
    steps: tuple[StepRow, ...]  # the last one first
    asked: StepRow | None  # a reopening that waits for a second person
    begins_on: date | None  # from when on it can be closed, while it still runs
    acts: tuple[str, ...]  # what this person may do now: begin, stop, close, ask, sign, decline


COLUMNS: tuple[Column[PeriodRow], ...] = columns(
    "id",
    "label",
    "fiscal_year",
    "starts_on",
    "ends_on",
    "state",
    "opened_at",
    "closing_at",
    "closed_at",
    "closed_by",
    "seal",
)


MOVES = (Step.CLOSING, Step.STOPPED, Step.CLOSED, Step.REOPENED)  # the others move no month


def periods(*, actor: User) -> tuple[PeriodRow, ...]:
    """
    Return the months of the books, newest first, for everybody inside the company.

    :raises Forbidden: the actor has no part in the company's books.
    """
    reader = reader_of(actor)
    require(bool(reader.departments or reader.offices or reader.incomes))
    months = Period.objects.select_related("closed_by").order_by("-id")
    moves = PeriodStep.objects.filter(step__in=MOVES).order_by("position")
    moved, rows = together(
        lambda: list(moves.values_list("period", "root", "taken_at")), lambda: list(months)
    )
    roots = {period: bytes(root) for period, root, _at in moved if root}
    since = {period: at for period, _root, at in moved}
    return tuple(
        _row(period, roots.get(period.pk, b""), since.get(period.pk), reader) for period in rows
    )


def next_to_close(months: Iterable[PeriodRow], *, at: datetime) -> PeriodRow | None:
    """Return the month whose turn it is: the first that is over and not closed; None if none is."""
    over = [one for one in months if one.ends_on < at.date() and not one.is_adjusting]
    return min((one for one in over if one.state != "closed"), key=lambda one: one.id, default=None)


def period(*, actor: User, period_id: int, at: datetime) -> PeriodPaper:
    """
    Return one month with its steps, for finance and auditors.

    :raises Forbidden: the actor holds neither office. :raises Unknown: there is no such month.
    """
    reader = reader_of(actor)
    require(reader.reads_all_books, "The books are for finance and auditors.")
    found = Period.objects.select_related("closed_by").filter(pk=period_id).first()
    if found is None:
        raise Unknown("There is no such month in the books.")
    taken = list(
        PeriodStep.objects.filter(period=found)
        .select_related("taken_by", "reason")
        .order_by("-position")
    )
    root = next((bytes(step.root) for step in taken if step.root), b"")
    since = next((step.taken_at for step in taken if step.step in MOVES), None)
    asked = asked_reopening(found)
    return PeriodPaper(
        row=_row(found, root, since, reader),
        steps=tuple(map(step_row, taken)),
        asked=step_row(taken[0]) if asked else None,
        begins_on=_begins_on(found, at),
        acts=tuple(_acts(actor, found, asked, at)),
    )


def is_final(since_period: int, until_period: int) -> bool:
    """
    Whether each month of the books between two is closed. An adjusting period is opened by the
    first thing that is booked in it: until then its year is open, unless the year was ended.
    """
    closed = dict(_closings_between.all(since_period, until_period))
    if not closed or not all(closed.values()):
        return False
    unopened = {
        year
        for year in range(min(closed) // 100, max(closed) // 100 + 1)
        if since_period <= year * 100 + ADJUSTING <= until_period
        and year * 100 + ADJUSTING not in closed
    }
    ended = YearEnd.objects.filter(fiscal_year__in=unopened).values_list("fiscal_year", flat=True)
    return not unopened or unopened == set(ended)


@Kept
def _closings_between(
    since_period: int, until_period: int
) -> QuerySet[Period, tuple[int, datetime | None]]:
    months = Period.objects.filter(pk__gte=since_period, pk__lte=until_period)
    return months.values_list("pk", "closed_at")


def _begins_on(period: Period, at: datetime) -> date | None:
    runs = period.closing_at is None and at.date() <= period.ends_on
    return period.ends_on + timedelta(days=1) if runs else None


def _acts(actor: User, period: Period, asked: PeriodStep | None, at: datetime) -> list[str]:
    """Return what somebody may do with a month as it stands. The verbs say no by themselves."""
    closes = may_close(actor)
    if period.closing_at is None:
        return ["begin"] if closes and at.date() > period.ends_on else []
    if period.closed_at is None:
        return ["close", "stop"] if closes else []
    if asked is None:
        return ["ask"] if closes else []
    if not may_cosign_reopening(actor):
        return []
    return ["decline"] if asked.taken_by_id == actor.pk else ["sign", "decline"]


def _row(period: Period, root: bytes, since: datetime | None, reader: Reader) -> PeriodRow:
    keeper = period.closed_by.name if period.closed_by and reader.reads_all_books else ""
    return PeriodRow(
        id=period.pk,
        label=str(period),
        fiscal_year=period.fiscal_year,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        state=_state(period),
        since_at=since or period.opened_at,
        opened_at=period.opened_at,
        closing_at=period.closing_at,
        closed_at=period.closed_at,
        closed_by=keeper,
        seal=root.hex() if period.closed_at else "",
        is_adjusting=period.starts_on == period.ends_on,
    )


def step_row(taken: PeriodStep) -> StepRow:
    """Return one step of a month as a line."""
    return StepRow(
        step=taken.step,
        label=taken.get_step_display(),
        taken_by=taken.taken_by.name,
        taken_at=taken.taken_at,
        reason=taken.reason.text if taken.reason else "",
        seal=bytes(taken.root).hex() if taken.root else "",
    )


def _state(period: Period) -> str:
    if period.closed_at:
        return "closed"
    return "closing" if period.closing_at else "open"
