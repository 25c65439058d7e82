"""After the opening: its minutes, the bids, scores, who is out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bid_shapes import AnswersField, FileOut, LineOut, PlannedMilestoneOut
from api.bodies import Nothing, Reason, Strict
from api.fields import MomentField, MoneyField, WordField
from api.made import DisqualificationOut, MadeOut, ScoreMadeOut
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import Asked, Resource, operation
from bids.disqualification import disqualify_bid
from bids.opened import Minutes, OpenedBidFacts, ScoreFacts, minutes, opened_bids
from bids.prices import open_prices
from bids.scoring import score_bid
from bids.witnesses import (
    OpeningRoom,
    SignatureFacts,
    opening_room,
    sign_opening,
    state_opening_limit,
)

MinutesOut = paper(
    Minutes,
    "opened_at",
    "opened_by",
    "bids_counted",
    "receipts_matched",
    "text",
    "prices_opened_at",
)
ScoreOut = paper(
    ScoreFacts, "criterion_id", "scorer_id", "scorer_name", "quarters", "reason", "scored_at"
)
OpenedBidOut = paper(
    OpenedBidFacts,
    "bid_id",
    "reference",
    "provider_id",
    "provider_name",
    "is_in_house",
    "submitted_at",
    "opened_at",
    "approach",
    "starts_on",
    "finishes_on",
    "valid_until_on",
    "quoted",
    "tax",
    "disqualified",
    "is_above_ceiling",
    "scores",
    lines=LineOut(many=True),
    milestones=PlannedMilestoneOut(many=True),
    answers=AnswersField(child=serializers.CharField()),
    files=FileOut(many=True),
)


class Opening(Resource):
    """/jobs/{id}/opening/"""

    @operation("Read the minutes of an opening", scope="awards:read", answers=MinutesOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """How many bids there were, and that each matched its receipt."""
        return minutes(actor=asked.actor, job_id=job_id)


RoomSignatureOut = paper(SignatureFacts, "name", "capacity", "signed_at")
RoomOut = paper(
    OpeningRoom,
    "job_id",
    "closes_at",
    "closed_at",
    "opened_at",
    "needs_two",
    "signatures",
    "may_sign",
)


class SignatureMadeOut(MadeOut):
    """A signature for an opening."""

    capacity = serializers.CharField()
    signed_at = MomentField()


class OpeningLimitBody(Strict):
    """Above which ceiling two people open."""

    limit = MoneyField()
    reason = WordField()


class OpeningLimitOut(MadeOut):
    """A limit, from its moment on."""

    currency = serializers.CharField()
    limit_minor = serializers.IntegerField()
    stated_at = MomentField()


class Signatures(Resource):
    """/jobs/{id}/opening/signatures/"""

    @operation("Read who opens", scope="awards:read", answers=RoomOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """When the bids are opened, by the clock or by two people, and who has signed."""
        return opening_room(actor=asked.actor, job_id=job_id, at=asked.at)

    @operation(
        "Sign for an opening",
        scope="awards:write",
        body=Nothing,
        answers=SignatureMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """For a head, finance or an auditor. With the second the clock opens."""
        return sign_opening(actor=asked.actor, job_id=job_id, at=asked.at)


class OpeningLimits(Resource):
    """/opening-limits/"""

    @operation(
        "State the limit of the clock",
        scope="awards:write",
        body=OpeningLimitBody,
        answers=OpeningLimitOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """For administrators: jobs with a ceiling above it are opened by two people."""
        return state_opening_limit(actor=asked.actor, at=asked.at, **asked.body)


class OpenedBids(Resource):
    """/jobs/{id}/opening/bids/"""

    @operation("List opened bids", scope="awards:read", answers=OpenedBidOut, paged=True)
    def get(self, asked: Asked, job_id: UUID) -> Listed:
        """For the department and auditors. Before the opening the list is empty, whatever came."""
        return sliced(opened_bids(actor=asked.actor, job_id=job_id), **asked.page)


class PricesOpened(serializers.Serializer[Any]):
    """How many prices were opened."""

    opened = serializers.IntegerField()


class PriceOpening(Resource):
    """/jobs/{id}/opening/prices/"""

    @operation(
        "Open the prices of a formal job",
        scope="awards:write",
        body=Nothing,
        answers=PricesOpened,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Once quality is scored."""
        return {"opened": open_prices(actor=asked.actor, job_id=job_id, at=asked.at)}


class ScoreBody(Strict):
    """How well a bid meets a criterion, in quarters, and why."""

    criterion_id = serializers.UUIDField()
    quarters = serializers.IntegerField(min_value=0, max_value=4)
    reason = WordField(max_length=4_000)


class Scores(Resource):
    """/bids/{id}/scores/"""

    @operation("Score a bid", scope="bids:write", body=ScoreBody, answers=ScoreMadeOut, status=201)
    def post(self, asked: Asked, bid_id: UUID) -> Any:
        """Replaces your earlier judgement on the same criterion."""
        return score_bid(actor=asked.actor, bid_id=bid_id, at=asked.at, **asked.body)


class Disqualification(Resource):
    """/bids/{id}/disqualification/"""

    @operation(
        "Disqualify a bid",
        scope="awards:write",
        body=Reason,
        answers=DisqualificationOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, bid_id: UUID) -> Any:
        """After the opening, with a reason that its bidder reads."""
        return disqualify_bid(actor=asked.actor, bid_id=bid_id, at=asked.at, **asked.body)
