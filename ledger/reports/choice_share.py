"""How often the inside is chosen: by month, department, kind of work, provider."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date
from uuid import UUID

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth, TruncQuarter

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.reports.choices import ALL, ChoiceFilter, awards_of
from ledger.reports.columns import Column, columns
from ledger.reports.reading import reader_of, record_to_read
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal


class NotAGroup(Refusal):
    """Choices are not grouped by that."""

    code = "unknown_group"
    field = "by"


MONTH = TruncMonth("chosen_at", tzinfo=UTC, output_field=DateField())
QUARTER = TruncQuarter("chosen_at", tzinfo=UTC, output_field=DateField())
GROUPS = {
    "month": (MONTH, MONTH),
    "quarter": (QUARTER, QUARTER),
    "department": (F("department"), F("department__name")),
    "category": (F("job__category__code"), F("job__category__name")),
}


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Choices of one group, in one currency."""

    key: str  # 2026-11, a department's id, a category's code
    label: str
    currency: str
    in_house: int
    outside: int
    choices: int
    in_house_value: Money
    outside_value: Money


COLUMNS: tuple[Column[ShareRow], ...] = columns(
    "label", "currency", "in_house", "outside", "choices", "in_house_value", "outside_value"
)


def choice_share(
    *, actor: User, only: ChoiceFilter = ALL, by: str = "month"
) -> tuple[ShareRow, ...]:
    """
    Return choices inside against outside, grouped by month, quarter, department or category.

    :raises NotAGroup: `by` is none of these.
    :raises Unknown: the department asked for is not the actor's to read.
    """
    if by not in GROUPS:
        raise NotAGroup(f"Group by one of: {', '.join(GROUPS)}.")
    key, label = GROUPS[by]
    inside = Q(provider__department__isnull=False)
    groups = (
        awards_of(reader_of(actor), only)
        .values(group=key, name=label, unit=F("currency"))
        .annotate(
            inside=Count("pk", filter=inside),
            outside=Count("pk", filter=~inside),
            inside_minor=Coalesce(Sum("price_minor", filter=inside), 0),
            outside_minor=Coalesce(Sum("price_minor", filter=~inside), 0),
        )
        .order_by("name", "unit", "group")
    )
    return tuple(
        ShareRow(
            key=_key(group["group"], by),
            label=_label(group["name"], by),
            currency=group["unit"],
            in_house=group["inside"],
            outside=group["outside"],
            choices=group["inside"] + group["outside"],
            in_house_value=Money(int(group["inside_minor"]), group["unit"]),
            outside_value=Money(int(group["outside_minor"]), group["unit"]),
        )
        for group in groups
    )


@dataclass(frozen=True, slots=True)
class Contest:
    """How often a provider was chosen where both an in-house team and a vendor had bid."""

    key: str  # 2026-Q4
    label: str  # Q4 2026
    chosen: int
    contests: int


def contests_won(*, actor: User, provider_id: UUID) -> tuple[Contest, ...]:
    """
    Return a provider's contests by quarter, oldest first.

    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: how this provider fares is not the actor's to read.
    """
    record_to_read(reader_of(actor), provider_id)
    return contests_of(provider_id)


def contests_of(provider_id: UUID) -> tuple[Contest, ...]:
    """Return the same, once the reader is known to be one who may."""
    bids = Bid.objects.filter(job=OuterRef("job"), withdrawn_at=None, opened__isnull=False)
    fought = (
        Award.objects.filter(
            Exists(bids.filter(provider=provider_id)),
            Exists(bids.filter(provider__department__isnull=False)),
            Exists(bids.filter(provider__department=None)),
        )
        .annotate(quarter=QUARTER)
        .values_list("quarter", "provider")
    )
    contests: Counter[date] = Counter()
    chosen: Counter[date] = Counter()
    for quarter, provider in fought:
        contests[quarter] += 1
        chosen[quarter] += provider == provider_id
    return tuple(
        Contest(_key(quarter, "quarter"), _label(quarter, "quarter"), chosen[quarter], count)
        for quarter, count in sorted(contests.items())
    )


def _key(group: object, by: str) -> str:
    if isinstance(group, date):
        return f"{group:%Y-%m}" if by == "month" else f"{group:%Y}-Q{(group.month + 2) // 3}"
    return str(group)


def _label(name: object, by: str) -> str:
    if isinstance(name, date):
        return f"{name:%Y-%m}" if by == "month" else f"Q{(name.month + 2) // 3} {name:%Y}"
    return str(name)
