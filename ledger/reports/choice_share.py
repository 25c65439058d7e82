"""How often the inside is chosen: by month, department, kind of work, provider."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Window,
)
from django.db.models.functions import Coalesce, TruncMonth, TruncQuarter

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.reports.choices import ALL, ChoiceFilter, awards_of
from ledger.reports.columns import Column, columns
from ledger.reports.reading import Reader, reader_of, record_to_read
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
    """
    Choices of one group, in one currency. A return is a choice of a provider that the same
    department had chosen before: at any earlier moment, also before the days asked for, for
    whatever kind of work, in whatever currency; what was overridden or withdrawn is no choice.
    """

    key: str  # 2026-11, a department's id, a category's code
    label: str
    currency: str
    in_house: int
    outside: int
    choices: int
    in_house_value: Money
    outside_value: Money
    returns: int
    return_rate: Decimal | None  # returns in per cent of choices, one digit; None of no choice


COLUMNS: tuple[Column[ShareRow], ...] = columns(
    "label",
    "currency",
    "in_house",
    "outside",
    "choices",
    "in_house_value",
    "outside_value",
    "returns",
    "return_rate",
)


def choice_share(
    *, actor: User, only: ChoiceFilter = ALL, by: str = "month"
) -> tuple[ShareRow, ...]:
    """
    Return choices inside against outside, grouped by month, quarter, department or category, with
    the return rate: the repeat rate of marketing (Farris and others, Marketing Metrics: of those
    who bought, the part that had bought of the same brand before), with the department as the
    buyer and the provider as the brand. It is counted by choices and not by departments, because
    a company has few of these: numerator `returns`, denominator `choices`.

    :raises NotAGroup: `by` is none of these.
    :raises Unknown: the department asked for is not the actor's to read.
    """
    if by not in GROUPS:
        raise NotAGroup(f"Group by one of: {', '.join(GROUPS)}.")
    key, label = GROUPS[by]
    inside = Q(provider__department__isnull=False)
    reader = reader_of(actor)
    again = _returns(reader, only)
    groups = (
        awards_of(reader, only)
        .values(group=key, name=label, unit=F("currency"))
        .annotate(
            inside=Count("pk", filter=inside),
            outside=Count("pk", filter=~inside),
            returns=Count("pk", filter=Q(pk__in=again.values("pk"))),
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
            returns=group["returns"],
            return_rate=percent_of(group["returns"], group["inside"] + group["outside"]),
        )
        for group in groups
    )


def _returns(reader: Reader, only: ChoiceFilter) -> QuerySet[Award]:
    """Return the choices of whom the department had chosen before, whatever else is asked for."""
    of = ChoiceFilter(department_id=only.department_id, include_children=only.include_children)
    # Each pair is looked at once, for all its choices: asked choice by choice, it takes seconds.
    first = Window(Min("chosen_at"), partition_by=[F("department"), F("provider")])
    return awards_of(reader, of).annotate(first=first).filter(chosen_at__gt=F("first"))


def percent_of(part: int, whole: int) -> Decimal | None:
    """Return a part in per cent of the whole, to one digit; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


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
