"""What a job looks like, coming in and going out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.bodies import Strict, several
from api.fields import IdField, MomentField, MoneyField, WordField
from api.papers import paper
from api.questions import CurrencyField
from ledger.reports.register import JobRow
from marketplace.catalogue import (
    AddendumText,
    CriterionText,
    FileText,
    InvitedText,
    JobText,
    MySeat,
    QuestionText,
)
from marketplace.details import DEFAULT_LEVELS, CriterionDraft, JobDetails
from marketplace.discarding import DiscardedDraft
from marketplace.readiness import Missing


class CriterionBody(Strict):
    """What bids are judged on, with words for each level."""

    name = WordField(max_length=120)
    weight = serializers.IntegerField(min_value=1, max_value=100)
    question = WordField(required=False, allow_blank=True, default="")
    levels = serializers.ListField(
        child=WordField(max_length=500),
        min_length=5,
        max_length=5,
        default=list(DEFAULT_LEVELS),
        help_text="Words for 0, ¼, ½, ¾ and 1.",
    )
    knock_out = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=4,
        help_text="In quarters: below it, a bid is out.",
    )
    kind = serializers.ChoiceField(
        ["judged", "past_ratings"],
        default="judged",
        help_text="`past_ratings` is computed at the opening, and weighs 20 of 100 at most.",
    )


class DetailsBody(Strict):
    """All that a department writes about a job."""

    title = WordField(max_length=500)
    category_id = serializers.UUIDField()
    need = WordField(max_length=20_000, required=False, allow_blank=True)
    procedure = serializers.ChoiceField(["quick", "formal"], required=False)
    mode = serializers.ChoiceField(
        ["quality_to_price", "lowest_cost", "fixed_price"], required=False
    )
    currency = CurrencyField(required=False)
    ceiling = MoneyField(required=False, allow_null=True)
    shows_ceiling = serializers.BooleanField(required=False)
    point = MoneyField(
        required=False, allow_null=True, help_text="What one more quality point is worth."
    )
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    questions_until = MomentField(required=False, allow_null=True)
    closes_at = MomentField(required=False, allow_null=True)
    bids_wanted = serializers.IntegerField(required=False, min_value=1, max_value=99)
    too_few_rule = serializers.ChoiceField(["extend_once", "go_on", "end"], required=False)
    criteria = several(CriterionBody, at_most=50, required=False)
    invited = serializers.ListField(child=IdField(), required=False, max_length=500)
    waiver = WordField(max_length=4_000, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"details": details_of(attrs)}


class SaveBody(DetailsBody):
    """A draft anew; under other rules, if some are named."""

    policy_code = serializers.SlugField(required=False, max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rules = {"policy_code": attrs.pop("policy_code")} if "policy_code" in attrs else {}
        return {"details": details_of(attrs), **rules}


class DraftBody(DetailsBody):
    """A new job: for which department, perhaps begun from an earlier one."""

    department_id = serializers.UUIDField()
    copied_from_id = serializers.UUIDField(required=False, allow_null=True)
    policy_code = serializers.SlugField(required=False, max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        about: dict[str, Any] = {
            name: attrs.pop(name)
            for name in ("department_id", "copied_from_id", "policy_code")
            if name in attrs
        }
        return {"details": details_of(attrs), **about}


def details_of(attrs: dict[str, Any]) -> JobDetails:
    """Return what was written, in the shape that the verbs take."""
    criteria = tuple(CriterionDraft(**criterion) for criterion in attrs.pop("criteria", []))
    return JobDetails(criteria=criteria, invited=tuple(attrs.pop("invited", [])), **attrs)


JobRowOut = paper(
    JobRow,
    "job_id",
    "reference",
    "title",
    "state",
    "department_id",
    "department_name",
    "category_code",
    "category_name",
    "procedure",
    "currency",
    "ceiling",
    "ceiling_is_hidden",
    "drafted_at",
    "published_at",
    "closes_at",
    "side",
    "has_it",
    "next_at",
    "then",
    "is_late",
    "provider_id",
    "provider_name",
    "provider_is_in_house",
)
CriterionOut = paper(
    CriterionText, "id", "name", "question", "weight", "levels", "knock_out", "kind"
)
QuestionOut = paper(
    QuestionText, "id", "text", "asked_at", "due_at", "answer", "answered_at", "answered_by"
)
FileTextOut = paper(FileText, "id", "name", "kind", "size", "sha256", "attached_at", "addendum")
AddendumTextOut = paper(AddendumText, "number", "text", "added_at", "added_by", "closes_at")
InvitedOut = paper(
    InvitedText,
    "provider_id",
    "name",
    "is_in_house",
    "invited_at",
    "declined_at",
    "decline_reason",
)
MySeatOut = paper(MySeat, "provider_id", "name", "role", "is_in_house", "invited_at", "declined_at")
JobTextOut = paper(
    JobText,
    "id",
    "reference",
    "title",
    "need",
    "department_id",
    "department_name",
    "category_id",
    "category_name",
    "policy_code",
    "procedure",
    "mode",
    "currency",
    "ceiling",
    "shows_ceiling",
    "point",
    "starts_on",
    "ends_on",
    "questions_until",
    "closes_at",
    "bids_wanted",
    "too_few_rule",
    "criteria",
    "questions",
    "addenda",
    "files",
    "invited",
    "my_providers",
    "drafted_at",
    "saved_at",
    "published_at",
    "extended_at",
    "closed_at",
    "opened_at",
    "cancelled_at",
    "cancellation",
    "waiver",
    "author_name",
    "copied_from_id",
    "fingerprint",
    "is_mine",
    "may_publish",
    "may_answer",
    "accepts_bids",
    "accepts_questions",
    "is_title_only",
)
DiscardedDraftOut = paper(
    DiscardedDraft,
    "job_id",
    "reference",
    "title",
    "department_name",
    "discarded_at",
    "discarded_by",
    "leaves_at",
)
GapOut = paper(Missing, "field", "text", title="Gap")
