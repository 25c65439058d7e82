"""Departments and kinds of work, by the names that the files of other books give them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import transaction

from ledger.granting import grant_budget
from ledger.models.budgets import BudgetLine
from ledger.periods import fiscal_year_of
from marketplace.admission import add_category, register_department
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.models.providers import Category
from marketplace.money import Money
from marketplace.refusals import Refusal


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
    categories_added: list[str] = field(default_factory=list)


def plain_name(name: str) -> str:
    """Return a name without what spelling changes: case, spaces, signs, “&” for “and”."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("&", " and ")
    return " ".join(re.findall(r"\w+", text))


def by_plain_name(
    found: Iterable[tuple[str, UUID]],
) -> tuple[dict[str, UUID], dict[str, dict[str, list[UUID]]]]:
    """Return the ids by plain name; and, where several share one, all of theirs as spelled."""
    spelled: defaultdict[str, dict[str, list[UUID]]] = defaultdict(dict)
    for name, id in found:
        spelled[plain_name(name)].setdefault(name, []).append(id)
    ids = {plain: [id for of in names.values() for id in of] for plain, names in spelled.items()}
    known = {plain: of[0] for plain, of in ids.items() if len(of) == 1}
    return known, {plain: spelled[plain] for plain in ids if plain not in known}


def one_of(alike: Mapping[str, list[UUID]], name: str) -> UUID:
    """Return the only one that is spelled like this. :raises NotPayments: it may be several."""
    exactly = alike.get(name.strip(), [])
    if len(exactly) != 1:
        raise NotPayments(f"“{name}” may be one of several here.")
    return exactly[0]


@dataclass(slots=True)
class Departments:
    """Finds departments by name, and a budget for each year in which they paid."""

    actor: User
    at: datetime
    renamed: Mapping[str, str]
    adds: bool
    account: PaymentsAccount
    known: dict[str, UUID] = field(default_factory=dict)
    alike: dict[str, dict[str, list[UUID]]] = field(default_factory=dict)
    spelled: dict[tuple[str, str], UUID] = field(default_factory=dict)
    budgeted: set[tuple[UUID, int, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.renamed = {plain_name(old): new for old, new in self.renamed.items()}
        found = Department.objects.visible_to(self.actor).values_list("name", "pk")
        self.known, self.alike = by_plain_name(found)

    def find(self, name: str, on: date, currency: str) -> UUID:
        if (name, currency) not in self.spelled:
            self.spelled[name, currency] = self._found(name, currency)
        id = self.spelled[name, currency]
        self._budget(id, fiscal_year_of(on), currency)
        return id

    def _found(self, name: str, currency: str) -> UUID:
        name = self.renamed.get(plain_name(name), name)
        plain = plain_name(name)
        if plain in self.alike:
            return one_of(self.alike[plain], name)
        if plain not in self.known:
            if not self.adds or not plain:
                raise NotPayments(f"There is no department “{name}”.")
            self.known[plain] = self._added(name, currency)
        return self.known[plain]

    def _added(self, name: str, currency: str) -> UUID:
        with transaction.atomic():  # what is refused stops its own row alone
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
        lines = BudgetLine.objects.filter(department=id, fiscal_year=year, currency=currency)
        if not lines.exists():
            with transaction.atomic():
                grant_budget(
                    actor=self.actor,
                    department_id=id,
                    fiscal_year=year,
                    amount=Money(1, currency),  # a grant is above zero; the line only counts
                    control=BudgetControl.TRACKED,
                    grant_id=uuid5(NAMESPACE_URL, f"choicebook:payments:{id}:{year}:{currency}"),
                    at=self.at,
                )
        self.budgeted.add(key)


@dataclass(slots=True)
class Categories:
    """Finds kinds of work by their names."""

    actor: User
    at: datetime
    adds: bool
    account: PaymentsAccount
    known: dict[str, UUID] = field(default_factory=dict)
    alike: dict[str, dict[str, list[UUID]]] = field(default_factory=dict)
    spelled: dict[str, UUID | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known, self.alike = by_plain_name(Category.objects.values_list("name", "pk"))

    def find(self, name: str) -> UUID | None:
        if name not in self.spelled:
            self.spelled[name] = self._found(name.strip()[:100], plain_name(name[:100]))
        return self.spelled[name]

    def _found(self, name: str, plain: str) -> UUID | None:
        if plain in self.alike:
            return one_of(self.alike[plain], name)
        if plain not in self.known and self.adds and plain:
            words = re.sub(r"[^a-z0-9]+", "-", plain)[:48].strip("-")
            mark = uuid5(NAMESPACE_URL, f"choicebook:category:{plain}").hex[:8]
            code = f"{words}-{mark}" if words else mark
            with transaction.atomic():
                added = add_category(actor=self.actor, code=code, name=name, at=self.at)
            self.known[plain] = added.pk
            self.account.categories_added.append(name)
        return self.known.get(plain)
