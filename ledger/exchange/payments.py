"""
Payments that the company made past the marketplace, from a file of its accounts: any size, in
groups, each row recorded or refused by itself. Sent again, nothing is recorded twice.
"""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from ledger.granting import grant_budget
from ledger.models.budgets import BudgetLine
from ledger.outside_spend import Payment, record_outside_spends
from ledger.periods import fiscal_year_of
from marketplace.admission import register_department
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.refusals import Refusal

GROUP = 2_000
NEEDED = {"department", "paid_on", "reference", "supplier", "net", "currency"}


class NotPayments(Refusal):
    """The file lacks a column that a payment needs."""

    code = "not_payments"
    field = "file"


@dataclass(slots=True)
class PaymentsAccount:
    """What became of the rows so far."""

    read: int = 0
    recorded: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # by the refusal's code
    first_refused: list[tuple[int, str]] = field(default_factory=list)  # line, why
    net_minor: Counter[str] = field(default_factory=Counter)  # of what was recorded, by currency
    departments_added: list[str] = field(default_factory=list)


def take_over_payments(
    *,
    path: Path,
    actor: User,
    at: datetime,
    renamed: Mapping[str, str] | None = None,
    adds_departments: bool = False,
) -> Iterator[PaymentsAccount]:
    """
    Record the payments of a CSV, gzip or not, group by group, and yield the account after each.

    A department is found by its name, however it is spelled; `renamed` says which name a department
    goes by now. With `adds_departments`, one that is not there is registered, and each gets a
    budget that is tracked and holds nothing up.

    :raises NotPayments: a column is missing.
    :raises Forbidden: only finance records payments; only administrators add departments.
    """
    account = PaymentsAccount()
    finder = _Departments(actor, at, renamed or {}, adds_departments, account)
    seen: Counter[str] = Counter()
    rows = _rows(path)
    while group := list(islice(rows, GROUP)):
        payments: list[tuple[int, Payment]] = []
        for line, row in group:
            account.read += 1
            try:
                payments.append((line, _payment(row, finder, seen, source=path.name)))
            except Refusal as refusal:
                _refuse(account, line, refusal.code, refusal.text)
        outcomes = record_outside_spends(
            actor=actor, payments=[payment for _, payment in payments], at=at
        )
        for (line, payment), outcome in zip(payments, outcomes, strict=True):
            if outcome.is_recorded:
                account.recorded += 1
                account.net_minor[payment.net.currency] += payment.net.minor
            else:
                _refuse(account, line, outcome.code, outcome.detail)
        yield account


def plain_name(name: str) -> str:
    """Return a name without what spelling changes: case, spaces, signs, “&” for “and”."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("&", " and ")
    return " ".join(re.findall(r"\w+", text))


@dataclass(slots=True)
class _Departments:
    """Finds departments by name, and a budget for each year in which they paid."""

    actor: User
    at: datetime
    renamed: Mapping[str, str]
    adds: bool
    account: PaymentsAccount
    known: dict[str, UUID] = field(default_factory=dict)
    budgeted: set[tuple[UUID, int, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.renamed = {plain_name(old): plain_name(new) for old, new in self.renamed.items()}
        found = Department.objects.visible_to(self.actor).values_list("name", "pk")
        self.known = {plain_name(name): id for name, id in found}

    def find(self, name: str, on: date, currency: str) -> UUID:
        plain = plain_name(name)
        plain = self.renamed.get(plain, plain)
        if plain not in self.known:
            if not self.adds or not plain:
                raise NotPayments(f"There is no department “{name}”.")
            self.known[plain] = self._added(name, currency)
        id = self.known[plain]
        self._budget(id, fiscal_year_of(on), currency)
        return id

    def _added(self, name: str, currency: str) -> UUID:
        department = register_department(
            actor=self.actor,
            name=name.strip(),
            cost_centre=f"P-{uuid4().hex[:8].upper()}",
            currency=currency,
            at=self.at,
        )
        self.account.departments_added.append(name.strip())
        return department.pk

    def _budget(self, id: UUID, year: int, currency: str) -> None:
        key = (id, year, currency)
        if not self.adds or key in self.budgeted:
            return
        self.budgeted.add(key)
        lines = BudgetLine.objects.filter(department=id, fiscal_year=year, currency=currency)
        if not lines.exists():
            grant_budget(
                actor=self.actor,
                department_id=id,
                fiscal_year=year,
                amount=Money(1, currency),  # a grant is above zero; the line only counts
                control=BudgetControl.TRACKED,
                grant_id=uuid5(NAMESPACE_URL, f"choicebook:payments:{id}:{year}:{currency}"),
                at=self.at,
            )


def _rows(path: Path) -> Iterator[tuple[int, Mapping[Any, Any]]]:
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
    row: Mapping[Any, Any], finder: _Departments, seen: Counter[str], *, source: str
) -> Payment:
    if None in row or None in row.values():
        raise NotPayments("This row has not one cell for each column.")
    net = Money.of(row["net"], row["currency"])
    tax = Money.of(row["vat"], row["currency"]) if row.get("vat") else None
    try:
        paid_on = date.fromisoformat(row["paid_on"])
    except ValueError:
        raise NotPayments(f"“{row['paid_on']}” is no day; write it like 2026-11-21.") from None
    department_id = finder.find(row["department"], paid_on, net.currency)
    fact = "|".join([source, *(row.get(name) or "" for name in sorted(row))])
    # One document has several lines, some of them alike: each is a payment of its own.
    seen[fact] += 1
    document = (
        f"{row['reference'] or 'none'} {uuid5(NAMESPACE_URL, f'{fact}|{seen[fact]}').hex[:12]}"
    )
    return Payment(
        id=uuid5(NAMESPACE_URL, f"choicebook:payment:{fact}|{seen[fact]}"),
        department_id=department_id,
        payee=(row["supplier"] or "not stated")[:300],
        document=document[:100],
        paid_on=paid_on,
        net=net,
        tax=tax,
    )


def _refuse(account: PaymentsAccount, line: int, code: str, why: str) -> None:
    account.refused[code] += 1
    if len(account.first_refused) < 40:
        account.first_refused.append((line, why))


def renamed_in(lines: Iterable[str]) -> dict[str, str]:
    """Return what a CSV of two columns says: the name before, the name now."""
    return {row[0]: row[1] for row in csv.reader(lines) if len(row) == 2}
