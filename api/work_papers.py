"""What the papers about the work show, field by field: board, timeline, ratings, scorecard."""

from __future__ import annotations

from rest_framework import serializers

from api.papers import pairs, paper
from ledger.reports.choice_share import Contest
from ledger.reports.desk import Desk, DoneItem, OpenItem
from ledger.reports.my_team import Income, Lost, ReasonCounted, TeamPaper
from ledger.reports.rating_paper import GivenRating, Question, RatingPaper
from ledger.reports.scorecard import (
    Counted,
    LastJob,
    NeedFigure,
    QuarterCounted,
    Remark,
    Scorecard,
)
from ledger.reports.timeline import Timeline, TimelineFact, TimelineStep

TimelineFactOut = paper(
    TimelineFact, "at", "kind", "text", "who", "detail", "words", "promise", "promise_text"
)
TimelineStepOut = paper(TimelineStep, "text", "who", "due_at", "is_late", "then")
TimelineOut = paper(
    Timeline,
    "job_id",
    "reference",
    "title",
    "state",
    "side",
    "department_name",
    "has_it",
    "since_at",
    "due_at",
    "then",
    "facts",
    "steps",
    "promises_kept",
    "promises_made",
    "award_id",
)
OpenItemOut = paper(
    OpenItem,
    "kind",
    "act",
    "job_id",
    "job_title",
    "subject_id",
    "what",
    "who",
    "since_at",
    "due_at",
    "is_late",
    "then",
)
DoneItemOut = paper(
    DoneItem,
    "kind",
    "text",
    "job_id",
    "job_title",
    "at",
    "provider_id",
    "provider_name",
    "about",
    "period",
)
DeskOut = paper(Desk, "mine", "others", "done", "late")
QuestionAskedOut = paper(Question, "code", "name", "text", "points", title="RatingQuestion")
GivenRatingOut = paper(
    GivenRating,
    "side",
    "rated_by",
    "rated_at",
    "again",
    "again_label",
    "text",
    points=pairs(
        "GivenPoint",
        question=serializers.CharField(),
        points=serializers.IntegerField(allow_null=True),
    ),
)
RatingPaperOut = paper(
    RatingPaper,
    "award_id",
    "job_id",
    "title",
    "department_name",
    "provider_name",
    "provider_is_in_house",
    "side",
    "questions",
    "completed_at",
    "until",
    "revealed_at",
    "own",
    "other",
    "can_rate",
)
NeedOut = paper(NeedFigure, "code", "name", "mean", "n", "market", "market_n")
CountedOut = paper(Counted, "part", "whole")
QuarterCountedOut = paper(QuarterCounted, "key", "part", "whole")
LastJobOut = paper(LastJob, "job_id", "title", "department_name", "chosen_at", "price")
RemarkOut = paper(Remark, "job_title", "department_name", "text", "rated_at")
ScorecardOut = paper(
    Scorecard,
    "provider_id",
    "name",
    "is_in_house",
    "department_name",
    "description",
    "admitted_at",
    "is_suspended",
    "is_new",
    "jobs_finished",
    "needs",
    "again",
    "again_mean",
    "returned",
    "dates",
    "dates_by_quarter",
    "first_time",
    "chosen",
    "last_jobs",
    "remarks",
    "is_mine",
    categories=pairs(
        "ScorecardCategory", code=serializers.CharField(), name=serializers.CharField()
    ),
)
ContestOut = paper(Contest, "key", "label", "chosen", "contests")
LostOut = paper(
    Lost,
    "job_id",
    "title",
    "department_name",
    "decided_at",
    "reason_label",
    "reason",
)
IncomeOut = paper(Income, "key", "amount")
ReasonCountedOut = paper(ReasonCounted, "reason_code", "won", "lost")
TeamPaperOut = paper(
    TeamPaper,
    "scorecard",
    "contests",
    "price_position",
    "price_n",
    "lost",
    "reasons",
    "open_bids",
    "in_delivery",
    "income",
)
