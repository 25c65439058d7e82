"""Budgets: the line that pays for a job, and the moves that entries make in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger import chart
from ledger.carrying import line_of
from ledger.models.budgets import BudgetLine, Precommitment
from ledger.periods import fiscal_year_of
from ledger.posting import About, BudgetMove, CommitmentMove, EntryKind, Line, post_entry
from ledger.rates import rate_in_force
from ledger.showback import is_shown_on
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
    made = job.policy.budget_control == BudgetControl.TRACKED or is_shown_on(on)
    wanted = [currency or job.currency]
    if not currency and not made:
        wanted.append(payer.currency)
    for each in wanted:
        line = line_of(
            department_id=payer.pk, category_id=job.category_id, currency=each, year=year
        )
        if line is not None:
            return line
    if not made:
        raise NoBudget(f"{payer} has no budget in {wanted[0]} for {year}. Ask finance for one.")
    line, _ = BudgetLine.objects.get_or_create(
        fiscal_year=year,
        department=payer,
        category=None,
        currency=wanted[0],
        defaults={"control": BudgetControl.TRACKED},
    )
    return line


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


def estimate_given_back(job: Job, at: datetime) -> tuple[Booking, UUID | None]:
    """Mark a job's estimate as released; return how that is booked, and on which line."""
    reserved = Precommitment.objects.filter(job=job, released_at=None)
    estimates = reserved.select_related("budget_line")
    estimate = estimates.select_for_update(of=("self",), no_key=True).first()
    if estimate is None:
        return Booking(), None
    reserved.update(released_at=at)
    amount = Money(estimate.amount_minor, estimate.budget_line.currency)
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
        budget_moves=(BudgetMove(estimate.budget_line_id, precommitted=-amount.minor),),
    ), estimate.budget_line_id
