"""Proof that all sums to zero: each account, opening, debit, credit, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.reports.columns import columns
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account in one currency. Opening and closing are debit less credit."""

    account_code: str
    account_name: str
    book: str  # A, B, E, M
    normal_side: str
    currency: str
    opening: Money
    debit: Money
    credit: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class BookTotal:
    """One book in one currency: the two sides are equal, or something is wrong."""

    book: str
    book_label: str
    currency: str
    debit: Money
    credit: Money
    is_balanced: bool


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The balances of some months."""

    since_period: int
    until_period: int
    since_on: date
    until_on: date
    is_final: bool
    rows: tuple[BalanceRow, ...]
    totals: tuple[BookTotal, ...]
    is_balanced: bool


COLUMNS = columns(
    "account_code",
    "account_name",
    "book",
    "currency",
    "opening",
    "debit",
    "credit",
    "closing",
)


def trial_balance(
    *, actor: User, since_period: int, until_period: int | None = None, currency: str = ""
) -> TrialBalance:
    """
    Return every account that moved up to a month, for finance and auditors.

    :raises Forbidden: the actor holds neither office.
    :raises UnknownPeriod: there is no such month in the books.
    """
    raise NotImplementedError
