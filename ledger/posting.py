"""
Writing the journal. Nothing else writes it, nor balances, commitments or budget figures: the
database gives these tables to no one but the function called here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypedDict, Unpack
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from ledger.models.journal import Account, EntryKind, JournalEntry, Posting
from ledger.periods import period_for, period_of
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal

__all__ = [
    "BookedDifferently",
    "BudgetMove",
    "CommitmentMove",
    "EntryKind",
    "InsufficientFunds",
    "Line",
    "PeriodClosed",
    "post_entry",
    "reverse_entry",
]


class InsufficientFunds(Refusal):
    """The budget line cannot cover it."""

    code = "insufficient_funds"
    field = "price"

    def __init__(self, text: str, *, available: Money, wanted: Money) -> None:
        super().__init__(text)
        self.available = available
        self.wanted = wanted


class PeriodClosed(Refusal):
    """The month is closing or closed; its figures never move again."""

    code = "period_closed"
    field = "period"


class BookedDifferently(Refusal):
    """The same fact was booked before, with other figures."""

    code = "booked_differently"


class About(TypedDict, total=False):
    """What a posting says of itself, so that reports can filter on it."""

    department: UUID | None
    category: UUID | None
    budget_line: UUID | None
    job: UUID | None
    award: UUID | None
    milestone: UUID | None
    provider: UUID | None


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry, before it is posted. Amounts are in the currency's minor unit."""

    account: str
    currency: str
    debit_minor: int = 0
    credit_minor: int = 0
    department: UUID | None = None
    category: UUID | None = None
    budget_line: UUID | None = None
    job: UUID | None = None
    award: UUID | None = None
    milestone: UUID | None = None
    provider: UUID | None = None

    @classmethod
    def debit(cls, account: str, amount: Money, **about: Unpack[About]) -> Line:
        """Return a debit; of a negative amount, the credit that it is."""
        if amount.minor < 0:
            return cls(account, amount.currency, credit_minor=-amount.minor, **about)
        return cls(account, amount.currency, debit_minor=amount.minor, **about)

    @classmethod
    def credit(cls, account: str, amount: Money, **about: Unpack[About]) -> Line:
        """Return a credit; of a negative amount, the debit that it is."""
        return cls.debit(account, -amount, **about)

    @property
    def is_empty(self) -> bool:
        return not self.debit_minor and not self.credit_minor

    def turned(self) -> Line:
        """Return the same line on the other side."""
        return replace(self, debit_minor=self.credit_minor, credit_minor=self.debit_minor)


@dataclass(frozen=True, slots=True)
class BudgetMove:
    """What an entry does to one budget line, in its minor unit."""

    line_id: UUID
    budget: int = 0
    carried_in: int = 0
    precommitted: int = 0
    committed: int = 0
    charged: int = 0


@dataclass(frozen=True, slots=True)
class CommitmentMove:
    """What an entry does to one commitment, in its minor unit."""

    commitment_id: UUID
    original: int = 0
    adjusted: int = 0
    liquidated: int = 0
    released: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to be posted: lines, and the moves that go with them."""

    lines: Sequence[Line]
    budget_moves: Sequence[BudgetMove] = ()
    commitment_moves: Sequence[CommitmentMove] = ()
    memo: str = ""
    reverses: int | None = None
    corrects_period: int | None = None


@cache
def account_ids() -> dict[str, int]:
    """Return the id of each account by its code. The chart changes only by migrations."""
    return dict(Account.objects.values_list("code", "id"))


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
        lines=[line for line in lines if not line.is_empty],
        budget_moves=budget_moves,
        commitment_moves=commitment_moves,
        memo=memo,
        reverses=reverses,
        corrects_period=corrects_period,
    )
    on = effective_on or at.date()
    period = period_of(on) if period is None else period  # the function opens it if nobody has
    fact = [kind, period, on, at, actor.pk, source, occurrence, _request_hash(entry)]
    said = [entry.memo, entry.reverses, entry.corrects_period]
    try:
        row = _called([*fact, *said, *_columns(entry)])
    except DatabaseError as error:
        raise _refusal(error, period) from error
    return int(row[0])


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


_TYPES = (
    *("smallint", "uuid", "text", "bigint", "bigint", "uuid"),
    *("uuid", "uuid", "uuid", "uuid", "uuid"),
    *("uuid", "bigint", "bigint", "bigint", "bigint"),
    *("uuid", "bigint", "bigint", "bigint", "bigint", "bigint"),
)
_CALL = (
    "SELECT ledger_post_entry(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
    + ", ".join(f"%s::{type}[]" for type in _TYPES)
    + ")"
)


_LINE = attrgetter(
    *("account", "department", "currency", "debit_minor", "credit_minor", "category"),
    *("budget_line", "job", "award", "milestone", "provider"),
)
_COMMITMENT = attrgetter("commitment_id", "original", "adjusted", "liquidated", "released")
_BUDGET = attrgetter("line_id", "budget", "carried_in", "precommitted", "committed", "charged")


def _called(values: Sequence[Any]) -> Any:
    """
    Call the function, as a statement that each connection prepares once: Django's own cursor would
    spell all values into the text, and the database would parse and plan it for every entry.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(_CALL, values, prepare=True).fetchone()


def _columns(entry: Entry) -> list[str]:
    """
    Return the lines and the moves as one array for each column of the function, spelled as
    PostgreSQL reads it: numbers, ids and codes of currencies need no quotes.
    """
    accounts = account_ids()
    lines = [(accounts[line.account], *_LINE(line)[1:]) for line in entry.lines]
    commitments = [_COMMITMENT(move) for move in entry.commitment_moves]
    moves = [_BUDGET(move) for move in entry.budget_moves]
    return [
        _array(column)
        for rows, width in ((lines, 11), (commitments, 5), (moves, 6))
        for column in (zip(*rows, strict=True) if rows else [()] * width)
    ]


def _array(column: Sequence[Any]) -> str:
    # The driver's own lists cost more than all the rest of an entry's way to the database.
    return "{" + ",".join(["NULL" if value is None else str(value) for value in column]) + "}"


def _request_hash(entry: Entry) -> bytes:
    """Return what tells whether the same fact comes with the same figures."""
    rows = [
        *map(_LINE, entry.lines),
        *map(_COMMITMENT, entry.commitment_moves),
        *map(_BUDGET, entry.budget_moves),
    ]
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    return hashlib.sha256(text.encode()).digest()


def _refusal(error: DatabaseError, period: int) -> Exception:
    """Return the refusal that the database's word stands for, or the fault itself."""
    cause = error.__cause__
    match getattr(cause, "sqlstate", None):
        case "CB001":
            return PeriodClosed(f"The books of {period // 100}-{period % 100:02} are closed.")
        case "CB002":
            return BookedDifferently("This is booked already, with other figures.")
        case "CB003":
            detail = getattr(getattr(cause, "diag", None), "message_detail", "") or "0 0 XXX"
            available_minor, wanted_minor, currency = detail.split(" ")
            available = Money(int(available_minor), currency)
            wanted = Money(int(wanted_minor), currency)
            text = f"The budget has {available} left; this needs {wanted}."
            return InsufficientFunds(text, available=available, wanted=wanted)
    return error
