"""
Payments that the company made past the marketplace, from a file of its accounts: any size, in
groups, each row recorded or refused by itself. Sent again, nothing is recorded twice.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from ledger.exchange.payment_names import (
    Categories,
    Departments,
    NotPayments,
    PaymentsAccount,
    plain_name,
)
from ledger.outside_spend import PaidTooEarly, Payment, record_outside_spends
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal

__all__ = ["NotPayments", "PaymentsAccount", "plain_name", "renamed_in", "take_over_payments"]
GROUP = 1_000  # rows in one transaction
MOST_OF_A_DOCUMENT = 100  # signs, of which the last thirteen tell the lines of one document apart
Row = Mapping[Any, Any]
NEEDED = {"department", "paid_on", "reference", "supplier", "net", "currency"}


def take_over_payments(
    *,
    path: Path,
    actor: User,
    at: datetime,
    renamed: Mapping[str, str] | None = None,
    adds_departments: bool = False,
    adds_categories: bool = False,
) -> Iterator[PaymentsAccount]:
    """
    Record the payments of a CSV, gzip or not, group by group, and yield the account after each.

    A department is found by its name, however it is spelled; `renamed` says which name a department
    goes by now. With `adds_departments`, one that is not there is registered, and each gets a
    budget that is tracked and holds nothing up. Kinds of work are found by their name alike; a
    payment of one that is not there has none, or it is added with `adds_categories`.

    Each group is a transaction of its own: stopped, what was recorded stays, and the same file
    goes on where it was. What a payment is called holds the file's name, without `.gz`: under
    another name the same rows are other payments.

    :raises NotPayments: a column is missing.
    :raises Forbidden: only finance records payments; only administrators add departments.
    """
    account = PaymentsAccount()
    finder = Departments(actor, at, renamed or {}, adds_departments, account)
    kinds = Categories(actor, at, adds_categories, account)
    seen: Counter[str] = Counter()
    rows = _rows(path)
    while group := list(islice(rows, GROUP)):
        _take(group, finder, kinds, seen, source=path.name.removesuffix(".gz"))
        yield account


@transaction.atomic(savepoint=False)
def _take(
    group: list[tuple[int, Row]],
    finder: Departments,
    kinds: Categories,
    seen: Counter[str],
    *,
    source: str,
) -> None:
    """Record the rows of a group, and put into the account what became of each."""
    account = finder.account
    payments: list[tuple[int, Payment]] = []
    for line, row in group:
        account.read += 1
        try:
            payments.append((line, _payment(row, finder, kinds, seen, source=source)))
        except Refusal as refusal:
            _refuse(account, line, refusal.code, refusal.text)
    outcomes = record_outside_spends(
        actor=finder.actor, payments=[payment for _, payment in payments], at=finder.at
    )
    for (line, payment), outcome in zip(payments, outcomes, strict=True):
        if outcome.is_recorded:
            account.recorded += 1
            account.net_minor[payment.net.currency] += payment.net.minor
        else:
            _refuse(account, line, outcome.code, outcome.detail)


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = NEEDED - set(reader.fieldnames or ())
        if missing:
            raise NotPayments(f"The file lacks the columns {', '.join(sorted(missing))}.")
        if len(set(reader.fieldnames or ())) < len(reader.fieldnames or ()):
            raise NotPayments("The file has a column twice.")
        for row in reader:
            yield reader.line_num, row


def _payment(
    row: Row, finder: Departments, kinds: Categories, seen: Counter[str], *, source: str
) -> Payment:
    if None in row or None in row.values():
        raise NotPayments("This row has not one cell for each column.")
    net = Money.of(row["net"], row["currency"])
    tax = Money.of(row["vat"], row["currency"]) if row.get("vat") else None
    try:
        paid_on = date.fromisoformat(row["paid_on"])
    except ValueError:
        raise NotPayments(f"“{row['paid_on']}” is no day; write it like 2026-11-21.") from None
    if paid_on > finder.at.date():
        raise PaidTooEarly("Record a payment once it was made.")  # before a budget is granted to it
    fact = "|".join([source, *(row[name] or "" for name in sorted(row))])
    if "\0" in fact:
        raise NotPayments("This row holds a sign that is no text.")
    department_id = finder.find(row["department"], paid_on, net.currency)
    # One document has several lines, some of them alike: each is a payment of its own.
    seen[fact] += 1
    mark = uuid5(NAMESPACE_URL, f"{fact}|{seen[fact]}").hex[:12]
    document = f"{(row['reference'] or 'none')[: MOST_OF_A_DOCUMENT - 13]} {mark}"
    return Payment(
        id=uuid5(NAMESPACE_URL, f"choicebook:payment:{fact}|{seen[fact]}"),
        department_id=department_id,
        payee=(row["supplier"] or "not stated")[:300],
        document=document,
        paid_on=paid_on,
        net=net,
        tax=tax,
        category_id=kinds.find(row.get("category") or ""),
    )


def _refuse(account: PaymentsAccount, line: int, code: str, why: str) -> None:
    account.refused[code] += 1
    if len(account.first_refused) < 40:
        account.first_refused.append((line, why))


def renamed_in(lines: Iterable[str]) -> dict[str, str]:
    """Return what a CSV of two columns says: the name before, the name now."""
    return {row[0]: row[1] for row in csv.reader(lines) if len(row) == 2}
