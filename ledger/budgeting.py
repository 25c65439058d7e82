"""Budgets: the line that pays for a job, and the moves that entries make in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from ledger import chart
from ledger.carrying import (
    budget_behind,
    budget_lines,
    carry_forward_of,
    last_open_period,
    line_in_year,
    line_of,
)
from ledger.models.budgets import BudgetLine, EstimateCarried, Precommitment
from ledger.periods import days_of, fiscal_year_of
from ledger.posting import About, BudgetMove, CommitmentMove, EntryKind, Line, post_entry
from ledger.rates import rate_in_force
from ledger.showback import is_shown_on
from marketplace.compiled import Kept
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.refusals import Refusal


class NoBudget(Refusal):
    """There is no budget that could pay for this."""

    code = "no_budget"
    field = "ceiling"


def budget_line_for(
    job: Job, on: date, *, payer: Department | None = None, currency: str = ""
) -> BudgetLine:
    """
    Return the line that pays for a job: its category's, or else the department's common one; in
    the job's currency, or else in the department's own, at the booking rate of the day. Under a
    policy that only tracks budgets, and in showback, a missing line is made.

    :param payer: who pays, where it is not the department that ordered; in `currency` alone.
    :raises NoBudget: the department has no line for that year and currency.
    """
    year = fiscal_year_of(on)
    payer = payer or job.department
    line = line_that_stands(job, on, payer=payer, currency=currency)
    if line is not None:
        return line
    wanted = currency or job.currency
    if not _makes_lines(job, on):
        raise NoBudget(f"{payer} has no budget in {wanted} for {year}. Ask finance for one.")
    line, _ = BudgetLine.objects.get_or_create(
        fiscal_year=year,
        department=payer,
        category=None,
        currency=wanted,
        defaults={"control": BudgetControl.TRACKED},
    )
    return line


def line_that_stands(
    job: Job, on: date, *, payer: Department | None = None, currency: str = ""
) -> BudgetLine | None:
    """Return the line of `budget_line_for` where it stands already; None where it does not."""
    payer = payer or job.department
    wanted = [currency or job.currency]
    if not currency and not _makes_lines(job, on):
        wanted.append(payer.currency)
    for each in wanted:
        line = line_of(
            department_id=payer.pk,
            category_id=job.category_id,
            currency=each,
            year=fiscal_year_of(on),
        )
        if line is not None:
            return line
    return None


def _makes_lines(job: Job, on: date) -> bool:
    return job.policy.budget_control == BudgetControl.TRACKED or is_shown_on(on)


def estimate_on(job: Job, line: BudgetLine) -> Money:
    """Return what is reserved for a job on a line, and is free again once it is decided."""
    estimate = _reserved.first(job.pk)
    held = estimate is not None and line_of_estimate(estimate).pk == line.pk
    return Money(estimate.amount_minor if estimate and held else 0, line.currency)


@dataclass(frozen=True, slots=True)
class Booking:
    """Lines and moves that belong together; bookings of one event are added up."""

    lines: tuple[Line, ...] = ()
    budget_moves: tuple[BudgetMove, ...] = ()
    commitment_moves: tuple[CommitmentMove, ...] = ()


def reserve_estimate(*, actor: User, job: Job, amount: Money, at: datetime) -> Precommitment | None:
    """
    Book the estimate of a published job against its budget (entry 3 of the chart). In showback
    nothing is reserved.

    :raises NoBudget, NoRate, InsufficientFunds: the budget cannot cover it.
    """
    if is_shown_on(at.date()):
        return None
    line = budget_line_for(job, at.date())
    amount = rate_in_force(job.currency, line.currency, at.date()).of(amount.minor)
    about: About = {
        "department": job.department_id,
        "category": job.category_id,
        "job": job.pk,
    }
    post_entry(
        actor=actor,
        kind=EntryKind.ESTIMATE_RESERVED,
        source=job.pk,
        at=at,
        lines=[
            Line.debit(chart.PRECOMMITMENT, amount, **about),
            Line.credit(chart.PRECOMMITMENT_RESERVE, amount, **about),
        ],
        budget_moves=[BudgetMove(line.pk, precommitted=amount.minor)],
    )
    return Precommitment.objects.create(job=job, budget_line=line, amount_minor=amount.minor)


def release_estimate(*, actor: User, job: Job, at: datetime) -> None:
    """Undo the reserved estimate of a job that ends without an award; none is no matter."""
    booking, line_id = estimate_given_back(job, at)
    if line_id is not None:
        post_entry(
            actor=actor,
            kind=EntryKind.ESTIMATE_RELEASED,
            source=job.pk,
            at=at,
            lines=booking.lines,
            budget_moves=booking.budget_moves,
        )


def line_of_estimate(estimate: Precommitment) -> BudgetLine:
    """Return the line on which an estimate stands: the latest that took it over, or its first."""
    carried = EstimateCarried.objects.filter(estimate=estimate).select_related(
        "budget_line__department", "budget_line__category"
    )
    latest = carried.order_by("-budget_line__fiscal_year").first()
    return latest.budget_line if latest else estimate.budget_line


def open_estimates(year: int) -> list[Precommitment]:
    """Return what is reserved on a year's lines for jobs that nobody decided on."""
    estimates = Precommitment.objects.filter(released_at=None).select_related(
        "job", "budget_line__department", "budget_line__category"
    )
    reserved = estimates.defer("job__need").order_by("job__published_at", "pk")
    return [one for one in reserved if line_of_estimate(one).fiscal_year == year]


