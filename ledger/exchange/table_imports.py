"""
Departments, people, budgets, providers and currency rates from a CSV: first dry, then for good.

Each row is one call of the verb that a person would use, refused or kept by itself: the good rows
are kept, and every other one says why not.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import DataError, transaction

from ledger.currencies import state_rate
from ledger.granting import grant_budget
from marketplace.admission import admit_vendor, register_department, register_team
from marketplace.membership import add_member
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.providers import Category
from marketplace.money import Money
from marketplace.people import add_person
from marketplace.permissions import may_administer, may_manage_money
from marketplace.refusals import Refusal, Unknown, require

ROWS_MAX = 10_000


class NotATable(Refusal):
    """The text is no CSV with the columns that this import needs."""

    code = "not_a_table"
    field = "csv"


class RowUnreadable(Refusal):
    """A cell does not hold what its column is for."""

    code = "row_unreadable"


@dataclass(frozen=True, slots=True)
class RowFate:
    """What became of one row."""

    line: int  # in the file, where the row ends; the names of the columns are line 1
    name: str
    is_kept: bool
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ImportAccount:
    """What became of all rows."""

    kind: str
    is_dry: bool
    kept: int
    refused: int
    rows: tuple[RowFate, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a table must have, what it may have, and the verb of one row."""

    needs: tuple[str, ...]
    may_have: tuple[str, ...]
    act: Callable[[User, Mapping[str, str], datetime], object]


def import_table(*, actor: User, kind: str, text: str, is_dry: bool, at: datetime) -> ImportAccount:
    """
    Take over a table; dry, to see what would become of each row, and nothing is kept.

    :raises Forbidden: finance takes over budgets and rates, an administrator all the rest: whoever
        may keep no row would learn of each whether it is there.
    :raises NotATable: it is no CSV, lacks a column, has an unknown one, or too many rows.
    """
    is_money = kind in {"budgets", "rates"}
    who = "Finance imports" if is_money else "An administrator imports"
    require(may_manage_money(actor) if is_money else may_administer(actor), f"{who} {kind}.")
    rows = _rows(text, KINDS[kind])
    with transaction.atomic():
        fates = [_take(actor, kind, row, line=line, at=at) for line, row in rows]
        if is_dry:
            transaction.set_rollback(True)  # takes all of it back
    kept = sum(fate.is_kept for fate in fates)
    return ImportAccount(kind, is_dry, kept, len(fates) - kept, tuple(fates))


