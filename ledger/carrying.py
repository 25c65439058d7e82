"""
Which budget line pays: that of the year in which something is booked. A promise of an earlier
year is carried to the new year's line by the year end, or by what is booked on it first.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from ledger import chart
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine, Commitment
from ledger.models.periods import Period
from ledger.models.years import CarryForward, OpenPromises, Unspent
from ledger.periods import adjusting_period, days_of, fiscal_year_of
from ledger.posting import About, BudgetMove, CommitmentMove, EntryKind, Line, post_entry
from marketplace.compiled import Kept
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money


def line_of(
    *, department_id: UUID, category_id: UUID | None, currency: str, year: int
) -> BudgetLine | None:
    """Return the line that pays: the category's, or else the department's common one, if any."""
    return _paying.first(department_id, category_id, currency, year)


@Kept
def _paying(
    department_id: UUID, category_id: UUID | None, currency: str, year: int
) -> QuerySet[BudgetLine]:
    lines = BudgetLine.objects.filter(fiscal_year=year, department=department_id, currency=currency)
    paying = Q(category=None) if category_id is None else Q(category=None) | Q(category=category_id)
    return lines.filter(paying).order_by(F("category").asc(nulls_last=True))


def line_in_year(line: BudgetLine, year: int) -> BudgetLine:
    """Return the same department's line for another year; one that is missing begins empty."""
    if line.fiscal_year == year:
        return line
    other, _ = BudgetLine.objects.get_or_create(
        fiscal_year=year,
        department_id=line.department_id,
        category=line.category,
        currency=line.currency,
        defaults={"control": line.control, "tolerance_minor": line.tolerance_minor},
    )
    return other


def paying_line(award: Award, at: datetime) -> BudgetLine:
    """Return the line that a charge or a credit of an award stands on when booked at `at`."""
    # Never an earlier year's than its own: what is booked late stays where it was promised.
    own = award.budget_line
    return line_in_year(own, max(fiscal_year_of(at.date()), own.fiscal_year))


def standing_commitment(*, award: Award, actor: User, at: datetime, line: int = 1) -> Commitment:
    """
    Return the commitment that pays for an award now. One of an earlier year is carried to the
    year of `at` first, just as that year's end would have carried it; then the end finds it gone.
    Call it under the job's lock.

    :raises InsufficientFunds: promises are carried without budget, and the new line lacks it.
    """
    commitment = _standing.first(award.pk, line)
    if commitment is None:
        raise Commitment.DoesNotExist(f"Nothing is promised for {award!r} on line {line}.")
    commitment.award = award
    year = fiscal_year_of(at.date())
    if commitment.budget_line.fiscal_year >= year:
        return commitment
    return carry_commitment(commitment=commitment, year=year, actor=actor, at=at)


@Kept
def _standing(award: UUID, line: int) -> QuerySet[Commitment]:
    standing = Commitment.objects.filter(award=award, line=line, followed_by=None)
    return standing.select_related("budget_line")


def carry_commitment(*, commitment: Commitment, year: int, actor: User, at: datetime) -> Commitment:
    """
    Let a later year's line take over what is open of a promise (entry 22 of the chart): the old
    year gives it up on its last day, the new one takes it on its first.

    :raises InsufficientFunds: promises are carried without budget, and the new line lacks it.
    """
    old = commitment.budget_line
    follower = Commitment.objects.create(
        award=commitment.award,
        line=commitment.line,
        budget_line=line_in_year(old, year),
        follows=commitment,
    )
    promised = Money(commitment.open_minor, old.currency)
    if not promised:
        return follower
    _unspent, policy = carry_forward_of(old.fiscal_year, old.department_id)
    budget = budget_behind(promised, old, policy)
    _leave(commitment, promised=promised, budget=budget, actor=actor, at=at)
    _arrive(follower, promised=promised, budget=budget, actor=actor, at=at)
    follower.refresh_from_db()
    return follower


