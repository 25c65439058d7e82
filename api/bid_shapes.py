"""What a bid looks like, coming in and going out: one form for teams and vendors alike."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.bodies import Strict, several
from api.fields import MoneyField, WordField
from api.papers import paper
from api.questions import CurrencyField
from bids.content import KINDS, AttachedFile, BidContent, PlannedMilestone, PriceLine
from bids.offers import MyBid
from bids.reading import Access, MyBidPaper
from marketplace.money import Money

Serializer = serializers.Serializer[Any]


class LineBody(Strict):
    """One line of the price."""

    kind = serializers.ChoiceField(list(KINDS))
    amount = MoneyField()
    text = WordField(max_length=200, required=False, allow_blank=True, default="")


class MilestoneBody(Strict):
    """A part of the work, when it is due, and what it costs."""

    title = WordField(max_length=200)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    amount = MoneyField()


class CriterionAnswerBody(Strict):
    """What is said to a criterion."""

    criterion_id = serializers.UUIDField()
    text = WordField(allow_blank=True)


class ContentBody(Strict):
    """All that is offered. The price is the sum of its lines, net of recoverable tax."""

    currency = CurrencyField()
    approach = WordField(max_length=20_000, allow_blank=True)
    lines = several(LineBody, at_most=100)
    milestones = several(MilestoneBody, at_most=50, required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    finishes_on = serializers.DateField(required=False, allow_null=True)
    valid_until_on = serializers.DateField(required=False, allow_null=True)
    answers = several(CriterionAnswerBody, at_most=50, required=False)
    tax = MoneyField(required=False)

    def content_of(self, attrs: dict[str, Any]) -> BidContent:
        """Return the bid that was sent. Every amount must be in its currency."""
        currency = attrs["currency"]

        def minor(amount: Money, pointer: str) -> int:
            if amount.currency != currency:
                message = f"The bid is in {currency}; {amount} is not."
                raise serializers.ValidationError({pointer: [message]}, "currency_mismatch")
            return amount.minor

        return BidContent(
            approach=attrs["approach"],
            currency=currency,
            lines=tuple(
                PriceLine(line["kind"], minor(line["amount"], "lines"), line["text"])
                for line in attrs["lines"]
            ),
            milestones=tuple(
                PlannedMilestone(part["title"], part["due_on"], minor(part["amount"], "milestones"))
                for part in attrs.get("milestones", [])
            ),
            starts_on=attrs.get("starts_on"),
            finishes_on=attrs.get("finishes_on"),
            valid_until_on=attrs.get("valid_until_on"),
            answers={said["criterion_id"]: said["text"] for said in attrs.get("answers", [])},
            tax_minor=minor(attrs["tax"], "tax") if "tax" in attrs else 0,
        )


class BidDraftBody(ContentBody):
    """A bid being written."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"content": self.content_of(attrs)}


class BidBody(ContentBody):
    """A bid, and which of your providers makes it."""

    provider_id = serializers.UUIDField()
    variant = serializers.IntegerField(
        default=0, min_value=0, max_value=99, help_text="Where the rules allow several bids."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {
            "provider_id": attrs["provider_id"],
            "variant": attrs["variant"],
            "content": self.content_of(attrs),
        }


class LineOut(Serializer):
    """One line of a price."""

    kind = serializers.CharField()
    text = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text="In the bid's currency.")


class PlannedMilestoneOut(Serializer):
    """A planned part of the work."""

    title = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    amount_minor = serializers.IntegerField(help_text="In the bid's currency.")


class AnswersField(serializers.DictField):
    """Criterion id to text."""

    def to_representation(self, value: dict[Any, str]) -> dict[str, str]:
        return {str(criterion): text for criterion, text in value.items()}


FileOut = paper(AttachedFile, "file_id", "name", "kind", "size", "digest", title="BidFile")


class BidContentOut(Serializer):
    """What a bid says."""

    currency = serializers.CharField()
    quoted = MoneyField(help_text="The sum of the lines: what the department would be charged.")
    tax = MoneyField(help_text="Recoverable, on top.")
    approach = serializers.CharField()
    lines = LineOut(many=True)
    milestones = PlannedMilestoneOut(many=True)
    starts_on = serializers.DateField(allow_null=True)
    finishes_on = serializers.DateField(allow_null=True)
    valid_until_on = serializers.DateField(allow_null=True)
    answers = AnswersField(child=serializers.CharField())
    files = FileOut(many=True)


MyBidOut = paper(
    MyBid,
    "bid_id",
    "reference",
    "variant",
    "job_id",
    "job_reference",
    "job_title",
    "provider_id",
    "provider_name",
    "submitted_by",
    "submitted_at",
    "withdrawn_at",
    "closes_at",
    "closed_at",
    "opened_at",
    "cancelled_at",
    "last_addendum",
    "confirmed_addendum",
    "disqualified",
    "final_closes_at",
    state=serializers.CharField(),
    needs_confirmation=serializers.BooleanField(),
)
AccessOut = paper(Access, "kind", "actor_name", "happened_at")
BidPaperOut = paper(MyBidPaper, "bid", "receipt", "accesses", content=BidContentOut())


class ReceiptOut(Serializer):
    """What the bidder keeps."""

    receipt = serializers.CharField()
