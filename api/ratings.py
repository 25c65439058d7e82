"""Ratings: once per finished job, by both sides, hidden until both are in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Strict
from api.fields import WordField
from api.made import RatingMadeOut
from api.resource import Asked, Resource, operation
from api.work_papers import RatingPaperOut, ScorecardOut, TeamPaperOut
from ledger.rating import rate
from ledger.reports.my_team import my_team
from ledger.reports.rating_paper import rating_paper
from ledger.reports.scorecard import scorecard


class RatingBody(Strict):
    """One to five for each question that applies; would you choose them again; a text."""

    side = serializers.ChoiceField(["department", "provider"])
    points = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=5))
    again = serializers.ChoiceField(["yes", "if_changed", "no"])
    text = WordField(required=False, allow_blank=True, default="")


class Ratings(Resource):
    """/awards/{id}/ratings/"""

    @operation(
        "Rate the other side",
        scope="awards:write",
        body=RatingBody,
        answers=RatingMadeOut,
        status=201,
    )
    def post(self, asked: Asked, award_id: UUID) -> Any:
        """Within the days for rating, once. With the second rating, both may be read."""
        return rate(actor=asked.actor, award_id=award_id, at=asked.at, **asked.body)


class RatingPaper(Resource):
    """/jobs/{id}/ratings/"""

    @operation("Read ratings", scope="awards:read", answers=RatingPaperOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """Your own at once, the other side's at the reveal; and what you are asked."""
        return rating_paper(actor=asked.actor, job_id=job_id, at=asked.at)


class Scorecard(Resource):
    """/providers/{id}/scorecard/"""

    @operation("Read a scorecard", scope="jobs:read", answers=ScorecardOut)
    def get(self, asked: Asked, provider_id: UUID) -> Any:
        """A provider's record. No average under three ratings, except for its own people."""
        return scorecard(actor=asked.actor, provider_id=provider_id, at=asked.at)


class Team(Resource):
    """/providers/{id}/performance/"""

    @operation("Read how a provider fares", scope="bids:read", answers=TeamPaperOut)
    def get(self, asked: Asked, provider_id: UUID) -> Any:
        """Would they choose you? For the provider's own people and auditors."""
        return my_team(actor=asked.actor, provider_id=provider_id, at=asked.at)
