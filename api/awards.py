"""The choice, and how a job ends: award, no award, debrief, the comparison it was made on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Reason, Strict
from api.choice_papers import ComparisonOut, DebriefOut
from api.fields import WordField
from api.made import AwardMadeOut, NoAwardOut
from api.report_files import Report, file_of
from api.resource import Asked, Resource, operation
from ledger.awarding import choose_bid
from ledger.commissioning import end_without_award
from ledger.reports import comparison as comparing
from ledger.reports.debrief import debrief


class Comparison(Report):
    """/jobs/{id}/comparison/"""

    @operation("Compare bids", scope="awards:read", answers=ComparisonOut, files=True)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """The bids side by side after the opening; once one is chosen, as it was then."""
        paper = comparing.comparison(actor=asked.actor, job_id=job_id, at=asked.at)
        if asked.format != "json":
            return file_of(asked, "comparison", comparing.COLUMNS, paper.bids)
        return paper


class AwardBody(Strict):
    """Which bid, and why. Where it is not the best value, which criterion decided."""

    bid_id = serializers.UUIDField()
    reason_code = serializers.ChoiceField(
        ["best_value", "quality", "price", "dates", "experience", "capacity"]
    )
    reason = WordField(max_length=4_000)
    decisive_criterion_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="Needed for another bid than the best value. None where only the price decided:"
        " the reason is then “price”, and the bid asks for less than the best value.",
    )
    followed_view = serializers.ChoiceField(
        ["charged", "spent", "neither"],
        required=False,
        help_text="Where the two views of money disagree: the one that was followed; `neither` "
        "for a bid that leads in neither.",
    )


class Award(Resource):
    """/jobs/{id}/award/"""

    @operation(
        "Choose a bid",
        scope="awards:write",
        body=AwardBody,
        answers=AwardMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Any valid bid, with a reason. What it costs is promised from the budget at once."""
        return choose_bid(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class NoAward(Resource):
    """/jobs/{id}/no-award/"""

    @operation(
        "End a job without a choice",
        scope="awards:write",
        body=Reason,
        answers=NoAwardOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """After the opening, with a reason that the bidders read."""
        return end_without_award(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class DebriefQuery(Strict):
    """For which of your providers."""

    provider = serializers.UUIDField(required=False, source="provider_id")


class Debrief(Resource):
    """/jobs/{id}/debrief/"""

    @operation("Read a debrief", scope="bids:read", answers=DebriefOut, query=DebriefQuery)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """What a bidder is told once the choice is made. Never a rival's content."""
        return debrief(actor=asked.actor, job_id=job_id, **asked.query)
