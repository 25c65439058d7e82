"""What the papers about the work show, field by field: board, timeline, ratings, scorecard."""

from __future__ import annotations

from rest_framework import serializers

from api.papers import pairs, paper
from ledger.reports.choice_share import Contest
from ledger.reports.delivery_board import (
    Board,
    BoardChange,
    BoardDelivery,
    BoardDispute,
    BoardEnd,
    BoardMilestone,
    BoardOverride,
    BoardRetention,
)
from ledger.reports.desk import Desk, DoneItem, OpenItem
from ledger.reports.my_team import Income, Lost, TeamPaper
from ledger.reports.rating_paper import GivenRating, Question, RatingPaper
from ledger.reports.scorecard import Counted, LastJob, NeedFigure, Remark, Scorecard
from ledger.reports.timeline import Timeline, TimelineFact, TimelineStep

BoardDeliveryOut = paper(
    BoardDelivery,
    "delivery_id",
    "delivered_at",
    "delivered_by",
    "amount",
    "note",
    "silent_at",
    "state",
    "accepted_at",
    "accepted_by",
    "by_silence",
    "returned_at",
    "missing",
)
BoardChangeOut = paper(
    BoardChange,
    "change_id",
    "difference",
    "reason",
    "proposed_by",
    "proposed_at",
    "proposed_by_provider",
    "agreed_at",
    "agreed_by",
    "can_agree",
    "is_large",
    "signed_at",
    "signed_by",
    "can_sign",
)
BoardDisputeOut = paper(
    BoardDispute,
    "dispute_id",
    "amount",
    "reason",
    "raised_by",
    "raised_at",
    "resolved_at",
    "credit",
    "resolution",
    "can_resolve",
)
BoardRetentionOut = paper(
    BoardRetention, "retention_id", "amount", "due_at", "released_at", "released", "can_release"
)
BoardOverrideOut = paper(
    BoardOverride,
    "first_provider_name",
    "first_price",
    "first_chosen_by",
    "payer_name",
    "difference",
)
BoardEndOut = paper(
    BoardEnd,
    "offer_id",
    "fee",
    "reason",
    "offered_by",
    "offered_at",
    "offered_by_provider",
    "agreed_at",
    "agreed_by",
    "can_agree",
)
BoardMilestoneOut = paper(
    BoardMilestone,
    "milestone_id",
    "position",
    "title",
    "due_on",
    "price",
    "agreed",
    "state",
    "accepted_at",
    "charged",
    "dispute_until",
    "deliveries",
    "changes",
    "disputes",
    "can_deliver",
    "can_accept",
    "can_change",
    "can_dispute",
    "retention",
    "charge_until",
    "can_allow_late",
)
BoardOut = paper(
    Board,
    "award_id",
    "job_id",
    "reference",
    "title",
    "department_id",
    "department_name",
    "provider_id",
    "provider_name",
    "provider_is_in_house",
    "side",
    "chosen_at",
    "chosen_by",
    "reason_label",
    "reason",
    "price",
    "fee",
    "changes",
    "accepted",
    "credited",
    "milestones",
    "retained",
    "override",
    "end",
    "can_offer_end",
    "completed_at",
    "rate_until",
    "can_rate",
)
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
DoneItemOut = paper(DoneItem, "kind", "text", "job_id", "job_title", "at")
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
TeamPaperOut = paper(
    TeamPaper,
    "scorecard",
    "contests",
    "price_position",
    "price_n",
    "lost",
    "open_bids",
    "in_delivery",
    "income",
)
