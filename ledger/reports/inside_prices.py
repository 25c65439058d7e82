"""Prices inside the company: each team's rule, its recoveries, and whether anybody is charged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.balances import recovered_in
from ledger.models.pricing import ChargingMode, ModeStated, TeamPricing
from ledger.models.years import RecoverySettled
from ledger.pricing import price_rule_on
from ledger.reports.columns import Column, columns
from ledger.reports.reading import reader_of
from ledger.showback import mode_on
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.refusals import require


@dataclass(frozen=True, slots=True)
class PriceRuleRow:
    """A rule of a team, from a day on."""

    team_id: UUID
    team_name: str
    rule: str  # market, cost_plus, negotiated, dual
    basis_points: int
    in_force_on: date
    reason: str
    stated_by: str
    stated_at: datetime
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class ModeRow:
    """From a month on, departments are charged or only shown."""

    mode: str
    from_period: int
    reason: str
    stated_by: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class InsidePrices:
    """The rules of prices inside the company."""

    mode: str  # today's
    modes: tuple[ModeRow, ...]  # as stated, the latest first
    rules: tuple[PriceRuleRow, ...]  # by team, the latest first
    teams: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """A team's year: what it recovered, and what became of the difference once it was settled."""

    team_id: UUID
    team_name: str
    fiscal_year: int
    recovered: Money
    cost: Money | None  # None until finance settles the year
    over: Money | None  # negative: too little
    policy: str  # carry, rebate; empty until settled
    reason: str
    settled_at: datetime | None


RECOVERY_COLUMNS: tuple[Column[RecoveryRow], ...] = columns(
    *("fiscal_year", "team_name", "recovered", "cost", "over", "policy", "reason", "settled_at"),
    currency=lambda row: row.recovered.currency,
)


def inside_prices(*, actor: User, today: date) -> InsidePrices:
    """
    Return each team's rules and the modes of charging.

    :raises Forbidden: they are for finance and auditors.
    """
    require(reader_of(actor).reads_all_books, "Prices inside are for finance and auditors.")
    stated = TeamPricing.objects.select_related("team", "reason", "stated_by")
    latest: set[UUID] = set()
    rows = []
    for one in stated.order_by("team__name", "team", "-in_force_on"):
        is_in_force = one.in_force_on <= today and one.team_id not in latest
        if is_in_force:
            latest.add(one.team_id)
        rows.append(_rule(one, is_in_force=is_in_force))
    modes = ModeStated.objects.select_related("reason", "stated_by").order_by("-from_period")
    teams = Provider.objects.filter(department__isnull=False).order_by("name", "pk")
    return InsidePrices(
        mode=mode_on(today),
        modes=tuple(_mode(one) for one in modes),
        rules=tuple(rows),
        teams=tuple(teams.values_list("pk", "name")),
    )


def recoveries(*, actor: User, fiscal_year: int) -> tuple[RecoveryRow, ...]:
    """
    Return what each team recovered in a year, and how that year was settled.

    :raises Forbidden: they are for finance and auditors.
    """
    require(reader_of(actor).reads_all_books, "Recoveries are for finance and auditors.")
    settled = {
        (one.team_id, one.currency): one
        for one in RecoverySettled.objects.filter(fiscal_year=fiscal_year).select_related("reason")
    }
    rows = []
    for team in Provider.objects.filter(department__isnull=False).select_related("department"):
        amounts = recovered_in(fiscal_year, team)
        home = team.department.currency if team.department else "EUR"
        for currency in sorted({home, *amounts}):
            amount = amounts.get(currency, Money(0, currency))
            rows.append(_recovery(team, fiscal_year, amount, settled.get((team.pk, currency))))
    return tuple(sorted(rows, key=lambda row: row.team_name))


def rule_in_force(team_id: UUID, on: date) -> tuple[str, int]:
    """Return a team's rule and its share, as everybody may read it on the team's page."""
    rule, basis_points = price_rule_on(team_id, on)
    return str(rule), basis_points


def is_shown_now(on: date) -> bool:
    """Whether what is agreed on a day is shown and not charged."""
    return mode_on(on) == ChargingMode.SHOWBACK


def _rule(one: TeamPricing, *, is_in_force: bool) -> PriceRuleRow:
    return PriceRuleRow(
        team_id=one.team_id,
        team_name=one.team.name,
        rule=one.rule,
        basis_points=one.basis_points,
        in_force_on=one.in_force_on,
        reason=one.reason.text,
        stated_by=one.stated_by.name,
        stated_at=one.stated_at,
        is_in_force=is_in_force,
    )


def _mode(one: ModeStated) -> ModeRow:
    return ModeRow(one.mode, one.from_period, one.reason.text, one.stated_by.name, one.stated_at)


def _recovery(
    team: Provider, year: int, amount: Money, settled: RecoverySettled | None
) -> RecoveryRow:
    currency = amount.currency
    recovered = Money(settled.recovered_minor, currency) if settled else amount
    cost = Money(settled.cost_minor, currency) if settled else None
    return RecoveryRow(
        team_id=team.pk,
        team_name=team.name,
        fiscal_year=year,
        recovered=recovered,
        cost=cost,
        over=recovered - cost if cost is not None else None,
        policy=settled.policy if settled else "",
        reason=settled.reason.text if settled else "",
        settled_at=settled.settled_at if settled else None,
    )
