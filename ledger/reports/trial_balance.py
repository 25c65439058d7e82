"""Proof that all sums to zero: each account, opening, debit, credit, closing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ledger.models.journal import Balance, Book, Posting
from ledger.models.periods import Period
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.periods import is_final
from ledger.reports.reading import reader_of
from marketplace.models.people import User
from marketplace.money import Money, total
from marketplace.refusals import Refusal, require


class UnknownPeriod(Refusal):
    """There is no such month in the books."""

    code = "unknown_period"
    field = "period"


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


COLUMNS: tuple[Column[BalanceRow], ...] = columns(
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
    *,
    actor: User,
    since_period: int,
    until_period: int | None = None,
    currency: str = "",
    known: Known = NOW,
) -> TrialBalance:
    """
    Return every account that moved up to a month, for finance and auditors; `known` restricts it
    to what was effective by a day or booked by a moment.

    :raises Forbidden: the actor holds neither office.
    :raises UnknownPeriod: there is no such month in the books.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    until_period = until_period or since_period
    months = Period.objects.in_bulk([since_period, until_period])
    since, until = (
        _known(months, since_period, "since_period"),
        _known(months, until_period, "until_period"),
    )
    # What was known earlier is summed from the postings; what is known now is stored in sums.
    balances: QuerySet[Any] = (
        Balance.objects.all() if known.is_now else Posting.objects.filter(known.of("entry__"))
    )
    balances = balances.filter(period__lte=until_period)
    if currency:
        balances = balances.filter(currency=currency)
    earlier, within = Q(period__lt=since_period), Q(period__gte=since_period)
    groups: Iterable[Any] = (
        balances.values("account__code", "account__name", "account__book", "account__normal_side")
        .annotate(
            unit=F("currency"),
            opening=Coalesce(Sum(Balance.net(), filter=earlier), 0),
            debit=Coalesce(Sum("debit_minor", filter=within), 0),
            credit=Coalesce(Sum("credit_minor", filter=within), 0),
        )
        .order_by("account__book", "account__code", "unit")
    )
    rows = tuple(_row(group) for group in groups)
    totals = _totals(rows)
    return TrialBalance(
        since_period=since_period,
        until_period=until_period,
        since_on=since.starts_on,
        until_on=until.ends_on,
        is_final=is_final(since_period, until_period),
        rows=rows,
        totals=totals,
        is_balanced=all(total.is_balanced for total in totals),
    )


def _known(months: dict[int, Period], id: int, field: str) -> Period:
    period = months.get(id)
    if period is None:
        refusal = UnknownPeriod("There is no such month in the books; write it like 202611.")
        refusal.field = field
        raise refusal
    return period


def _row(group: dict[str, Any]) -> BalanceRow:
    unit = group["unit"]
    opening, debit, credit = (
        Money(int(group[name]), unit) for name in ("opening", "debit", "credit")
    )
    return BalanceRow(
        account_code=group["account__code"],
        account_name=group["account__name"],
        book=group["account__book"],
        normal_side=group["account__normal_side"],
        currency=unit,
        opening=opening,
        debit=debit,
        credit=credit,
        closing=opening + debit - credit,
    )


def _totals(rows: tuple[BalanceRow, ...]) -> tuple[BookTotal, ...]:
    totals = []
    for book, unit in sorted({(row.book, row.currency) for row in rows}):
        mine = [row for row in rows if (row.book, row.currency) == (book, unit)]
        debit = total((row.debit for row in mine), unit)
        credit = total((row.credit for row in mine), unit)
        # What was brought forward must sum to nothing as well.
        is_balanced = debit == credit and not total((row.opening for row in mine), unit)
        totals.append(BookTotal(book, Book(book).label, unit, debit, credit, is_balanced))
    return tuple(totals)
