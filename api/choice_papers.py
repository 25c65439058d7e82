"""What a comparison and a debrief show, field by field."""

from __future__ import annotations

from rest_framework import serializers

from api.papers import pairs, paper
from ledger.reports.bands import PriceSpread
from ledger.reports.comparison import (
    ComparedBid,
    ComparedCriterion,
    ComparedFile,
    ComparedFlag,
    ComparedLine,
    ComparedScore,
    Comparison,
    Record,
)
from ledger.reports.debrief import Debrief, DebriefScore
from ledger.reports.past_ratings import PastRating
from ledger.reports.stage import Stage, WantedChoice

WantedChoiceOut = paper(
    WantedChoice,
    *("wanted_id", "bid_id", "provider_name", "wanted_by", "wanted_at", "reason", "can_sign"),
)
StageOut = paper(
    Stage,
    "has_panel",
    "judges",
    "judges_finished",
    "scores_are_in",
    "agreed_at",
    "prices_are_sealed",
    "final_question",
    "final_closes_at",
    "final_opened_at",
    "differential",
    "alone_up_to",
    "signed_bid_ids",
    "wanted",
)
ComparedCriterionOut = paper(
    ComparedCriterion, "criterion_id", "name", "question", "weight", "levels", "knock_out", "kind"
)
ComparedLineOut = paper(ComparedLine, "kind", "label", "text", "amount")
ComparedScoreOut = paper(
    ComparedScore, "criterion_id", "quarters", "words", "reason", "scorer_name"
)
ComparedFileOut = paper(ComparedFile, "file_id", "name", "size")
ComparedFlagOut = paper(ComparedFlag, "code", "text", "bid_ids")
PastRatingOut = paper(PastRating, "mean", "ratings", "usual", "usual_ratings", "is_neutral")
RecordOut = paper(Record, "result_mean", "ratings", "dates_kept", "dates_promised", "is_new")
ComparedBidOut = paper(
    ComparedBid,
    "bid_id",
    "reference",
    "provider_id",
    "provider_name",
    "is_in_house",
    "team_of",
    "submitted_at",
    "lines",
    "quoted",
    "tax",
    "administration",
    "changeover",
    "comparable",
    "spent",
    "to_median",
    "quality",
    "evaluated",
    "place",
    "spent_place",
    "is_tied",
    "is_best_quoted",
    "is_best_quality",
    "is_above_ceiling",
    "is_knocked_out",
    "disqualified",
    "approach",
    "starts_on",
    "finishes_on",
    "valid_until_on",
    "files",
    "scores",
    "record",
    "past_rating",
    "is_chosen",
    "withdrawn",
    "is_final",
    "is_followed",
    answers=pairs(
        "ComparedAnswer", criterion_id=serializers.UUIDField(), text=serializers.CharField()
    ),
)
ComparisonOut = paper(
    Comparison,
    "job_id",
    "reference",
    "title",
    "department_id",
    "department_name",
    "currency",
    "mode",
    "point",
    "ceiling",
    "opened_at",
    "criteria",
    "bids",
    "flags",
    "leader_ids",
    "spent_leader_ids",
    "views_disagree",
    "turning_point",
    "is_scored",
    "chosen_bid_id",
    "chosen_at",
    "text",
    "digest",
    "can_score",
    "can_choose",
    "stage",
)
DebriefScoreOut = paper(
    DebriefScore,
    "criterion_name",
    "weight",
    "levels",
    "quarters",
    "words",
    "reasons",
    "is_below_knock_out",
    "past_rating",
)
PriceSpreadOut = paper(PriceSpread, "bids", "median_from", "median_to", "lowest", "highest")
DebriefOut = paper(
    Debrief,
    "job_id",
    "reference",
    "title",
    "department_name",
    "provider_id",
    "provider_name",
    "bid_id",
    "outcome",
    "decided_at",
    "decided_by",
    "own_price",
    "own_quality",
    "own_place",
    "bids_counted",
    "scores",
    "disqualified",
    "chosen_name",
    "chosen_is_in_house",
    "chosen_quality",
    "chosen_from",
    "chosen_to",
    "spread",
    "reason_code",
    "reason_label",
    "reason",
    "decisive_criterion",
    "standstill_until",
)
