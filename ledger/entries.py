"""An entry before it is posted: its lines, and what it does to budgets and promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from ledger.models.journal import EntryKind
from marketplace.money import Money


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
    """
    One event to be booked. *(kind, source, occurrence)* names the fact.

    `effective_on` is the day it counts for, that of the booking when left out; `period` the month
    it belongs to, that of the day when left out. Said only for an adjusting period, such as 202613,
    whose one day is the last of its year.
    """

    kind: EntryKind
    source: UUID
    lines: Sequence[Line]
    budget_moves: Sequence[BudgetMove] = ()
    commitment_moves: Sequence[CommitmentMove] = ()
    occurrence: str = "0"
    memo: str = ""
    reverses: int | None = None
    corrects_period: int | None = None
    effective_on: date | None = None
    period: int | None = None
