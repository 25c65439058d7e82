"""Around a contest: who signs its publication, which rules it may have, how losers found it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Nothing, Reason, Strict
from api.fields import MomentField, MoneyField, WordField
from api.jobs import PublicationBody
from api.made import JobMadeOut, MadeOut
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import Asked, Resource, operation
from ledger.cosigning import send_publication_back, sign_publication, want_publication
from ledger.hearing import hear_bidder, reply_to_hearing
from ledger.publishing_limits import state_publishing_limit
from ledger.reports.hearings import HearingPaper, HearingRoom, hearing_room
from ledger.reports.publication import (
    PublicationStage,
    PublishingLimitRow,
    publication_stage,
    publishing_limits,
)
from marketplace.offering import OfferedPolicy, offer_policy, offered_policies

StageOut = paper(
    PublicationStage,
    *("why", "wanted_id", "wanted_by", "wanted_at", "estimate", "may_want", "may_sign"),
    *("sent_back", "sent_back_by"),
)
PublishingLimitOut = paper(
    PublishingLimitRow,
    *("limit_id", "department_id", "department_name", "job_limit", "year_limit", "reason"),
    *("stated_by", "stated_at", "is_in_force"),
    title="PublishingLimit",
)
OfferedOut = paper(
    OfferedPolicy,
    *("code", "explanation", "in_force_on", "is_offered", "since_on", "reason", "said_by"),
)
HearingOut = paper(
    HearingPaper,
    *("hearing_id", "job_id", "provider_id", "provider_name", "reasons", "fairness", "effort"),
    *("text", "heard_by", "heard_at", "reply", "replied_by", "replied_at", "may_reply"),
    title="Hearing",
)
HearingRoomOut = paper(HearingRoom, "hearings", "until", "may_say")


class PublicationWantedOut(MadeOut):
    """A draft that waits for its second head."""

    job_id = serializers.UUIDField()
    wanted_at = MomentField()


class PublicationsWanted(Resource):
    """/jobs/{id}/wanted-publications/"""

    @operation("Read where a publication stands", scope="jobs:read", answers=StageOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """Whether a second head signs, why, and what waits for them."""
        return publication_stage(actor=asked.actor, job_id=job_id, at=asked.at)

    @operation(
        "Ask a second head to sign a publication",
        scope="jobs:write",
        body=PublicationBody,
        answers=PublicationWantedOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Above the department's limit. Nobody invited is told before the signature."""
        return want_publication(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class PublicationSignature(Resource):
    """/wanted-publications/{id}/signature/"""

    @operation(
        "Sign a publication",
        scope="jobs:write",
        body=Nothing,
        answers=JobMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, wanted_id: UUID) -> Any:
        """It is published in the same moment, in the name of the head who wanted it."""
        return sign_publication(actor=asked.actor, wanted_id=wanted_id, at=asked.at)


class PublicationBackOut(serializers.Serializer[Any]):
    """A draft that was not signed."""

    wanted_id = serializers.UUIDField()
    answered_at = MomentField()


class PublicationSentBack(Resource):
    """/wanted-publications/{id}/refusal/"""

    @operation(
        "Send a publication back",
        scope="jobs:write",
        body=Reason,
        answers=PublicationBackOut,
        status=201,
    )
    def post(self, asked: Asked, wanted_id: UUID) -> Any:
        """With what speaks against it."""
        return send_publication_back(
            actor=asked.actor, wanted_id=wanted_id, at=asked.at, **asked.body
        )


class PublishingLimitBody(Strict):
    """Of which department; of one job, and of one kind of work in twelve months."""

    department_id = serializers.UUIDField()
    job_limit = MoneyField(allow_null=True)
    year_limit = MoneyField(required=False, allow_null=True, default=None)
    reason = WordField(max_length=4_000)


class PublishingLimits(Resource):
    """/publishing-limits/"""

    @operation("List publishing limits", scope="jobs:read", answers=PublishingLimitOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Each ever stated, by department, the latest first."""
        return sliced(publishing_limits(actor=asked.actor), **asked.page)

    @operation(
        "State a publishing limit",
        scope="company:write",
        body=PublishingLimitBody,
        answers=MadeOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """Also for departments below that have none of their own. `job_limit` binds choices too."""
        return state_publishing_limit(actor=asked.actor, at=asked.at, **asked.body)


class OfferBody(Strict):
    """From which day jobs may be written under these rules, or may not any more; and why."""

    is_offered = serializers.BooleanField()
    from_on = serializers.DateField()
    reason = WordField(max_length=4_000)


class PolicyOffers(Resource):
    """/policies/offers/"""

    @operation("List the rules on offer", scope="jobs:read", answers=OfferedOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """All rules of the house as of today, and whether a job may be written under them."""
        return sliced(offered_policies(actor=asked.actor, on=asked.at.date()), **asked.page)


class PolicyOffer(Resource):
    """/policies/offers/{code}/"""

    @operation(
        "Offer rules, or do not any more",
        scope="company:write",
        body=OfferBody,
        answers=MadeOut,
        status=201,
    )
    def post(self, asked: Asked, code: str) -> Any:
        """Jobs that are published keep theirs."""
        return offer_policy(actor=asked.actor, code=code, at=asked.at, **asked.body)


def _point(told: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=5, help_text=told
    )


class HearingBody(Strict):
    """The three questions, 1 to 5 each, and what remains open."""

    provider_id = serializers.UUIDField()
    reasons = _point("Could the reasons be understood?")
    fairness = _point("Was the process fair?")
    effort = _point("Was the bid worth its effort?")
    text = WordField(required=False, allow_blank=True, max_length=4_000)


class Hearings(Resource):
    """/jobs/{id}/hearings/"""

    @operation("Read how bidders found it", scope="awards:read", answers=HearingRoomOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """The department and auditors read all, a bidder its own."""
        return hearing_room(actor=asked.actor, job_id=job_id, at=asked.at)

    @operation(
        "Say how the contest was",
        scope="bids:write",
        body=HearingBody,
        answers=MadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Once, by a bidder who was not chosen; whoever chose answers."""
        return hear_bidder(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class HearingReplyBody(Strict):
    """The answer."""

    text = WordField(max_length=4_000)


class HearingReplyOut(serializers.Serializer[Any]):
    """An answer to a bidder."""

    hearing_id = serializers.UUIDField()
    replied_at = MomentField()


class HearingReply(Resource):
    """/hearings/{id}/reply/"""

    @operation(
        "Answer a bidder",
        scope="awards:write",
        body=HearingReplyBody,
        answers=HearingReplyOut,
        status=201,
    )
    def post(self, asked: Asked, hearing_id: UUID) -> Any:
        """Once, by a head of the department. The bidder reads it."""
        return reply_to_hearing(actor=asked.actor, hearing_id=hearing_id, at=asked.at, **asked.body)
