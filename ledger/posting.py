"""
Writing the journal. Nothing else writes it, nor balances, commitments or budget figures: the
database gives these tables to no one but the function called here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import QuerySet

from ledger.entries import About, BudgetMove, CommitmentMove, Entry, Line
from ledger.models.journal import EntryKind, JournalEntry, Posting
from ledger.periods import period_for
from ledger.spelling import CALL, account_ids, arrays, period_of_entry
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.prepared import prepared
from marketplace.refusals import Refusal

__all__ = [
    "About",
    "BookedDifferently",
    "BudgetMove",
    "CommitmentMove",
    "Entry",
    "EntryKind",
    "InsufficientFunds",
    "Line",
    "NotPosted",
    "PeriodClosed",
    "account_ids",
    "is_reversed",
    "post_entries",
    "post_entry",
    "reverse_entry",
    "reversed_of",
]


class NotPosted(Refusal):
    """An entry cannot be booked as it is."""

    place = 0  # of the entry among those that came together


class InsufficientFunds(NotPosted):
    """The budget line cannot cover it."""

    code = "insufficient_funds"
    field = "price"

    def __init__(self, text: str, *, available: Money, wanted: Money) -> None:
        super().__init__(text)
        self.available = available
        self.wanted = wanted

    @classmethod
    def of(cls, available: Money, wanted: Money) -> InsufficientFunds:
        text = f"The budget has {available} left; this needs {wanted}."
        return cls(text, available=available, wanted=wanted)


class PeriodClosed(NotPosted):
    """The month is closing or closed; its figures never move again."""

    code = "period_closed"
    field = "period"


class BookedDifferently(NotPosted):
    """The same fact was booked before, with other figures."""

    code = "booked_differently"


def post_entry(
    *,
    actor: User,
    kind: EntryKind,
    source: UUID,
    at: datetime,
    lines: Sequence[Line],
    budget_moves: Sequence[BudgetMove] = (),
    commitment_moves: Sequence[CommitmentMove] = (),
    occurrence: str = "0",
    memo: str = "",
    reverses: int | None = None,
    corrects_period: int | None = None,
    effective_on: date | None = None,
    period: int | None = None,
) -> int:
    """
    Book one event, in the caller's transaction, and return the entry's id. Lines of zero are
    left out. A fact *(kind, source, occurrence)* is booked once for ever: the same fact with the
    same figures returns the first entry.

    :param at: when it is booked.
    :param effective_on: the day it counts for; the day of `at` when left out.
    :param period: the month it belongs to; that of `effective_on` when left out. Said only for an
        adjusting period, such as 202613, whose one day is the last of its year.
    :raises InsufficientFunds: a budget line under hard control cannot cover its move.
    :raises PeriodClosed: that month takes no more entries.
    :raises BookedDifferently: the fact is booked, with other figures.
    """
    entry = Entry(
        kind=kind,
        source=source,
        lines=lines,
        budget_moves=budget_moves,
        commitment_moves=commitment_moves,
        occurrence=occurrence,
        memo=memo,
        reverses=reverses,
        corrects_period=corrects_period,
        effective_on=effective_on,
        period=period,
    )
    return post_entries(actor=actor, entries=[entry], at=at)[0]


def post_entries(*, actor: User, entries: Sequence[Entry], at: datetime) -> list[int]:
    """
    Book many events in one go, in the caller's transaction, and return the id of each. What holds
    for one holds for each of them, as if they came one after the other; all are booked, or none.

    :raises InsufficientFunds, PeriodClosed, BookedDifferently: as for one entry; `place` says
        which of them it was, from zero.
    """
    if not entries:
        return []
    today = at.date()
    try:
        row = prepared(CALL, [actor.pk, at, *arrays(entries, today)])
    except DatabaseError as error:
        raise _refusal(error, [period_of_entry(entry, today) for entry in entries]) from error
    return list(row[0])


def reverse_entry(
    *,
    actor: User,
    entry_id: int,
    kind: EntryKind,
    source: UUID,
    at: datetime,
    memo: str = "",
    occurrence: str = "0",
    effective_on: date | None = None,
    corrects: bool = True,
    moves_budgets: bool = False,
) -> int:
    """
    Book the opposite of an entry's postings, and return the new entry.

    :param corrects: a reversal in another month names the one it corrects. Not where it was meant
        from the beginning, as with an accrual.
    :param moves_budgets: what the entry did to budget lines is undone too, with the check of
        funds; else whoever reverses says what happens to them. Commitments are never moved.
    :raises InsufficientFunds: what is taken back of a budget is spent already.
    :raises PeriodClosed: the month takes no more entries.
    """
    original = JournalEntry.objects.get(pk=entry_id)
    period = period_for(effective_on or at.date(), at=at)
    return post_entry(
        actor=actor,
        kind=kind,
        source=source,
        occurrence=occurrence,
        at=at,
        effective_on=effective_on,
        lines=[_line_of(posting).turned() for posting in _postings_of(entry_id)],
        budget_moves=[
            BudgetMove(
                moved.budget_line_id,
                budget=-moved.budget_minor,
                carried_in=-moved.carried_in_minor,
                precommitted=-moved.precommitted_minor,
                committed=-moved.committed_minor,
                charged=-moved.charged_minor,
            )
            for moved in original.budget_movements.order_by("pk")
            if moves_budgets
        ],
        memo=memo,
        reverses=entry_id,
        corrects_period=original.period_id if corrects and original.period_id != period else None,
    )


def _postings_of(entry_id: int) -> QuerySet[Posting]:
    return Posting.objects.filter(entry_id=entry_id).select_related("account").order_by("line")


def _line_of(posting: Posting) -> Line:
    """Return a posting as it was before it was posted."""
    return Line(
        account=posting.account.code,
        currency=posting.currency,
        debit_minor=posting.debit_minor,
        credit_minor=posting.credit_minor,
        department=posting.department_id,
        category=posting.category_id,
        budget_line=posting.budget_line_id,
        job=posting.job_id,
        award=posting.award_id,
        milestone=posting.milestone_id,
        provider=posting.provider_id,
    )


def _refusal(error: DatabaseError, periods: Sequence[int]) -> Exception:
    """Return the refusal that the database's word stands for, or the fault itself."""
    cause: Any = error.__cause__
    said = (getattr(getattr(cause, "diag", None), "message_detail", None) or "").split(" ")
    refusal: NotPosted
    match getattr(cause, "sqlstate", None):
        case "CB001":
            period = int(said[0])
            refusal = PeriodClosed(f"The books of {period // 100}-{period % 100:02} are closed.")
            refusal.place = periods.index(period)
        case "CB002":
            refusal = BookedDifferently("This is booked already, with other figures.")
            refusal.place = int(said[0]) - 1
        case "CB003":
            available, wanted = Money(int(said[0]), said[2]), Money(int(said[1]), said[2])
            refusal = InsufficientFunds.of(available, wanted)
            refusal.place = int(said[3]) - 1
        case _:
            return error
    return refusal


def is_reversed(source: UUID) -> bool:
    """Whether an entry of this source was reversed since."""
    return bool(reversed_of([source]))


def reversed_of(sources: Sequence[UUID]) -> set[UUID]:
    """Return which of these sources have an entry that was reversed since."""
    entries = JournalEntry.objects.filter(source__in=sources, reversals__isnull=False)
    return set(entries.values_list("source", flat=True)) if sources else set()
