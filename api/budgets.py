"""Budgets in detail: moving them, their history, and what was paid past the marketplace."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Nothing, Reason, Strict
from api.budget_papers import (
    AnsweredOut,
    HistoryOut,
    LimitOut,
    MoveOut,
    OutcomesOut,
    OutsidePaymentOut,
    WantedOut,
)
from api.fields import MoneyField, WordField
from api.paging import Listed, sliced
from api.questions import DepartmentQuery, SpanQuery, days_asked
from api.report_files import Report, report_of
from api.resource import Asked, Resource, operation
from api.rules_papers import LimitRowOut
from ledger.budget_moves import decline_move, move_budget, sign_move, state_signing_limit
from ledger.outside_spend import Payment, record_outside_spends
from ledger.reports import budget_moves as moves
from ledger.reports import house_rules
from ledger.reports import line_history as histories
from ledger.reports import outside_payments as payments


class MoveBody(Strict):
    """From which line, to which department, for which kind of work, how much, why."""

    from_line_id = serializers.UUIDField()
    to_department_id = serializers.UUIDField()
    to_category_id = serializers.UUIDField(required=False, allow_null=True)
    amount = MoneyField()
    reason = WordField()


class BudgetMoves(Report):
    """/budgets/moves/"""

    @operation(
        "List moves of budget",
        scope="ledger:read",
        answers=MoveOut,
        paged=True,
        files=True,
        moved=("asked_at", "answered_at"),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Those that wait for a signature, and those that were made or declined."""
        rows = moves.budget_moves(actor=asked.actor)
        return report_of(asked, "budget-moves", moves.COLUMNS, rows)

    @operation(
        "Move budget",
        scope="ledger:write",
        body=MoveBody,
        answers=WantedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Booked at once up to the limit; above it, when another person of finance signs."""
        return move_budget(actor=asked.actor, move_id=uuid4(), at=asked.at, **asked.body)


class MoveSignature(Resource):
    """/budgets/moves/{id}/signature/"""

    @operation(
        "Sign a move of budget",
        scope="ledger:write",
        body=Nothing,
        answers=AnsweredOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, move_id: UUID) -> Any:
        """Books it. Never by the person who asked for it."""
        return sign_move(actor=asked.actor, move_id=move_id, at=asked.at)


class MoveDecline(Resource):
    """/budgets/moves/{id}/decline/"""

    @operation(
        "Decline a move of budget",
        scope="ledger:write",
        body=Reason,
        answers=AnsweredOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, move_id: UUID) -> Any:
        """Or take one's own back."""
        return decline_move(actor=asked.actor, move_id=move_id, at=asked.at, **asked.body)


class LimitBody(Strict):
    """Above which amount a move needs a second signature."""

    limit = MoneyField()
    reason = WordField()


class SigningLimits(Resource):
    """/budgets/signing-limits/"""

    @operation("List signing limits", scope="reports:read", answers=LimitRowOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Every limit stated, by currency, the latest first, and who stated it why."""
        return sliced(house_rules.signing_limits(actor=asked.actor), **asked.page)

    @operation(
        "State the limit of one signature",
        scope="ledger:write",
        body=LimitBody,
        answers=LimitOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """For administrators: not for those whom it binds."""
        return state_signing_limit(actor=asked.actor, at=asked.at, **asked.body)


class LineHistory(Report):
    """/budgets/{line_id}/history/"""

    @operation(
        "Read a budget's history",
        scope="reports:read",
        answers=HistoryOut,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked, line_id: UUID) -> Listed | HttpResponseBase:
        """Every entry that moved a budget line, the last one first, with what was left."""
        rows = histories.line_history(actor=asked.actor, line_id=line_id).rows
        return report_of(asked, "budget-history", histories.COLUMNS, rows)


class PaymentBody(Strict):
    """One payment; of a negative net, money that came back."""

    department_id = serializers.UUIDField()
    category_id = serializers.UUIDField(required=False, allow_null=True)
    provider_id = serializers.UUIDField(required=False, allow_null=True)
    payee = WordField(max_length=300)
    document = WordField(max_length=100)
    paid_on = serializers.DateField()
    net = MoneyField(allow_negative=True)
    tax = MoneyField(allow_negative=True, required=False)


class PaymentsBody(Strict):
    """Up to 500 payments."""

    payments = serializers.ListField(child=PaymentBody(), min_length=1, max_length=500)


class OutsideQuery(SpanQuery, DepartmentQuery):  # type: ignore[misc]
    """From which day to which, of which department."""


class OutsideSpends(Report):
    """/outside-spend/"""

    @operation(
        "List what was paid outside",
        scope="reports:read",
        answers=OutsidePaymentOut,
        query=OutsideQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Payments past the marketplace, the latest first. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        rows = payments.outside_payments(actor=asked.actor, **asked.query | span)
        return report_of(asked, "outside-spend", payments.COLUMNS, rows)

    @operation(
        "Record payments made outside",
        scope="ledger:write",
        body=PaymentsBody,
        answers=OutcomesOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Each is recorded or refused by itself; the good ones are kept. For finance."""
        told = [Payment(id=uuid4(), **one) for one in asked.body["payments"]]
        outcomes = record_outside_spends(actor=asked.actor, payments=told, at=asked.at)
        return {"outcomes": outcomes}
