"""Prices inside the company, and the end of a year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Nothing, Strict
from api.budget_papers import (
    CarryOut,
    CarryStatedOut,
    ModeOut,
    ModeStatedOut,
    PriceRuleOut,
    RecoveryOut,
    RuleStatedOut,
    SettledOut,
    YearEndedOut,
)
from api.fields import MoneyField, WordField
from api.paging import Listed, sliced
from api.questions import PeriodField
from api.report_files import Report, report_of
from api.resource import Asked, Resource, operation
from ledger.pricing import state_price_rule
from ledger.recoveries import settle_recovery
from ledger.reports import carry_forward as carried
from ledger.reports import inside_prices as prices
from ledger.showback import switch_mode
from ledger.year_end import close_year, state_carry_forward


class RuleBody(Strict):
    """How a team's work becomes a price, for jobs published from a day on."""

    rule = serializers.ChoiceField(["market", "cost_plus", "negotiated", "dual"])
    basis_points = serializers.IntegerField(min_value=0, max_value=50_000, default=0)
    in_force_on = serializers.DateField()
    reason = WordField()


class TeamPriceRules(Resource):
    """/teams/{id}/price-rules/"""

    @operation(
        "State a team's price rule",
        scope="ledger:write",
        body=RuleBody,
        answers=RuleStatedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, team_id: UUID) -> Any:
        """The bid stays the most that a department pays. For finance."""
        return state_price_rule(actor=asked.actor, team_id=team_id, at=asked.at, **asked.body)


class PriceRules(Resource):
    """/price-rules/"""

    @operation("List price rules", scope="ledger:read", answers=PriceRuleOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Each team's rules, the latest first."""
        paper = prices.inside_prices(actor=asked.actor, today=asked.at.date())
        return sliced(paper.rules, **asked.page)


class ModeBody(Strict):
    """Charged, or only shown, from a month on."""

    charging_mode = serializers.ChoiceField(["chargeback", "showback"], source="mode")
    from_period = PeriodField()
    reason = WordField()


class ChargingModes(Resource):
    """/charging-modes/"""

    @operation("List charging modes", scope="ledger:read", answers=ModeOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """From which month departments are charged, or only shown what they used."""
        paper = prices.inside_prices(actor=asked.actor, today=asked.at.date())
        return sliced(paper.modes, **asked.page)

    @operation(
        "Charge, or only show",
        scope="ledger:write",
        body=ModeBody,
        answers=ModeStatedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """From a month in which nothing was agreed yet. For finance."""
        return switch_mode(actor=asked.actor, at=asked.at, **asked.body)


class FiscalYearQuery(Strict):
    """Which year."""

    fiscal_year = serializers.IntegerField(min_value=2000, max_value=2100)


class CarryForward(Report):
    """/reports/carry-forward/"""

    @operation(
        "Report what a year's end would do",
        scope="reports:read",
        answers=CarryOut,
        query=FiscalYearQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Open promises and unspent budgets, and what becomes of each. Nothing is booked."""
        rows = carried.carry_forward(actor=asked.actor, **asked.query).rows
        return report_of(asked, "carry-forward", carried.COLUMNS, rows)


class CarryBody(Strict):
    """How a year passes into the next, for all departments or for one."""

    unspent = serializers.ChoiceField(["lapse", "carry"])
    promises = serializers.ChoiceField(["with_budget", "without_budget"])
    reason = WordField()
    department_id = serializers.UUIDField(required=False, allow_null=True)


class CarryForwardPolicies(Resource):
    """/years/{year}/carry-forward-policies/"""

    @operation(
        "State what passes into the next year",
        scope="ledger:write",
        body=CarryBody,
        answers=CarryStatedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, year: int) -> Any:
        """The latest counts; one for a department goes before one for all. For finance."""
        return state_carry_forward(actor=asked.actor, fiscal_year=year, at=asked.at, **asked.body)


class YearEnd(Resource):
    """/years/{year}/end/"""

    @operation(
        "End a year",
        scope="ledger:write",
        body=Nothing,
        answers=YearEndedOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, year: int) -> Any:
        """Can be run again: each run books what is new since the one before. For finance."""
        return close_year(actor=asked.actor, fiscal_year=year, at=asked.at)


class Recoveries(Report):
    """/reports/recoveries/"""

    @operation(
        "Report what teams recovered",
        scope="reports:read",
        answers=RecoveryOut,
        query=FiscalYearQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Recovered against cost, per team. For finance and auditors."""
        rows = prices.recoveries(actor=asked.actor, **asked.query)
        return report_of(asked, "recoveries", prices.RECOVERY_COLUMNS, rows)


class SettleBody(Strict):
    """What a team cost in a year, and what becomes of the difference."""

    fiscal_year = serializers.IntegerField(min_value=2000, max_value=2100)
    cost = MoneyField()
    policy = serializers.ChoiceField(["carry", "rebate"])
    reason = WordField()


class TeamRecoveries(Resource):
    """/teams/{id}/recoveries/"""

    @operation(
        "Settle a team's year",
        scope="ledger:write",
        body=SettleBody,
        answers=SettledOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, team_id: UUID) -> Any:
        """Carried into the next year's rate, or given back to who used the team. For finance."""
        return settle_recovery(actor=asked.actor, team_id=team_id, at=asked.at, **asked.body)
