"""Payouts to vendors: the list, asking for one, and the second person's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Nothing, Reason, Strict
from api.fields import MomentField, MoneyField, WordField
from api.paging import Listed
from api.papers import paper
from api.questions import CurrencyField, CurrencyQuery, SpanQuery, days_asked
from api.report_files import Report, report_of
from api.resource import Asked, Resource, operation
from ledger.payees import state_payout_limit
from ledger.repaying import note_repayment
from ledger.reports import payout_lines, stripe_books
from ledger.reports import payouts as papers
from ledger.sending_back import want_part_back
from ledger.settling import approve_payout, ask_payout, decline_payout, try_again
from ledger.topping_up import ask_top_up

PayoutRowOut = paper(
    papers.PayoutRow,
    *("payout_id", "provider_id", "provider_name", "amount", "state", "since_at", "then"),
    *("detail", "asked_by", "asked_at", "approved_by", "approved_at", "needs_signature"),
    *("transfer", "is_by_hand"),
)
MovementRowOut = paper(
    stripe_books.MovementRow,
    *("movement_id", "kind", "amount", "fee", "source", "happened_at"),
    *("state", "why", "matched_by", "net", "payout_id", "provider_name", "arrived_at"),
)
PayoutLineOut = paper(
    payout_lines.PayoutLine,
    *("payout_id", "provider_id", "provider_name", "asked_at", "state", "transfer"),
    *("balance_transaction", "amount", "came_back", "fee", "net", "arrived_at", "match", "why"),
)


class PayoutAskedOut(serializers.Serializer[Any]):
    """A payout was asked for."""

    id = serializers.UUIDField()
    needs_signature = serializers.BooleanField(help_text="Another person of finance approves it.")


class PayoutAnsweredOut(serializers.Serializer[Any]):
    """A payout was approved or declined."""

    is_approved = serializers.BooleanField()
    answered_at = MomentField()


class PayoutStepOut(serializers.Serializer[Any]):
    """A step that was taken."""

    attempt = serializers.IntegerField()
    kind = serializers.CharField()
    happened_at = MomentField()


class PayoutBody(Strict):
    """Whom to pay, and in which currency: all that is owed."""

    provider_id = serializers.UUIDField()
    currency = CurrencyField()


class PayoutLimitBody(Strict):
    """Above which amount a second person approves, or how much is approved in a day."""

    kind = serializers.ChoiceField(choices=["signature", "daily"])
    limit = MoneyField()
    reason = WordField()


class LimitStatedOut(serializers.Serializer[Any]):
    """A limit was stated."""

    kind = serializers.CharField()
    stated_at = MomentField()


class PayoutLimits(Resource):
    """/payouts/limits/"""

    @operation(
        "State a limit on payouts",
        scope="ledger:write",
        body=PayoutLimitBody,
        answers=LimitStatedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """For administrators: not for those whom it binds."""
        return state_payout_limit(actor=asked.actor, at=asked.at, **asked.body)


class TopUpBody(Strict):
    """How much is brought from the company's bank to its balance at Stripe."""

    amount = MoneyField()


class TopUpAskedOut(serializers.Serializer[Any]):
    """A top-up was asked for."""

    id = serializers.UUIDField()
    asked_at = MomentField()


