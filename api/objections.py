"""The standstill: objecting to a choice, deciding on it; and the chosen provider's own no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Reason, Strict
from api.fields import WordField
from api.made import ObjectionMadeOut, RulingOut, WithdrawalOut
from api.papers import paper
from api.resource import Asked, Resource, operation
from ledger.objecting import decide_objection, raise_objection
from ledger.reports.objections import ObjectionPaper, ObjectionRow, objections_paper
from ledger.withdrawing import decline_award

ObjectionRowOut = paper(
    ObjectionRow,
    "objection_id",
    "award_id",
    "provider_id",
    "provider_name",
    "about_name",
    "reason",
    "raised_by",
    "raised_at",
    "due_at",
    "upheld",
    "ruling",
    "decided_by",
    "decided_at",
    "can_decide",
)
ObjectionPaperOut = paper(
    ObjectionPaper,
    "job_id",
    "reference",
    "title",
    "department_name",
    "chosen_name",
    "chosen_at",
    "standstill_until",
    "is_over",
    "objections",
    "objecting_for",
)


class ObjectionBody(Strict):
    """For which of your providers, and what was wrong."""

    provider_id = serializers.UUIDField()
    reason = WordField(max_length=4_000)


class Objections(Resource):
    """/jobs/{id}/objections/"""

    @operation("Read objections", scope="awards:read", answers=ObjectionPaperOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """The standstill, and the objections that you may see: a bidder's own."""
        return objections_paper(actor=asked.actor, job_id=job_id, at=asked.at)

    @operation(
        "Object to a choice",
        scope="bids:write",
        body=ObjectionBody,
        answers=ObjectionMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Within the standstill of a formal job, as a bidder who was not chosen."""
        return raise_objection(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class RulingBody(Strict):
    """Whether the objection is upheld, and why."""

    upheld = serializers.BooleanField()
    reason = WordField(max_length=4_000)


class Ruling(Resource):
    """/objections/{id}/ruling/"""

    @operation(
        "Decide on an objection",
        scope="awards:write",
        body=RulingBody,
        answers=RulingOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, objection_id: UUID) -> Any:
        """By a head above the department, or an auditor. Upheld, the choice is withdrawn."""
        return decide_objection(
            actor=asked.actor, objection_id=objection_id, at=asked.at, **asked.body
        )


class AwardDecline(Resource):
    """/awards/{id}/decline/"""

    @operation(
        "Decline an award",
        scope="bids:write",
        body=Reason,
        answers=WithdrawalOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, award_id: UUID) -> Any:
        """As the provider chosen, before any work. The department chooses another freely."""
        return decline_award(actor=asked.actor, award_id=award_id, at=asked.at, **asked.body)
