"""
What an award promises from the budgets that bear it: booked at the choice, changed, used up by
acceptances, and given back at the end. The job is locked by the verb that calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ledger import chart
from ledger.bearing import Share, override_of, shares
from ledger.budgeting import Booking, budget_line_for, estimate_given_back
from ledger.carrying import line_in_year, paying_line, standing_commitment
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine, Commitment
from ledger.periods import fiscal_year_of
from ledger.posting import About, BudgetMove, CommitmentMove, EntryKind, Line, post_entry
from ledger.showback import hold_mode, is_shown, post_for
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.rows import insert


def promise(*, actor: User, award: Award, job: Job, at: datetime) -> None:
    """
    Book what an award promises, price and fee, in place of the estimate, or of the choice that it
    overrides (entries 4 and 4b of the chart). All budgets that bear it are checked at once; in
    showback nothing is promised of a budget.

    :raises NoBudget, InsufficientFunds: a budget cannot cover it.
    """
    hold_mode()
    given_back, _ = estimate_given_back(job, at)
    bookings = [given_back]
    # What was withdrawn gave its promise back before; what is overridden does so now.
    replaced = award.replaces
    overridden = replaced if replaced is not None and hasattr(award, "override") else None
    if overridden is not None:
        bookings += rest_of(award=overridden, actor=actor, at=at)
    price = 0 if is_shown(award) else award.price_minor
    for number, share in enumerate(shares(award, 0, price), start=1):
        line = award.budget_line
        if share.department != award.department_id:
            line = _line_of(award, job, at)
        commitment = insert(Commitment(award=award, line=number, budget_line=line))
        about = _about(award, share.department)
        bookings.append(
            Booking(
                lines=(
                    Line.debit(chart.COMMITMENT, share.total, **about),
                    Line.credit(chart.COMMITMENT_RESERVE, share.total, **about),
                ),
                budget_moves=(BudgetMove(line.pk, committed=share.total.minor),),
                commitment_moves=(CommitmentMove(commitment.pk, original=share.total.minor),),
            )
        )
    kind = EntryKind.OVERRIDDEN if overridden else EntryKind.AWARDED
    # Not as shown or charged: an estimate that was reserved before showback is given back.
    _post(actor=actor, kind=kind, source=award.pk, at=at, bookings=bookings)


def adjust_promise(
    *, actor: User, award: Award, source: UUID, before: int, after: int, at: datetime
) -> None:
    """
    Book a change order's difference with its fee on what is promised (entry 5 of the chart).

    :raises InsufficientFunds: a budget cannot cover more.
    """
    held = commitments_of(award=award, actor=actor, at=at)
    bookings = []
    for share, commitment in zip(shares(award, before, after), held, strict=True):
        about = _about(award, share.department)
        more = share.total.minor
        bookings.append(
            Booking(
                lines=(
                    Line.debit(chart.COMMITMENT, share.total, **about),
                    Line.credit(chart.COMMITMENT_RESERVE, share.total, **about),
                ),
                budget_moves=(BudgetMove(commitment.budget_line_id, committed=more),),
                commitment_moves=(CommitmentMove(commitment.pk, adjusted=more),),
            )
        )
    post(award=award, actor=actor, kind=EntryKind.CHANGED, source=source, at=at, bookings=bookings)


def liquidate(*, award: Award, commitment: Commitment, share: Share) -> Booking:
    """
    Return what an acceptance does to a commitment: as much of it as is open is used up, and the
    whole amount is charged; what exceeds the commitment is checked against the budget.
    """
    amount = share.total
    used = Money(min(commitment.open_minor, amount.minor), amount.currency)
    about = _about(award, share.department)
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
    """
    Give back what is left of a promise after the last milestone, or when the choice was withdrawn
    (entry 9 of the chart).
    """
    rest = rest_of(award=award, actor=actor, at=at)
    _post(actor=actor, kind=EntryKind.RELEASED, source=award.pk, at=at, bookings=rest)


def rest_of(*, award: Award, actor: User, at: datetime) -> list[Booking]:
    """Return what gives back all that an award still promises."""
    bookings = []
    for commitment in commitments_of(award=award, actor=actor, at=at):
        line = commitment.budget_line
        rest, about = Money(commitment.open_minor, line.currency), _about(award, line.department_id)
        bookings.append(
            Booking(
                lines=(
                    Line.debit(chart.COMMITMENT_RESERVE, rest, **about),
                    Line.credit(chart.COMMITMENT, rest, **about),
                ),
                budget_moves=(BudgetMove(line.pk, committed=-rest.minor),),
                commitment_moves=(CommitmentMove(commitment.pk, released=rest.minor),),
            )
        )
    return bookings


def commitments_of(*, award: Award, actor: User, at: datetime) -> list[Commitment]:
    """Return the commitments that pay for an award now, in the order of its shares."""
    payers = (1,) if override_of(award) is None else (1, 2)
    return [standing_commitment(award=award, actor=actor, at=at, line=line) for line in payers]


def paying_lines(award: Award, at: datetime) -> list[UUID]:
    """Return the budget lines that a charge or credit stands on, in the order of the shares."""
    lines = [paying_line(award, at).pk]
    if override_of(award) is not None:
        other = award.commitments.select_related("budget_line").get(line=2, follows=None)
        year = max(fiscal_year_of(at.date()), other.budget_line.fiscal_year)
        lines.append(line_in_year(other.budget_line, year).pk)
    return lines


def post(
    *,
    award: Award,
    actor: User,
    kind: EntryKind,
    source: UUID,
    at: datetime,
    bookings: Sequence[Booking] = (),
    lines: Sequence[Line] = (),
    corrects_period: int | None = None,
) -> None:
    """
    Book several bookings and lines of an award as one event, one move a budget line; nothing at
    all is no event. Where the award is only shown, it is booked as shown.
    """
    entry = _entry(bookings, lines)
    if any(not line.is_empty for line in entry.lines):
        post_for(
            award=award,
            actor=actor,
            kind=kind,
            source=source,
            at=at,
            lines=entry.lines,
            budget_moves=entry.budget_moves,
            commitment_moves=entry.commitment_moves,
            corrects_period=corrects_period,
        )


def _post(
    *, actor: User, kind: EntryKind, source: UUID, at: datetime, bookings: Sequence[Booking]
) -> None:
    entry = _entry(bookings)
    if any(not line.is_empty for line in entry.lines):
        post_entry(
            actor=actor,
            kind=kind,
            source=source,
            at=at,
            lines=entry.lines,
            budget_moves=entry.budget_moves,
            commitment_moves=entry.commitment_moves,
        )


def _entry(bookings: Sequence[Booking], lines: Sequence[Line] = ()) -> Booking:
    """Return several bookings as one."""
    return Booking(
        lines=(*(line for booking in bookings for line in booking.lines), *lines),
        # What goes and what comes on one budget line are one check: between two it could fail.
        budget_moves=tuple(_summed(move for booking in bookings for move in booking.budget_moves)),
        commitment_moves=tuple(move for booking in bookings for move in booking.commitment_moves),
    )


def _summed(moves: Iterable[BudgetMove]) -> list[BudgetMove]:
    sums: dict[UUID, BudgetMove] = {}
    for move in moves:
        before = sums.get(move.line_id, BudgetMove(move.line_id))
        sums[move.line_id] = replace(
            move,
            precommitted=before.precommitted + move.precommitted,
            committed=before.committed + move.committed,
            charged=before.charged + move.charged,
        )
    return list(sums.values())


def _line_of(award: Award, job: Job, at: datetime) -> BudgetLine:
    """Return the line that bears the difference of an override."""
    override = override_of(award)
    assert override is not None
    currency = award.budget_line.currency
    return budget_line_for(job, at.date(), payer=override.department, currency=currency)


def _about(award: Award, department: UUID) -> About:
    return {
        "department": department,
        "category": award.job.category_id,
        "job": award.job_id,
        "award": award.pk,
        "provider": award.provider_id,
    }
