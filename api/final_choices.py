"""The last steps to a choice: one best and final round, and a second head's signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.awards import AwardBody
from api.bid_shapes import BidDraftBody
from api.bodies import Nothing, Reason, Strict
from api.fields import IdField, MomentField, WordField
from api.made import AwardMadeOut, HexField, MadeOut
from api.resource import Asked, Resource, operation
from bids.final_round import ask_for_final_bids, submit_final_bid
from ledger.countersigning import send_choice_back, sign_choice, want_choice


class FinalRoundBody(Strict):
    """Who is asked what, until when."""

    bid_ids = serializers.ListField(child=IdField(), min_length=1, max_length=50)
    question = WordField(max_length=4_000)
    closes_at = MomentField()


class FinalRoundOut(serializers.Serializer[Any]):
    """A best and final round."""

    job_id = serializers.UUIDField()
    asked_at = MomentField()
    closes_at = MomentField()


class FinalRound(Resource):
    """/jobs/{id}/final-round/"""

    @operation(
        "Ask for best and final bids",
        scope="awards:write",
        body=FinalRoundBody,
        answers=FinalRoundOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Once, of at least two: the same question and deadline for all."""
        return ask_for_final_bids(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class FinalBidOut(MadeOut):
    """A best and final bid, sealed."""

    reference = serializers.CharField()
    submitted_at = MomentField()
    receipt = serializers.CharField(help_text="Signed: reference, time, fingerprint. Keep it.")


class FinalBids(Resource):
    """/bids/{id}/final-bid/"""

    @operation(
        "Submit a best and final bid",
        scope="bids:write",
        body=BidDraftBody,
        answers=FinalBidOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, bid_id: UUID) -> Any:
        """Sealed like the first. It may ask for no more than the bid that it follows."""
        return submit_final_bid(actor=asked.actor, bid_id=bid_id, at=asked.at, **asked.body)


class ChoiceWantedOut(MadeOut):
    """A choice that waits for its second head."""

    job_id = serializers.UUIDField()
    bid_id = serializers.UUIDField()
    wanted_at = MomentField()
    comparison_digest = HexField()


class ChoicesWanted(Resource):
    """/jobs/{id}/wanted-choices/"""

    @operation(
        "Ask a second head to sign a choice",
        scope="awards:write",
        body=AwardBody,
        answers=ChoiceWantedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Above the limit that finance set. Nothing is promised before the signature."""
        return want_choice(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class ChoiceSignature(Resource):
    """/wanted-choices/{id}/signature/"""

    @operation(
        "Sign a choice",
        scope="awards:write",
        body=Nothing,
        answers=AwardMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, wanted_id: UUID) -> Any:
        """It becomes the choice, with the head that wanted it as its author."""
        return sign_choice(actor=asked.actor, wanted_id=wanted_id, at=asked.at)


class SentBackOut(serializers.Serializer[Any]):
    """A choice that was not signed."""

    wanted_id = serializers.UUIDField()
    answered_at = MomentField()


class ChoiceSentBack(Resource):
    """/wanted-choices/{id}/refusal/"""

    @operation(
        "Send a choice back", scope="awards:write", body=Reason, answers=SentBackOut, status=201
    )
    def post(self, asked: Asked, wanted_id: UUID) -> Any:
        """With what speaks against it."""
        return send_choice_back(actor=asked.actor, wanted_id=wanted_id, at=asked.at, **asked.body)