def _leave(
    commitment: Commitment, *, promised: Money, budget: Money, actor: User, at: datetime
) -> None:
    old, about = commitment.budget_line, _about(commitment)
    leaving = last_open_period(old.fiscal_year, at=at)
    post_entry(
        actor=actor,
        kind=EntryKind.PROMISE_CARRIED,
        source=commitment.pk,
        occurrence="out",
        at=at,
        period=leaving,
        effective_on=days_of(leaving)[1] if leaving else None,
        lines=[
            Line.debit(chart.COMMITMENT_RESERVE, promised, **about),
            Line.credit(chart.COMMITMENT, promised, **about),
            *budget_lines(old, -budget),
        ],
        budget_moves=[BudgetMove(old.pk, committed=-promised.minor, budget=-budget.minor)],
        commitment_moves=[CommitmentMove(commitment.pk, released=promised.minor)],
    )


def _arrive(
    follower: Commitment, *, promised: Money, budget: Money, actor: User, at: datetime
) -> None:
    new, about = follower.budget_line, _about(follower)
    post_entry(
        actor=actor,
        kind=EntryKind.PROMISE_CARRIED,
        source=follower.pk,
        occurrence="in",
        at=at,
        lines=[
            Line.debit(chart.COMMITMENT, promised, **about),
            Line.credit(chart.COMMITMENT_RESERVE, promised, **about),
            *budget_lines(new, budget),
        ],
        budget_moves=[BudgetMove(new.pk, committed=promised.minor, carried_in=budget.minor)],
        commitment_moves=[CommitmentMove(follower.pk, original=promised.minor)],
    )


def _about(commitment: Commitment) -> About:
    award = commitment.award
    return {
        "department": commitment.budget_line.department_id,
        "category": award.job.category_id,
        "job": award.job_id,
        "award": award.pk,
        "provider": award.provider_id,
    }


def carry_forward_of(year: int, department_id: UUID) -> tuple[Unspent, OpenPromises]:
    """
    Return how a year passes into the next for a department: as finance stated for it last, or
    for all. Until somebody states it, unspent budget lapses and a promise keeps its budget.
    """
    stated = carry_forwards(year)
    return stated.get(department_id, stated[None])


def carry_forwards(year: int) -> dict[UUID | None, tuple[Unspent, OpenPromises]]:
    """Return how a year passes into the next, for each department named, and (None) for all."""
    stated: dict[UUID | None, tuple[Unspent, OpenPromises]] = {
        None: (Unspent.LAPSE, OpenPromises.WITH_BUDGET)
    }
    for one in CarryForward.objects.filter(fiscal_year=year).order_by("stated_at"):
        stated[one.department_id] = (Unspent(one.unspent), OpenPromises(one.promises))
    return stated


def last_open_period(year: int, *, at: datetime) -> int | None:
    """Return a past year's adjusting period while it takes entries; afterwards None, for now."""
    if fiscal_year_of(at.date()) <= year:
        return None
    id = adjusting_period(year, at=at)
    return id if Period.objects.filter(pk=id, closing_at=None).exists() else None


def budget_lines(line: BudgetLine, amount: Money) -> list[Line]:
    """Return how a change of a line's budget is booked; of a negative amount, the decrease."""
    return [
        Line.debit(chart.BUDGET, amount, department=line.department_id, category=line.category_id),
        Line.credit(chart.BUDGET_CONTROL, amount, department=line.department_id),
    ]


def budget_behind(promised: Money, old: BudgetLine, policy: OpenPromises) -> Money:
    """Return the budget that goes with a promise: all of it where the old line surely has it."""
    if policy == OpenPromises.WITHOUT_BUDGET:
        return Money(0, promised.currency)
    if old.control == BudgetControl.HARD:
        return promised
    # A tracked line may have promised what it never had; then there is nothing to carry.
    behind = max(0, min(promised.minor, old.available_minor + promised.minor))
    return Money(behind, promised.currency)
