"""Judging together: the panel, its interests, the sheet that it agrees on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Reason, Strict
from api.fields import IdField, MomentField, WordField
from api.made import MadeOut
from api.papers import paper
from api.resource import Asked, Resource, operation
from bids.agreeing import agree_score, consent
from bids.sheet import (
    Sheet,
    SheetBid,
    SheetCriterion,
    SheetMember,
    SheetPlace,
    SheetScore,
    sheet,
)
from marketplace.interests import answer_interest, declare_interest
from marketplace.panel_paper import Panel, PanelMember, panel
from marketplace.panels import appoint_panel, relieve_member

PanelMemberOut = paper(
    PanelMember,
    "seat_id",
    "user_id",
    "name",
    "seat_state",
    "appointed_by",
    "appointed_at",
    "declared_at",
    "interest",
    "answered_by",
    "answer",
    "left_reason",
)
PanelOut = paper(
    Panel, "job_id", "reference", "title", "is_formal", "wanted", "opened_at", "members"
)
SheetScoreOut = paper(SheetScore, "scorer_name", "quarters", "words", "reason")
SheetPlaceOut = paper(
    SheetPlace,
    "bid_id",
    "alone",
    "spread",
    "needs_talk",
    "agreed",
    "agreed_words",
    "reason",
    "was_talked_over",
    "noted_by",
)
SheetCriterionOut = paper(SheetCriterion, "criterion_id", "name", "weight", "levels", "places")
SheetBidOut = paper(SheetBid, "bid_id", "reference", "name")
SheetMemberOut = paper(SheetMember, "name", "done", "has_finished", "has_consented")
SheetOut = paper(
    Sheet,
    "job_id",
    "reference",
    "title",
    "is_formal",
    "bids",
    "criteria",
    "members",
    "to_score",
    "is_in",
    "is_complete",
    "agreed_at",
    "prices_are_open",
    "digest",
    "names_hidden",
)


class AppointBody(Strict):
    """Who judges."""

    user_ids = serializers.ListField(child=IdField(), min_length=1, max_length=50)


class PanelOf(Resource):
    """/jobs/{id}/panel/"""

    @operation("Read a panel", scope="jobs:read", answers=PanelOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """Who judges a job, and who has still to declare their interests."""
        return panel(actor=asked.actor, job_id=job_id)

    @operation(
        "Appoint a panel", scope="jobs:write", body=AppointBody, answers=PanelOut, status=201
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """All of them or none: whoever stands on the bidding side is named in the refusal."""
        appoint_panel(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)
        return panel(actor=asked.actor, job_id=job_id)


class DeclarationBody(Strict):
    """What you have to do with a bidder, or nothing."""

    has_some = serializers.BooleanField()
    what = WordField(max_length=4_000, required=False)


class DeclaredOut(serializers.Serializer[Any]):
    """That interests were declared."""

    seat_id = serializers.UUIDField()
    has_some = serializers.BooleanField()
    declared_at = MomentField()


class Declaration(Resource):
    """/jobs/{id}/panel/declaration/"""

    @operation(
        "Declare your interests",
        scope="bids:write",
        body=DeclarationBody,
        answers=DeclaredOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Before anything is seen. With some, you are out unless one level up it is decided."""
        return declare_interest(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class PanelSeatOut(MadeOut):
    """A seat that was left."""

    left_at = MomentField()


class SeatEnd(Resource):
    """/panel-seats/{id}/end/"""

    @operation(
        "Take somebody off a panel",
        scope="jobs:write",
        body=Reason,
        answers=PanelSeatOut,
        status=201,
    )
    def post(self, asked: Asked, seat_id: UUID) -> Any:
        """For a reason. What they scored does not count any more."""
        return relieve_member(actor=asked.actor, seat_id=seat_id, at=asked.at, **asked.body)


class InterestBody(Strict):
    """Whether the interest keeps them off, and why or why not."""

    may_stay = serializers.BooleanField()
    reason = WordField(max_length=4_000)


class InterestAnsweredOut(serializers.Serializer[Any]):
    """What was decided on an interest."""

    may_stay = serializers.BooleanField()
    answered_at = MomentField()


class InterestAnswer(Resource):
    """/panel-seats/{id}/interest/"""

    @operation(
        "Decide on an interest",
        scope="jobs:write",
        body=InterestBody,
        answers=InterestAnsweredOut,
        status=201,
    )
    def post(self, asked: Asked, seat_id: UUID) -> Any:
        """One level up from the department."""
        return answer_interest(actor=asked.actor, seat_id=seat_id, at=asked.at, **asked.body)


class SheetQuery(Strict):
    """With names, or with numbers instead."""

    names = serializers.ChoiceField(["shown", "hidden"], required=False)


class AgreementSheet(Resource):
    """/jobs/{id}/agreement/"""

    @operation("Read a panel's sheet", scope="awards:read", answers=SheetOut, query=SheetQuery)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """What each said alone shows once all are in; `digest` is what a consent names."""
        hidden = asked.query.get("names") == "hidden"
        return sheet(actor=asked.actor, job_id=job_id, hide_names=hidden)


class ConsentBody(Strict):
    """To which sheet."""

    digest = serializers.RegexField(r"\A[0-9a-f]{64}\Z", max_length=64)


class ConsentOut(serializers.Serializer[Any]):
    """Whether all have said yes."""

    is_agreed = serializers.BooleanField()


class ConsentGiven(Resource):
    """/jobs/{id}/agreement/consents/"""

    @operation(
        "Say yes to a sheet", scope="bids:write", body=ConsentBody, answers=ConsentOut, status=201
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """When the last member has, quality is not judged again."""
        digest = bytes.fromhex(asked.body["digest"])
        agreed = consent(actor=asked.actor, job_id=job_id, digest=digest, at=asked.at)
        return {"is_agreed": agreed is not None}


class AgreedBody(Strict):
    """What the panel says together."""

    criterion_id = serializers.UUIDField()
    quarters = serializers.IntegerField(min_value=0, max_value=4)
    reason = WordField(max_length=4_000)
    was_talked_over = serializers.BooleanField(required=False)


class AgreedOut(MadeOut):
    """One agreed score."""

    criterion_id = serializers.UUIDField()
    quarters = serializers.IntegerField()
    was_talked_over = serializers.BooleanField()
    noted_at = MomentField()


class AgreedScores(Resource):
    """/bids/{id}/agreed-scores/"""

    @operation(
        "Agree on a score", scope="bids:write", body=AgreedBody, answers=AgreedOut, status=201
    )
    def post(self, asked: Asked, bid_id: UUID) -> Any:
        """Replaces what was agreed before on the same criterion, and every consent."""
        return agree_score(actor=asked.actor, bid_id=bid_id, at=asked.at, **asked.body)