def carry_estimate_along(*, job: Job, actor: User, at: datetime) -> None:
    """
    Let the year of `at` take over what an earlier one reserved for a job, before it is decided on
    in the new one. Nothing reserved, or nothing earlier, is no matter. Call it under the job's
    lock.

    :raises InsufficientFunds: promises are carried without budget, and the new line lacks it.
    """
    estimate = _reserved.first(job.pk)
    year = fiscal_year_of(at.date())
    if estimate is None or is_shown_on(at.date()):
        return
    if line_of_estimate(estimate).fiscal_year < year:
        carry_estimate(estimate=estimate, year=year, actor=actor, at=at)


def carry_estimate(*, estimate: Precommitment, year: int, actor: User, at: datetime) -> None:
    """
    Let a later year's line take over an estimate, as it takes over a promise (entry 22 of the
    chart). Call it under the job's lock.

    :raises InsufficientFunds: promises are carried without budget, and the new line lacks it.
    """
    old = line_of_estimate(estimate)
    new = line_in_year(old, year)
    EstimateCarried.objects.create(estimate=estimate, budget_line=new, carried_at=at)
    amount = Money(estimate.amount_minor, old.currency)
    _unspent, policy = carry_forward_of(old.fiscal_year, old.department_id)
    budget = budget_behind(amount, old, policy)
    leaving = last_open_period(old.fiscal_year, at=at)
    for line, sign, period in ((old, -1, leaving), (new, 1, None)):
        moved, with_budget = Money(sign * amount.minor, old.currency), sign * budget.minor
        about: About = {
            "department": line.department_id,
            "category": estimate.job.category_id,
            "job": estimate.job_id,
        }
        post_entry(
            actor=actor,
            kind=EntryKind.ESTIMATE_CARRIED,
            source=estimate.job_id,
            occurrence=f"{line.fiscal_year}:{'in' if sign > 0 else 'out'}",
            at=at,
            period=period,
            effective_on=days_of(period)[1] if period else None,
            lines=[
                Line.debit(chart.PRECOMMITMENT, moved, **about),
                Line.credit(chart.PRECOMMITMENT_RESERVE, moved, **about),
                *budget_lines(line, Money(with_budget, old.currency)),
            ],
            budget_moves=[
                BudgetMove(
                    line.pk,
                    precommitted=moved.minor,
                    budget=with_budget if sign < 0 else 0,
                    carried_in=with_budget if sign > 0 else 0,
                )
            ],
        )


def estimate_given_back(job: Job, at: datetime) -> tuple[Booking, UUID | None]:
    """Mark a job's estimate as released; return how that is booked, and on which line."""
    estimate = _reserved_locked.first(job.pk)
    if estimate is None:
        return Booking(), None
    _reserved.ask(job.pk).update(released_at=at)
    line = line_of_estimate(estimate)
    amount = Money(estimate.amount_minor, line.currency)
    about: About = {
        "department": job.department_id,
        "category": job.category_id,
        "job": job.pk,
    }
    return Booking(
        lines=(
            Line.debit(chart.PRECOMMITMENT_RESERVE, amount, **about),
            Line.credit(chart.PRECOMMITMENT, amount, **about),
        ),
        budget_moves=(BudgetMove(line.pk, precommitted=-amount.minor),),
    ), line.pk


@Kept
def _reserved(job: UUID) -> QuerySet[Precommitment]:
    return Precommitment.objects.filter(job=job, released_at=None)


@Kept
def _reserved_locked(job: UUID) -> QuerySet[Precommitment]:
    estimates = _reserved.ask(job).select_related("budget_line")
    return estimates.select_for_update(of=("self",), no_key=True)
