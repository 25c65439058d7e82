"""What was spent, summed by up to four things."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from ledger import chart
from ledger.models.charges import MonthlyCharge
from ledger.models.journal import Account, EntryKind, Posting
from ledger.periods import period_of
from ledger.posting import account_ids
from ledger.reports.columns import Column, columns
from ledger.reports.reading import departments_to_read, reader_of
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.providers import Category, Provider
from marketplace.money import Money
from marketplace.refusals import Refusal

GROUPS_MAX = 4
KINDS = {
    chart.CHARGE_IN_HOUSE: "in_house",
    chart.CHARGE_VENDOR: "outside",
    chart.MARKETPLACE_FEE: "fee",
}
# What is summed, by the column that tells it; a sum is put into words afterwards.
COLUMN = {
    "department": "department",
    "provider": "provider",
    "category": "category",
    "month": "period",
    "kind": "kind",
    "account": "account",
}
GROUPS = tuple(COLUMN)


class UnknownGroup(Refusal):
    """Nothing is grouped by that."""

    code = "unknown_group"
    field = "group_by"


@dataclass(frozen=True, slots=True)
class SpendRow:
    """One group in one currency."""

    keys: tuple[str, ...]  # one per group asked for: an id, a code, 2026-11
    labels: tuple[str, ...]
    amount: Money
    count: int  # of postings


def spend(
    *,
    actor: User,
    since_on: date,
    until_on: date,
    group_by: Sequence[str] = ("department",),
    department_id: UUID | None = None,
    include_children: bool = False,
    currency: str = "",
) -> tuple[SpendRow, ...]:
    """
    Return charges less credits, from one day to another, both included, of the departments
    whose books the actor may read.

    :raises UnknownGroup: more than four groups, or one that there is not.
    :raises Unknown: `department_id` is no department whose books the actor may read.
    """
    if (
        len(group_by) > GROUPS_MAX
        or len(set(group_by)) < len(group_by)
        or set(group_by) - {*GROUPS}
    ):
        raise UnknownGroup(f"Name at most four of: {', '.join(GROUPS)}; each once.")
    departments = departments_to_read(
        reader_of(actor), department_id=department_id, include_children=include_children
    )
    whole, rest = _months(since_on, until_on)
    said = {"account__in": _accounts(), "department__in": departments}
    if currency:
        said["currency"] = currency
    found = _sums(MonthlyCharge.objects.filter(whole, **said), group_by, Sum("count"))
    if rest:
        # The year's closing entry empties the accounts, and is no credit.
        days = Posting.objects.filter(rest, **said).exclude(entry__kind=EntryKind.YEAR_CLOSED)
        found = _added([*found, *_sums(days, group_by, Count("*"))])
    return _rows(found, group_by)


def _months(since_on: date, until_on: date) -> tuple[Q, Q]:
    """Return the months that lie wholly between two days, and the days of those that do not."""
    first = period_of(since_on)
    last = period_of(until_on)
    until = last + (until_on.month == 12)  # the adjusting period is the year's last day
    whole = Q(period__gte=first, period__lte=until)
    cut = {first} if since_on.day > 1 else set()
    if until_on.day < monthrange(until_on.year, until_on.month)[1]:
        cut |= {last, until}
    elif last in cut:
        cut |= {until}
    if not cut:
        return whole, Q()
    return whole & ~Q(period__in=cut), Q(
        period__in=cut, entry__effective_on__range=(since_on, until_on)
    )


def _accounts() -> list[int]:
    return [account_ids()[code] for code in chart.SPEND]


def _kind() -> Case:
    """Return what tells in SQL which kind of cost an account is."""
    of = account_ids()
    known = [When(account=of[code], then=Value(kind)) for code, kind in KINDS.items()]
    return Case(*known, default=Value("other"), output_field=CharField())


def _sums(
    charges: QuerySet[Any], group_by: Sequence[str], count: Aggregate
) -> list[tuple[Any, ...]]:
    """Return what was charged in each group: its columns, the currency, the amount, how many."""
    if "kind" in group_by:
        charges = charges.annotate(kind=_kind())
    by = [COLUMN[name] for name in group_by]
    net = Cast(Sum(F("debit_minor") - F("credit_minor")), BigIntegerField())
    sums = charges.values(*by, "currency").annotate(minor=net, of=count)
    return list(sums.values_list(*by, "currency", "minor", "of").order_by())


def _added(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Add up what stands in whole months and in single days of the same group."""
    sums: dict[tuple[Any, ...], tuple[int, int]] = {}
    for *group, minor, count in found:
        before = sums.get(tuple(group), (0, 0))
        sums[tuple(group)] = (before[0] + minor, before[1] + count)
    return [(*group, *both) for group, both in sums.items()]


def _rows(found: list[tuple[Any, ...]], group_by: Sequence[str]) -> tuple[SpendRow, ...]:
    """Put each group into words, and sort them by these. Each word is ranked once, not compared."""
    words = [_words(name, {row[place] for row in found}) for place, name in enumerate(group_by)]
    words.append({row[-3]: (row[-3], row[-3]) for row in found})  # the currency
    ranked = []
    weight = 1
    for of in reversed(words):
        order = sorted(of, key=lambda value: of[value][::-1])
        ranked.append({value: (rank * weight, *of[value]) for rank, value in enumerate(order)})
        weight *= len(order)
    ranked.reverse()
    rows = []
    for row in found:
        said = [of[value] for of, value in zip(ranked, row, strict=False)]
        ranks, keys, labels = zip(*said, strict=True)
        rows.append((sum(ranks), keys[:-1], labels[:-1], row[-2], keys[-1], row[-1]))
    rows.sort()
    return tuple(
        SpendRow(keys, labels, Money(minor, unit), count)
        for _, keys, labels, minor, unit, count in rows
    )


def _words(name: str, values: set[Any]) -> dict[Any, tuple[str, str]]:
    """Return the key and the label of each value of a group."""
    words: dict[Any, tuple[str, str]] = {None: ("", "")}
    if name in {"month", "kind"}:
        texts = {value: value if name == "kind" else _month(value) for value in values}
        return words | {value: (text, text) for value, text in texts.items()}
    if name in {"account", "category"}:
        model = Account if name == "account" else Category
        coded = model.objects.filter(pk__in=values - {None}).values_list("pk", "code", "name")
        return words | {pk: (code, label) for pk, code, label in coded}
    model_ = Department if name == "department" else Provider
    named = model_.objects.filter(pk__in=values - {None}).values_list("pk", "name")
    return words | {pk: (str(pk), label) for pk, label in named}


def _month(period: int) -> str:
    return f"{period // 100}-{period % 100:02}"


def columns_of(group_by: Sequence[str]) -> tuple[Column[SpendRow], ...]:
    """Return the columns of such a paper: each group, then the sum."""
    named = [Column[SpendRow](name, _label_at(place)) for place, name in enumerate(group_by)]
    return (
        *named,
        *columns("count", currency=lambda row: row.amount.currency, amount=lambda row: row.amount),
    )


def _label_at(place: int) -> Callable[[SpendRow], str]:
    return lambda row: row.labels[place]
