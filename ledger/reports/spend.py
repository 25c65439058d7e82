"""What was spent, summed by up to four things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Sum, Value, When

from ledger import chart
from ledger.models.journal import EntryKind, Posting
from ledger.reports.columns import Column, columns
from ledger.reports.reading import departments_to_read, reader_of
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal

GROUPS_MAX = 4
KIND = Case(
    When(account__code=chart.CHARGE_IN_HOUSE, then=Value("in_house")),
    When(account__code=chart.CHARGE_VENDOR, then=Value("outside")),
    When(account__code=chart.MARKETPLACE_FEE, then=Value("fee")),
    default=Value("other"),
    output_field=CharField(),
)
KEYS = {
    "department": F("department"),
    "provider": F("provider"),
    "category": F("category__code"),
    "month": F("entry__period"),
    "kind": KIND,
    "account": F("account__code"),
}
LABELS = KEYS | {
    "department": F("department__name"),
    "provider": F("provider__name"),
    "category": F("category__name"),
    "account": F("account__name"),
}
GROUPS = tuple(KEYS)


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
    postings = Posting.objects.filter(
        account__code__in=chart.SPEND,
        department__in=departments,
        entry__effective_on__range=(since_on, until_on),
    ).exclude(entry__kind=EntryKind.YEAR_CLOSED)  # which empties the accounts, and is no credit
    if currency:
        postings = postings.filter(currency=currency)
    keys = {f"key_{name}": KEYS[name] for name in group_by}
    labels = {f"label_{name}": LABELS[name] for name in group_by}
    groups: Iterable[Any] = (
        postings.values(unit=F("currency"), **keys, **labels)
        .annotate(minor=Sum(F("debit_minor") - F("credit_minor")), count=Count("pk"))
        .order_by(*labels, "unit", *keys)
    )
    return tuple(
        SpendRow(
            keys=tuple(_text(group[f"key_{name}"], name) for name in group_by),
            labels=tuple(_text(group[f"label_{name}"], name) for name in group_by),
            amount=Money(int(group["minor"]), group["unit"]),
            count=group["count"],
        )
        for group in groups
    )


def columns_of(group_by: Sequence[str]) -> tuple[Column[SpendRow], ...]:
    """Return the columns of such a paper: each group, then the sum."""
    named = [Column[SpendRow](name, _label_at(place)) for place, name in enumerate(group_by)]
    return (
        *named,
        *columns("count", currency=lambda row: row.amount.currency, amount=lambda row: row.amount),
    )


def _label_at(place: int) -> Callable[[SpendRow], str]:
    return lambda row: row.labels[place]


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    return f"{value // 100}-{value % 100:02}" if name == "month" else str(value)
