"""Budgets: the line that pays for a job, and the moves that entries make in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger import chart
from ledger.carrying import line_of, standing_commitment
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine, Commitment, Precommitment
from ledger.periods import fiscal_year_of
from ledger.posting import About, BudgetMove, CommitmentMove, EntryKind, Line, post_entry
from ledger.showback import hold_mode, is_shown, is_shown_on, post_for
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.refusals import Refusal


class NoBudget(Refusal):
    """There is no budget that could pay for this."""

    code = "no_budget"
    field = "ceiling"


def budget_line_for(job: Job, on: date) -> BudgetLine:
    """
    Return the line that pays for a job: its category's, or else the department's common one.
    Under a policy that only tracks budgets, and in showback, a missing line is made.

    :raises NoBudget: the department has no line for that year and currency.
    """
    year = fiscal_year_of(on)
    line = line_of(
        department_id=job.department_id,
        category_id=job.category_id,
        currency=job.currency,
        year=year,
    )
    if line is not None:
        return line
    if job.policy.budget_control != BudgetControl.TRACKED and not is_shown_on(on):
        raise NoBudget(
            f"{job.department} has no budget in {job.currency} for {year}. Ask finance for one."
        )
    line, _ = BudgetLine.objects.get_or_create(
        fiscal_year=year,
        department_id=job.department_id,
        category=None,
        currency=job.currency,
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

    :raises NoBudget, InsufficientFunds: the budget cannot cover it.
    """
    if is_shown_on(at.date()):
        return None
    line = budget_line_for(job, at.date())
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
    booking, line_id = _estimate_given_back(job, at)
    if line_id is not None:
        post_entry(
            actor=actor,
            kind=EntryKind.ESTIMATE_RELEASED,
            source=job.pk,
            at=at,
            lines=booking.lines,
            budget_moves=booking.budget_moves,
        )


def promise(*, actor: User, award: Award, job: Job, at: datetime) -> Commitment:
    """
    Book what an award promises, price and fee, in place of the estimate (entry 4 of the chart).
    In showback nothing is promised of a budget.

    :raises InsufficientFunds: the budget cannot cover it.
    """
    hold_mode()
    shown = is_shown(award)
    amount = Money(0, award.currency) if shown else award.price + fee_of(award, award.price)
    commitment = Commitment.objects.create(award=award, budget_line_id=award.budget_line_id)
    given_back, estimate_line = _estimate_given_back(job, at)
    about = _about(award, job)
    moves = list(given_back.budget_moves)
    # One move a line: the estimate goes and the promise comes in the same check.
    if estimate_line == award.budget_line_id:
        moves = [
            BudgetMove(
                award.budget_line_id,
                precommitted=moves[0].precommitted,
                committed=amount.minor,
            )
        ]
    else:
        moves.append(BudgetMove(award.budget_line_id, committed=amount.minor))
    if amount or given_back.lines:
        post_entry(
            actor=actor,
            kind=EntryKind.AWARDED,
            source=award.pk,
            at=at,
            lines=[
                *given_back.lines,
                Line.debit(chart.COMMITMENT, amount, **about),
                Line.credit(chart.COMMITMENT_RESERVE, amount, **about),
            ],
            budget_moves=moves,
            commitment_moves=[CommitmentMove(commitment.pk, original=amount.minor)],
        )
    return commitment


def adjust_promise(*, actor: User, award: Award, source: UUID, amount: Money, at: datetime) -> None:
    """
    Book a change order's difference with its fee on the commitment (entry 5 of the chart).

    :raises InsufficientFunds: the budget cannot cover more.
    """
    commitment = standing_commitment(award=award, actor=actor, at=at)
    about = _about(award, award.job)
    post_for(
        award=award,
        actor=actor,
        kind=EntryKind.CHANGED,
        source=source,
        at=at,
        lines=[
            Line.debit(chart.COMMITMENT, amount, **about),
            Line.credit(chart.COMMITMENT_RESERVE, amount, **about),
        ],
        budget_moves=[BudgetMove(commitment.budget_line_id, committed=amount.minor)],
        commitment_moves=[CommitmentMove(commitment.pk, adjusted=amount.minor)],
    )


def liquidate(*, award: Award, commitment: Commitment, amount: Money) -> Booking:
    """
    Return what an acceptance does to the commitment: as much of it as is open is used up, and
    the whole amount is charged; what exceeds the commitment is checked against the budget.
    """
    used = Money(min(commitment.open_minor, amount.minor), amount.currency)
    about = _about(award, award.job)
    return Booking(
        lines=(
            Line.debit(chart.COMMITMENT_RESERVE, used, **about),
            Line.credit(chart.COMMITMENT, used, **about),
        ),
        budget_moves=(
            BudgetMove(commitment.budget_line_id, committed=-used.minor, charged=amount.minor),
        ),
        commitment_moves=(CommitmentMove(commitment.pk, liquidated=used.minor),),
    )


def release_rest(*, actor: User, award: Award, at: datetime) -> None:
    """Give back what is left of a commitment after the last milestone (entry 9 of the chart)."""
    commitment = standing_commitment(award=award, actor=actor, at=at)
    rest = Money(commitment.open_minor, award.currency)
    if not rest:
        return
    about = _about(award, award.job)
    post_entry(
        actor=actor,
        kind=EntryKind.RELEASED,
        source=award.pk,
        at=at,
        lines=[
            Line.debit(chart.COMMITMENT_RESERVE, rest, **about),
            Line.credit(chart.COMMITMENT, rest, **about),
        ],
        budget_moves=[BudgetMove(commitment.budget_line_id, committed=-rest.minor)],
        commitment_moves=[CommitmentMove(commitment.pk, released=rest.minor)],
    )


def fee_of(award: Award, amount: Money) -> Money:
    """Return the marketplace's fee on an amount of an award."""
    return amount.share(award.fee_basis_points)


def _about(award: Award, job: Job) -> About:
    return {
        "department": award.department_id,
        "category": job.category_id,
        "job": award.job_id,
        "award": award.pk,
        "provider": award.provider_id,
    }


def _estimate_given_back(job: Job, at: datetime) -> tuple[Booking, UUID | None]:
    """Mark a job's estimate as released; return how that is booked, and on which line."""
    reserved = Precommitment.objects.filter(job=job, released_at=None)
    estimate = reserved.select_for_update(no_key=True).first()
    if estimate is None:
        return Booking(), None
    reserved.update(released_at=at)
    amount = Money(estimate.amount_minor, job.currency)
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