def columns_of(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns that a table of this kind must have, and those that it may have."""
    return KINDS[kind].needs, KINDS[kind].may_have


def _rows(text: str, kind: _Kind) -> list[tuple[int, Mapping[str | None, Any]]]:
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        missing = set(kind.needs) - set(names)
        unknown = set(names) - {*kind.needs, *kind.may_have}
        if missing or unknown or len(set(names)) < len(names):
            optional = (f"{name} (may be left out)" for name in kind.may_have)
            wanted = ", ".join([*kind.needs, *optional])
            raise NotATable(f"The columns are, each once: {wanted}.")
        reader.fieldnames = names
        rows: list[tuple[int, Mapping[str | None, Any]]] = [
            (reader.line_num, row) for row in reader
        ]
    except csv.Error as reason:
        raise NotATable(f"This is no CSV: {reason}.") from None
    if len(rows) > ROWS_MAX:
        raise NotATable(f"At most {ROWS_MAX} rows at once.")
    return rows


def _take(
    actor: User, kind: str, row: Mapping[str | None, Any], *, line: int, at: datetime
) -> RowFate:
    name = str(next(iter(row.values()), "")).strip()
    try:
        with transaction.atomic():
            KINDS[kind].act(actor, _cells(row), at)
    except Refusal as refusal:
        return RowFate(line, name, False, refusal.code, refusal.text)
    except DataError:  # the database holds no such value
        why = "A text of this row is too long, or a number too large."
        return RowFate(line, name, False, RowUnreadable.code, why)
    return RowFate(line, name, True, "", "")


def _cells(row: Mapping[str | None, Any]) -> dict[str, str]:
    """:raises RowUnreadable: a cell too many or too few; each of them could stand elsewhere."""
    if None in row or None in row.values():
        raise RowUnreadable(
            "This row has not one cell for each column; put quotes around one that holds a comma."
        )
    return {str(name): cell.strip() for name, cell in row.items()}


def _department_of(actor: User, centre: str) -> UUID:
    found = Department.objects.visible_to(actor).filter(cost_centre=centre).first()
    if found is None:
        raise Unknown(f"There is no department with the cost centre “{centre}”.")
    return found.pk


def _department(actor: User, row: Mapping[str, str], at: datetime) -> object:
    parent = row.get("parent_cost_centre", "")
    return register_department(
        actor=actor,
        name=row["name"],
        cost_centre=row["cost_centre"],
        currency=row["currency"],
        parent_id=_department_of(actor, parent) if parent else None,
        at=at,
    )


def _person(actor: User, row: Mapping[str, str], at: datetime) -> object:
    person = add_person(actor=actor, email=row["email"], name=row["name"], at=at)
    centre = row.get("cost_centre", "")
    if centre:
        add_member(
            actor=actor,
            user_id=person.pk,
            role=row.get("role") or "requester",
            department_id=_department_of(actor, centre),
            at=at,
        )
    return person


def _provider(actor: User, row: Mapping[str, str], at: datetime) -> object:
    codes = row.get("categories", "").split()
    found = Category.objects.filter(code__in=codes)
    if len(found) < len(set(codes)):
        raise Unknown("There is no such kind of work; separate their codes by spaces.")
    kinds = [category.pk for category in found]
    centre = row.get("team_of_cost_centre", "")
    words = {"description": row.get("description", ""), "name": row["name"]}
    if not centre:
        return admit_vendor(actor=actor, category_ids=kinds, at=at, **words)
    department_id = _department_of(actor, centre)
    return register_team(
        actor=actor, department_id=department_id, category_ids=kinds, at=at, **words
    )


def _budget(actor: User, row: Mapping[str, str], at: datetime) -> object:
    code = row.get("category", "")
    category = Category.objects.filter(code=code).first() if code else None
    if code and category is None:
        raise Unknown(f"There is no kind of work “{code}”.")
    department_id = _department_of(actor, row["cost_centre"])
    year = row["fiscal_year"]
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise RowUnreadable("Write the fiscal year like 2026.")
    # The same row again names the same grant: a file sent twice grants once.
    named = "|".join(row[name] for name in sorted(row))
    return grant_budget(
        actor=actor,
        department_id=department_id,
        fiscal_year=int(year),
        amount=Money.of(row["amount"], row["currency"]),
        category_id=category.pk if category else None,
        control=row.get("control") or None,
        grant_id=uuid5(NAMESPACE_URL, f"choicebook:budget:{named}"),
        at=at,
    )


def _rate(actor: User, row: Mapping[str, str], at: datetime) -> object:
    try:
        on = date.fromisoformat(row["in_force_on"])
    except ValueError:
        raise RowUnreadable("Write the day like 2026-11-21.") from None
    words = {name: row[name] for name in ("currency", "into", "rate", "reason")}
    return state_rate(actor=actor, in_force_on=on, at=at, **words)


KINDS: dict[str, _Kind] = {
    "departments": _Kind(("name", "cost_centre", "currency"), ("parent_cost_centre",), _department),
    "people": _Kind(("email", "name"), ("cost_centre", "role"), _person),
    "providers": _Kind(("name",), ("team_of_cost_centre", "categories", "description"), _provider),
    "budgets": _Kind(
        ("cost_centre", "fiscal_year", "amount", "currency"), ("category", "control"), _budget
    ),
    "rates": _Kind(("currency", "into", "rate", "in_force_on", "reason"), (), _rate),
}
