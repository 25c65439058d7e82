"""
The end of a year: open promises pass to the new year's lines, unspent budget lapses or is carried
on, and what each department cost and recovered is closed into its net position. It can be run
again whenever something was booked in the adjusting period: each run books what is new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection, transaction

from ledger import chart
from ledger.balances import Result, results_of
from ledger.budgeting import carry_estimate, line_of_estimate, open_estimates
from ledger.carrying import (
    budget_lines,
    carry_commitment,
    carry_forward_of,
    line_in_year,
)
from ledger.models.budgets import BudgetLine, Commitment
from ledger.models.periods import Period
from ledger.models.years import CarryForward, OpenPromises, Unspent, YearEnd
from ledger.periods import ADJUSTING, days_of
from ledger.posting import BudgetMove, Entry, EntryKind, InsufficientFunds, Line, post_entries
from marketplace.history import Fact, record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import Office, User
from marketplace.notices import holders, tell
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, require
from marketplace.words import keep

LOCK = 7304  # one year end at a time


class YearNotOver(Refusal):
    """A year ends on its last day."""

    code = "year_not_over"
    field = "fiscal_year"


class MonthsOpen(Refusal):
    """A year ends when its months are closed."""

    code = "months_open"
    field = "fiscal_year"


class NoSuchPolicy(Refusal):
    """Unspent budget lapses or is carried; promises are carried with their budget or without."""

    code = "no_such_policy"
    field = "unspent"


class ReasonMissing(Refusal):
    """Departments read what becomes of their money, and why."""

    code = "reason_missing"
    field = "reason"


@dataclass(frozen=True, slots=True)
class YearEnded:
    """What one run of a year end booked."""

    fiscal_year: int
    run: int
    promises_carried: int
    estimates_carried: int
    lines_carried: int
    lines_lapsed: int
    departments_closed: int

    @property
    def is_empty(self) -> bool:
        """Nothing was new since the run before."""
        return not (
            self.promises_carried
            or self.estimates_carried
            or self.lines_carried
            or self.lines_lapsed
            or self.departments_closed
        )


@transaction.atomic(savepoint=False)
def state_carry_forward(
    *,
    actor: User,
    fiscal_year: int,
    unspent: str,
    promises: str,
    reason: str,
    at: datetime,
    department_id: UUID | None = None,
) -> CarryForward:
    """
    State how a year passes into the next, for all departments or for one. The latest counts; what
    was carried or lapsed before stays so.

    :param unspent: “lapse” or “carry”. :param promises: “with_budget” or “without_budget”.
    :raises Unknown: there is no such department. :raises Forbidden: only finance decides it.
    :raises NoSuchPolicy, ReasonMissing: the rules say no.
    """
    department = department_id and Department.objects.visible_to(actor).one(department_id)
    require(may_manage_money(actor), "Only finance says what is carried forward.")
    if unspent not in Unspent.values or promises not in OpenPromises.values:
        raise NoSuchPolicy(
            "Unspent budget lapses or is carried; promises are carried with or without budget."
        )
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why. The departments read it.")
    stated = CarryForward.objects.create(
        fiscal_year=fiscal_year,
        department=department or None,
        unspent=unspent,
        promises=promises,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {
        "year": fiscal_year,
        "department": str(department_id) if department_id else None,
        "unspent": unspent,
        "promises": promises,
    }
    record(actor, "carry_forward.stated", stated, at=at, audience=Audience.COMPANY, facts=facts)
    return stated


@transaction.atomic(savepoint=False)
def close_year(*, actor: User, fiscal_year: int, at: datetime) -> YearEnded:
    """
    End a year (entries 22 and 23 of the chart), or end it again after more was booked in its
    adjusting period. What was booked by an earlier run is never booked again.

    :raises Forbidden: only finance ends a year.
    :raises YearNotOver, MonthsOpen: it is too early.
    :raises InsufficientFunds: promises are carried without budget, and a new line lacks it.
    :raises PeriodClosed: there is something to book, and the adjusting period is closed.
    """
    require(may_manage_money(actor), "Only finance ends a year.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, fiscal_year])
    _refuse_too_early(fiscal_year, at)
    runs = YearEnd.objects.filter(fiscal_year=fiscal_year)
    run = YearEnd.objects.create(
        fiscal_year=fiscal_year, run=runs.count() + 1, ended_by=actor, ended_at=at
    )
    promises = _carry_promises(run, actor=actor, at=at)
    estimates = _carry_estimates(run, actor=actor, at=at)
    carried, lapsed = _pass_on_budgets(run, actor=actor, at=at)
    closed = _close_results(run, actor=actor, at=at)
    ended = YearEnded(fiscal_year, run.run, promises, estimates, carried, lapsed, closed)
    facts: dict[str, Fact] = {
        "year": fiscal_year,
        "run": run.run,
        "promises_carried": promises,
        "estimates_carried": estimates,
        "lines_carried": carried,
        "lines_lapsed": lapsed,
        "departments_closed": closed,
    }
    record(actor, "year.ended", run, at=at, audience=Audience.COMPANY, facts=facts)
    tell(
        "year.ended",
        recipients=[*holders(Office.FINANCE), *holders(Office.AUDITOR)],
        text=f"{fiscal_year} was ended, run {run.run}: {promises} promises carried on, {carried}"
        f" budgets carried on, {lapsed} lapsed.",
        because="you keep or audit the books",
        at=at,
        subject=run,
    )
    return ended


def open_promises(year: int) -> list[Commitment]:
    """Return the commitments that stand on a year's lines and are open, the oldest first."""
    return list(
        Commitment.objects.filter(budget_line__fiscal_year=year, followed_by=None, open_minor__gt=0)
        .select_related("award__job", "award__provider", "budget_line__department")
        .defer("award__comparison", "award__job__need")
        .order_by("award__chosen_at", "pk")
    )


