"""What was spent, summed by up to four things."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    F,
    Q,
    QuerySet,
    Sum,
    TextField,
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
# What is summed, as the database names it; sums are put into words afterwards.
COLUMN = {
    "department": Cast("department", TextField()),
    "provider": Cast("provider", TextField()),
    "category": Cast("category", TextField()),
    "month": F("period"),
    "kind": F("account"),
    "account": F("account"),
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
        found += _sums(days, group_by, Count("*"))
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


def _sums(
    charges: QuerySet[Any], group_by: Sequence[str], count: Aggregate
) -> list[tuple[Any, ...]]:
    """Return what was charged in each group: its columns, the currency, the amount, how many."""
    keys = {f"by_{name}": COLUMN[name] for name in group_by}
    net = Cast(Sum(F("debit_minor") - F("credit_minor")), BigIntegerField())
    sums = charges.values(unit=F("currency"), **keys).annotate(minor=net, of=count)
    return list(sums.values_list(*keys, "unit", "minor", "of").order_by())


def _rows(found: list[tuple[Any, ...]], group_by: Sequence[str]) -> tuple[SpendRow, ...]:
    """Put each group into words, add up those that read the same, and sort them by their words."""
    width = len(group_by)
    words = [_words(name, {row[place] for row in found}) for place, name in enumerate(group_by)]
    amounts: dict[Any, int] = defaultdict(int)
    counts: dict[Any, int] = defaultdict(int)
    for row in found:
        pairs = [words[place][row[place]] for place in range(width)]
        group = (tuple(label for _, label in pairs), row[width], tuple(key for key, _ in pairs))
        amounts[group] += row[width + 1]
        counts[group] += row[width + 2]
    return tuple(
        SpendRow(group[2], group[0], Money(amounts[group], group[1]), counts[group])
        for group in sorted(amounts)
    )


def _words(name: str, values: set[Any]) -> dict[Any, tuple[str, str]]:
    """Return the key and the label of each value of a group."""
    nothing = {None: ("", "")}
    if name == "month":
        return {month: (f"{month // 100}-{month % 100:02}",) * 2 for month in values}
    if name == "kind":
        codes = Account.objects.filter(pk__in=values).values_list("pk", "code")
        return {pk: (KINDS.get(code, "other"),) * 2 for pk, code in codes}
    if name == "account":
        accounts = Account.objects.filter(pk__in=values).values_list("pk", "code", "name")
        return {pk: (code, label) for pk, code, label in accounts}
    known = values - {None}
    if name == "category":
        categories = Category.objects.filter(pk__in=known).values_list("pk", "code", "name")
        return nothing | {str(pk): (code, label) for pk, code, label in categories}
    model = Department if name == "department" else Provider
    named = model.objects.filter(pk__in=known).values_list("pk", "name")
    return nothing | {str(pk): (str(pk), label) for pk, label in named}


def columns_of(group_by: Sequence[str]) -> tuple[Column[SpendRow], ...]:
    """Return the columns of such a paper: each group, then the sum."""
    named = [Column[SpendRow](name, _label_at(place)) for place, name in enumerate(group_by)]
    return (
        *named,
        *columns("count", currency=lambda row: row.amount.currency, amount=lambda row: row.amount),
    )


def _label_at(place: int) -> Callable[[SpendRow], str]:
    return lambda row: row.labels[place]
