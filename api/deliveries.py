"""The work after a choice: milestones, deliveries, acceptance, returns, changes, disputes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.board_papers import BoardOut
from api.bodies import Nothing, Strict
from api.fields import MoneyField, WordField
from api.made import (
    AcceptanceOut,
    ChangeMadeOut,
    DeliveryMadeOut,
    DisputeMadeOut,
    ResolutionOut,
    ReturnOut,
)
from api.resource import Asked, Resource, operation
from ledger.acceptance import accept_delivery
from ledger.changing import agree_change, propose_change
from ledger.crediting import resolve_dispute
from ledger.delivering import deliver_milestone, return_delivery
from ledger.disputing import raise_dispute
from ledger.reports.delivery_board import delivery_board


class Board(Resource):
    """/jobs/{id}/milestones/"""

    @operation("Read milestones", scope="awards:read", answers=BoardOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """The agreed parts of the work, with what was delivered, accepted, changed, contested."""
        return delivery_board(actor=asked.actor, job_id=job_id, at=asked.at)


class DeliveryBody(Strict):
    """What is charged for it, where that is less than agreed, and a note."""

    amount = MoneyField(required=False, allow_null=True)
    note = WordField(required=False, allow_blank=True)


class Deliveries(Resource):
    """/milestones/{id}/deliveries/"""

    @operation(
        "Deliver a milestone",
        scope="awards:write",
        body=DeliveryBody,
        answers=DeliveryMadeOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, milestone_id: UUID) -> Any:
        """Hands the work over. The answer says when silence becomes acceptance."""
        return deliver_milestone(
            actor=asked.actor, milestone_id=milestone_id, at=asked.at, **asked.body
        )


class Acceptance(Resource):
    """/deliveries/{id}/acceptance/"""

    @operation(
        "Accept a delivery",
        scope="awards:write",
        body=Nothing,
        answers=AcceptanceOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, delivery_id: UUID) -> Any:
        """Charges the department in the same moment."""
        return accept_delivery(actor=asked.actor, delivery_id=delivery_id, at=asked.at)


class ReturnBody(Strict):
    """What is missing."""

    missing = WordField()


class Return(Resource):
    """/deliveries/{id}/return/"""

    @operation(
        "Return a delivery",
        scope="awards:write",
        body=ReturnBody,
        answers=ReturnOut,
        status=201,
    )
    def post(self, asked: Asked, delivery_id: UUID) -> Any:
        """Sends it back with what is missing; the provider delivers anew."""
        return return_delivery(
            actor=asked.actor, delivery_id=delivery_id, at=asked.at, **asked.body
        )


class ChangeBody(Strict):
    """How much more, or less, and why."""

    difference = MoneyField(allow_negative=True)
    reason = WordField()


class Changes(Resource):
    """/milestones/{id}/changes/"""

    @operation(
        "Propose a change",
        scope="awards:write",
        body=ChangeBody,
        answers=ChangeMadeOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, milestone_id: UUID) -> Any:
        """To what a milestone costs. It counts once the other side agrees."""
        return propose_change(
            actor=asked.actor, milestone_id=milestone_id, at=asked.at, **asked.body
        )


class Agreement(Resource):
    """/changes/{id}/agreement/"""

    @operation(
        "Agree to a change",
        scope="awards:write",
        body=Nothing,
        answers=ChangeMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, change_id: UUID) -> Any:
        """That the other side proposed. The commitment grows or shrinks with it."""
        return agree_change(actor=asked.actor, change_id=change_id, at=asked.at)


class DisputeBody(Strict):
    """How much of the charge is contested, and why."""

    amount = MoneyField()
    reason = WordField()


class Disputes(Resource):
    """/milestones/{id}/disputes/"""

    @operation(
        "Raise a dispute",
        scope="awards:write",
        body=DisputeBody,
        answers=DisputeMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, milestone_id: UUID) -> Any:
        """Contests a charge. What is owed for it is held until finance settles it."""
        return raise_dispute(
            actor=asked.actor, milestone_id=milestone_id, at=asked.at, **asked.body
        )


class ResolutionBody(Strict):
    """What is credited to the department, perhaps nothing, and why."""

    credit = MoneyField()
    reason = WordField()


class Resolution(Resource):
    """/disputes/{id}/resolution/"""

    @operation(
        "Resolve a dispute",
        scope="ledger:write",
        body=ResolutionBody,
        answers=ResolutionOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, dispute_id: UUID) -> Any:
        """For finance."""
        return resolve_dispute(actor=asked.actor, dispute_id=dispute_id, at=asked.at, **asked.body)