def _carry_promises(run: YearEnd, *, actor: User, at: datetime) -> int:
    # Jobs first, in one order: nobody accepts or changes work while its promise moves.
    jobs = [one.award.job_id for one in open_promises(run.fiscal_year)]
    locked = Job.objects.select_for_update().filter(pk__in=jobs).order_by("pk")
    list(locked.values_list("pk"))
    standing = open_promises(run.fiscal_year)
    for commitment in standing:
        try:
            carry_commitment(commitment=commitment, year=run.fiscal_year + 1, actor=actor, at=at)
        except InsufficientFunds as short:
            raise _too_little(commitment.budget_line, commitment.award.job, run, short) from short
    return len(standing)


def _carry_estimates(run: YearEnd, *, actor: User, at: datetime) -> int:
    jobs = [one.job_id for one in open_estimates(run.fiscal_year)]
    list(Job.objects.select_for_update().filter(pk__in=jobs).order_by("pk").values_list("pk"))
    standing = open_estimates(run.fiscal_year)
    for estimate in standing:
        line = line_of_estimate(estimate)
        try:
            carry_estimate(estimate=estimate, year=run.fiscal_year + 1, actor=actor, at=at)
        except InsufficientFunds as short:
            raise _too_little(line, estimate.job, run, short) from short
    return len(standing)


def _too_little(
    line: BudgetLine, job: Job, run: YearEnd, short: InsufficientFunds
) -> InsufficientFunds:
    return InsufficientFunds(
        f"{line.department} has {short.available} in {run.fiscal_year + 1}, and"
        f" “{job.title}” alone takes {short.wanted} over. Grant more, or"
        " carry promises with their budget.",
        available=short.available,
        wanted=short.wanted,
    )


def _pass_on_budgets(run: YearEnd, *, actor: User, at: datetime) -> tuple[int, int]:
    """Carry on what is left of each line, or let it lapse; return how many of either."""
    unspent = BudgetLine.objects.filter(fiscal_year=run.fiscal_year, available_minor__gt=0)
    entries: list[Entry] = []
    carried = lapsed = 0
    for line in unspent.select_related("department", "category").order_by("pk"):
        policy, _promises = carry_forward_of(run.fiscal_year, line.department_id)
        is_carried = policy == Unspent.CARRY
        entries.append(_taken(line, is_carried=is_carried, run=run))
        if is_carried:
            entries.append(_given(line, run=run))
        carried, lapsed = carried + is_carried, lapsed + (not is_carried)
    post_entries(actor=actor, entries=entries, at=at)
    return carried, lapsed


def _taken(line: BudgetLine, *, is_carried: bool, run: YearEnd) -> Entry:
    period = run.fiscal_year * 100 + ADJUSTING
    return Entry(
        EntryKind.BUDGET_CARRIED if is_carried else EntryKind.BUDGET_LAPSED,
        run.pk,
        budget_lines(line, -line.available),
        budget_moves=[BudgetMove(line.pk, budget=-line.available_minor)],
        occurrence=f"{line.pk.hex}:out",
        period=period,
        effective_on=days_of(period)[1],
    )


def _given(line: BudgetLine, *, run: YearEnd) -> Entry:
    new = line_in_year(line, run.fiscal_year + 1)
    return Entry(
        EntryKind.BUDGET_CARRIED,
        run.pk,
        budget_lines(new, line.available),
        budget_moves=[BudgetMove(new.pk, carried_in=line.available_minor)],
        occurrence=f"{line.pk.hex}:in",
    )


def _close_results(run: YearEnd, *, actor: User, at: datetime) -> int:
    """Close cost and recovery into the net position, an entry for each department and currency."""
    period = run.fiscal_year * 100 + ADJUSTING
    results = sorted(results_of(run.fiscal_year), key=_place)
    entries = [
        Entry(
            EntryKind.YEAR_CLOSED,
            run.pk,
            _closing_lines(group),
            occurrence=f"{department.replace('-', '')}:{currency}",
            period=period,
            effective_on=days_of(period)[1],
        )
        for (department, currency), group in groupby(results, key=_place)
    ]
    return len(post_entries(actor=actor, entries=entries, at=at))


def _place(result: Result) -> tuple[str, str]:
    return str(result.department_id or "company"), result.net.currency


def _closing_lines(results: Iterable[Result]) -> list[Line]:
    lines = []
    for result in results:
        of = result.department_id
        lines.append(Line.credit(result.account, result.net, department=of))
        lines.append(Line.debit(chart.NET_POSITION, result.net, department=of))
    return lines


def _refuse_too_early(year: int, at: datetime) -> None:
    if at.year <= year:
        raise YearNotOver(f"{year} is not over yet.")
    months = Period.objects.filter(fiscal_year=year, id__lte=year * 100 + 12, closed_at=None)
    named = [str(month) for month in months.order_by("id")]
    if named:
        raise MonthsOpen(f"Close these months first: {', '.join(named)}.")