class TopUps(Resource):
    """/top-ups/"""

    @operation(
        "Top the balance at Stripe up",
        scope="ledger:write",
        body=TopUpBody,
        answers=TopUpAskedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Booked when it arrives."""
        return ask_top_up(actor=asked.actor, top_up_id=uuid4(), at=asked.at, **asked.body)


class RepaymentBody(Strict):
    """What a vendor paid back by its bank, and by which document the bank knows it."""

    provider_id = serializers.UUIDField()
    amount = MoneyField()
    document = WordField(max_length=100)
    arrived_on = serializers.DateField()


class RepaymentNotedOut(serializers.Serializer[Any]):
    """A repayment was noted and booked."""

    id = serializers.UUIDField()
    noted_at = MomentField()


class Repayments(Resource):
    """/repayments/"""

    @operation(
        "Note what a vendor paid back",
        scope="ledger:write",
        body=RepaymentBody,
        answers=RepaymentNotedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Up to what the vendor owes back; booked in the month in which it arrived."""
        return note_repayment(actor=asked.actor, repayment_id=uuid4(), at=asked.at, **asked.body)


class Payouts(Report):
    """/payouts/"""

    @operation(
        "List payouts",
        scope="ledger:read",
        answers=PayoutRowOut,
        paged=True,
        files=True,
        moved=("asked_at", "approved_at", "since_at"),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Where each stands: for finance and auditors all, for a vendor's people its own."""
        rows = papers.payouts(actor=asked.actor, at=asked.at)
        return report_of(asked, "payouts", papers.COLUMNS, rows)

    @operation(
        "Ask for a payout",
        scope="ledger:write",
        body=PayoutBody,
        answers=PayoutAskedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Pays what a vendor is owed; above the limit, when another person approves."""
        return ask_payout(actor=asked.actor, payout_id=uuid4(), at=asked.at, **asked.body)


class PayoutApproval(Resource):
    """/payouts/{id}/approval/"""

    @operation(
        "Approve a payout",
        scope="ledger:write",
        body=Nothing,
        answers=PayoutAnsweredOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, payout_id: UUID) -> Any:
        """Books it and puts it into the outbox. Never by who set the payee."""
        return approve_payout(actor=asked.actor, payout_id=payout_id, at=asked.at)


class PayoutRefusal(Resource):
    """/payouts/{id}/refusal/"""

    @operation(
        "Decline a payout",
        scope="ledger:write",
        body=Reason,
        answers=PayoutAnsweredOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, payout_id: UUID) -> Any:
        """What was owed stays owed."""
        return decline_payout(actor=asked.actor, payout_id=payout_id, at=asked.at, **asked.body)


class PayoutAttempt(Resource):
    """/payouts/{id}/attempts/"""

    @operation(
        "Try a payout again",
        scope="ledger:write",
        body=Nothing,
        answers=PayoutStepOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, payout_id: UUID) -> Any:
        """After a definite refusal only, under a new name."""
        return try_again(actor=asked.actor, payout_id=payout_id, at=asked.at)


class PartBackBody(Strict):
    """How much of it, and why."""

    amount = MoneyField()
    reason = WordField()


class PartWantedOut(serializers.Serializer[Any]):
    """A part is asked back."""

    id = serializers.UUIDField()
    wanted_at = MomentField()


class PayoutPartsBack(Resource):
    """/payouts/{id}/parts-back/"""

    @operation(
        "Have a part of a transfer reversed",
        scope="ledger:write",
        body=PartBackBody,
        answers=PartWantedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, payout_id: UUID) -> Any:
        """Up to what the vendor owes back after a credit. Booked when Stripe has done it."""
        words = {"part_id": uuid4(), "payout_id": payout_id, **asked.body}
        return want_part_back(actor=asked.actor, at=asked.at, **words)


class PayoutsQuery(SpanQuery, CurrencyQuery):  # type: ignore[misc]
    """Asked for when, for whom."""

    provider = serializers.UUIDField(required=False, source="provider_id")


class PayoutsReport(Report):
    """/reports/payouts/"""

    @operation(
        "Report payouts",
        scope="reports:read",
        answers=PayoutLineOut,
        query=PayoutsQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Each with its transfer, fee, net, arrival, and how it is matched. This month's."""
        span = days_asked(asked.query, today=asked.at.date())
        rows = payout_lines.payout_lines(actor=asked.actor, at=asked.at, **asked.query | span)
        return report_of(asked, "payouts", payout_lines.COLUMNS, rows)


class StripeReconciliation(Report):
    """/reports/stripe-reconciliation/"""

    @operation(
        "Read the balance at Stripe, line by line",
        scope="reports:read",
        answers=MovementRowOut,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Matched by an entry, explained by a person, or open with the reason."""
        rows = stripe_books.stripe_movements(actor=asked.actor)
        return report_of(asked, "stripe-reconciliation", stripe_books.COLUMNS, rows)
