"""What the papers of budgets, prices inside and years show, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import MomentField, MoneyField
from api.papers import paper
from ledger.reports.budget_moves import MoveRow
from ledger.reports.carry_forward import CarryRow
from ledger.reports.inside_prices import ModeRow, PriceRuleRow, RecoveryRow
from ledger.reports.line_history import HistoryRow
from ledger.reports.outside_payments import OutsidePayment

Serializer = serializers.Serializer[Any]

MoveOut = paper(
    MoveRow,
    *("move_id", "fiscal_year", "from_line_id", "from_department", "from_category"),
    *("to_department", "to_category", "amount", "reason", "asked_by_id", "asked_by", "asked_at"),
    *("state", "answered_by", "answered_at", "answer"),
)
HistoryOut = paper(
    HistoryRow,
    *("entry_id", "kind", "kind_label", "effective_on", "posted_at", "actor_name", "job_id"),
    *("job_title", "memo", "budget", "precommitted", "committed", "charged", "available"),
)
OutsidePaymentOut = paper(
    OutsidePayment,
    *("payment_id", "department_id", "department_name", "category_code", "category_name"),
    *("provider_name", "payee", "document", "paid_on", "net", "tax", "recorded_by", "recorded_at"),
    "is_taken_back",
)
CarryOut = paper(
    CarryRow,
    "award_id",
    *("department_id", "department_name", "category_name", "line_id", "job_id", "job_title"),
    *("provider_name", "amount", "policy", "carried_budget", "new_available"),
)
RecoveryOut = paper(
    RecoveryRow,
    *("team_id", "team_name", "fiscal_year", "recovered", "cost", "over", "policy", "reason"),
    "settled_at",
)
PriceRuleOut = paper(
    PriceRuleRow,
    *("team_id", "team_name", "rule", "basis_points", "in_force_on", "reason", "stated_by"),
    *("stated_at", "is_in_force"),
)
ModeOut = paper(ModeRow, "mode", "from_period", "reason", "stated_by", "stated_at")


class WantedOut(Serializer):
    """A move of budget that was asked for."""

    id = serializers.UUIDField()
    proposed_at = MomentField()
    needs_signature = serializers.BooleanField()


class AnsweredOut(Serializer):
    """How a move of budget was answered."""

    id = serializers.UUIDField(source="wanted_id")
    answered_at = MomentField()
    is_made = serializers.BooleanField()
    to_line_id = serializers.UUIDField(allow_null=True)


class LimitOut(Serializer):
    """A limit that was stated."""

    id = serializers.UUIDField()
    currency = serializers.CharField()
    limit_minor = serializers.IntegerField()
    stated_at = MomentField()


class OutcomeOut(Serializer):
    """What became of one payment: recorded, or refused and why."""

    payment_id = serializers.UUIDField(source="payment.id")
    document = serializers.CharField(source="payment.document")
    net = MoneyField(source="payment.net")
    is_recorded = serializers.BooleanField()
    code = serializers.CharField(help_text="Of the refusal; empty if it was recorded.")
    detail = serializers.CharField(help_text="What the refusal says.")


class OutcomesOut(Serializer):
    """What became of each payment, in the order in which they were told."""

    outcomes = OutcomeOut(many=True)


class RuleStatedOut(Serializer):
    """A price rule that was stated."""

    id = serializers.UUIDField()
    rule = serializers.CharField()
    basis_points = serializers.IntegerField()
    in_force_on = serializers.DateField()


class ModeStatedOut(Serializer):
    """From when departments are charged, or only shown."""

    id = serializers.UUIDField()
    mode = serializers.CharField()
    from_period = serializers.IntegerField()


class CarryStatedOut(Serializer):
    """How a year passes into the next."""

    id = serializers.UUIDField()
    fiscal_year = serializers.IntegerField()
    department_id = serializers.UUIDField(allow_null=True)
    unspent = serializers.CharField()
    promises = serializers.CharField()


class YearEndedOut(Serializer):
    """What one run of a year's end booked."""

    fiscal_year = serializers.IntegerField()
    run = serializers.IntegerField()
    promises_carried = serializers.IntegerField()
    estimates_carried = serializers.IntegerField()
    lines_carried = serializers.IntegerField()
    lines_lapsed = serializers.IntegerField()
    departments_closed = serializers.IntegerField()


class SettledOut(Serializer):
    """A team's year, settled."""

    id = serializers.UUIDField()
    fiscal_year = serializers.IntegerField()
    currency = serializers.CharField()
    recovered_minor = serializers.IntegerField()
    cost_minor = serializers.IntegerField()
    policy = serializers.CharField()
