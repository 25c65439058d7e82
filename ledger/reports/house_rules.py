"""What was stated for the house, when and by whom: rates, signing limits, rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from uuid import UUID

from ledger.models.budgets import BudgetLine
from ledger.models.moves import SigningLimit
from ledger.models.rates import BookingRate
from ledger.permissions import may_state_rates
from ledger.reports.columns import Column, columns
from ledger.reports.publication import PublishingLimitRow, publishing_limits
from ledger.reports.reading import reader_of
from marketplace.directory import PolicyFacts, departments, policies
from marketplace.models.events import Event
from marketplace.models.people import User
from marketplace.money import Money, exponent_of
from marketplace.offering import OfferedPolicy, offered_policies
from marketplace.permissions import may_administer, may_manage_money
from marketplace.refusals import require

NOT_RULES = frozenset({"id", "code", "in_force_on", "explanation", "stated_at"})


@dataclass(frozen=True, slots=True)
class RateRow:
    """What one unit of a currency is booked as in another, from a day on."""

    rate_id: UUID
    currency: str
    into: str
    rate: Decimal
    in_force_on: date
    reason: str
    stated_by: str
    stated_at: datetime
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class LimitRow:
    """Above which amount a move of budget needs a second signature."""

    limit_id: UUID
    limit: Money
    reason: str
    stated_by: str
    stated_at: datetime
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that was stated otherwise than before."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """The rules of a name, from a day on: what changed, why, and by whom."""

    policy_id: UUID
    code: str
    in_force_on: date
    explanation: str
    stated_by: str
    stated_at: datetime
    is_in_force: bool
    is_ahead: bool
    changes: tuple[RuleChange, ...]  # none for the first of its name


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The settings of the house, each with its history, the latest first."""

    rates: tuple[RateRow, ...]
    limits: tuple[LimitRow, ...]
    policies: tuple[PolicyRow, ...]
    offers: tuple[OfferedPolicy, ...]
    publishing: tuple[PublishingLimitRow, ...]
    departments: tuple[tuple[UUID, str], ...]  # which may have a publishing limit
    currencies: tuple[str, ...]  # in which there are budgets
    may_state_rates: bool
    may_state_limits: bool
    may_state_policies: bool


RATE_COLUMNS: tuple[Column[RateRow], ...] = columns(
    *("currency", "into", "rate", "in_force_on", "reason", "stated_by", "stated_at")
)


def house_rules(*, actor: User, today: date) -> HouseRules:
    """
    Return the settings of the house with their histories.

    :raises Forbidden: they are for finance, auditors and administrators.
    """
    _refuse_others(actor)
    lines = BudgetLine.objects.values_list("currency", flat=True).distinct().order_by("currency")
    return HouseRules(
        rates=booking_rates(actor=actor, today=today),
        limits=signing_limits(actor=actor),
        policies=policy_history(actor=actor, today=today),
        offers=tuple(offered_policies(actor=actor, on=today)),
        publishing=publishing_limits(actor=actor),
        departments=tuple((one.id, one.name) for one in departments(actor)),
        currencies=tuple(lines),
        may_state_rates=may_state_rates(actor),
        may_state_limits=may_administer(actor),
        may_state_policies=may_manage_money(actor) or may_administer(actor),
    )


def booking_rates(*, actor: User, today: date) -> tuple[RateRow, ...]:
    """Return every rate stated, by pair, the latest first. :raises Forbidden: as above."""
    _refuse_others(actor)
    stated = BookingRate.objects.select_related("stated_by", "reason__words")
    found = stated.order_by("currency", "into", "-in_force_on")
    rows = []
    for _pair, group in groupby(found, key=lambda one: (one.currency, one.into)):
        seen = False
        for one in group:
            now = not seen and one.in_force_on <= today
            seen = seen or now
            rows.append(_rate(one, is_in_force=now))
    return tuple(rows)


def signing_limits(*, actor: User) -> tuple[LimitRow, ...]:
    """Return every limit stated, by currency, the latest first. :raises Forbidden: as above."""
    _refuse_others(actor)
    stated = SigningLimit.objects.select_related("stated_by", "reason")
    rows = []
    latest: set[str] = set()
    for one in stated.order_by("currency", "-stated_at", "-pk"):
        rows.append(
            LimitRow(
                limit_id=one.pk,
                limit=Money(one.limit_minor, one.currency),
                reason=one.reason.text,
                stated_by=one.stated_by.name,
                stated_at=one.stated_at,
                is_in_force=one.currency not in latest,
            )
        )
        latest.add(one.currency)
    return tuple(rows)


def policy_history(*, actor: User, today: date) -> tuple[PolicyRow, ...]:
    """Return all rules ever stated, by name, the latest first, each with what it changed."""
    stated_by = dict(
        Event.objects.filter(kind="policy.stated").values_list("subject_id", "actor__name")
    )
    rows: list[PolicyRow] = []
    for _code, group in groupby(policies(actor), key=lambda one: one.code):
        of_name = list(group)
        current = next((one.id for one in of_name if one.in_force_on <= today), None)
        for one, before in pairwise([*of_name, None]):
            assert one is not None
            rows.append(
                PolicyRow(
                    policy_id=one.id,
                    code=one.code,
                    in_force_on=one.in_force_on,
                    explanation=one.explanation,
                    stated_by=stated_by.get(one.id, ""),
                    stated_at=one.stated_at,
                    is_in_force=one.id == current,
                    is_ahead=one.in_force_on > today,
                    changes=tuple(_changes(before, one)) if before else (),
                )
            )
    return tuple(rows)


def _changes(before: PolicyFacts, after: PolicyFacts) -> Iterator[RuleChange]:
    for name in PolicyFacts.__slots__:
        was, now = getattr(before, name), getattr(after, name)
        if name not in NOT_RULES and was != now:
            yield RuleChange(name, _said(name, was), _said(name, now))


def _said(name: str, value: object) -> str:
    """Return a rule's value as a text: amounts in units of a department's currency."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_basis_points"):
        return f"{Decimal(str(value)) / 100:f} %"
    if name.endswith("_minor"):
        return f"{Decimal(str(value)) / 100:,.2f}"
    return f"{value} days" if name.endswith("_days") else str(value)


def _rate(one: BookingRate, *, is_in_force: bool) -> RateRow:
    scale = Decimal(10) ** (exponent_of(one.currency) - exponent_of(one.into))
    rate = Decimal(one.numerator) / Decimal(one.denominator) * scale
    reason = getattr(one, "reason", None)
    return RateRow(
        rate_id=one.pk,
        currency=one.currency,
        into=one.into,
        rate=rate.normalize() + 0
        if rate != rate.to_integral_value()
        else rate.quantize(Decimal(1)),
        in_force_on=one.in_force_on,
        reason=reason.words.text if reason else "",
        stated_by=one.stated_by.name,
        stated_at=one.stated_at,
        is_in_force=is_in_force,
    )


def _refuse_others(actor: User) -> None:
    reader = reader_of(actor)
    require(
        reader.reads_all_books or may_administer(actor),
        "These settings are for finance, auditors and administrators.",
    )
