"""What a verb made, as its answer shows it: its id and moments; never another's secret."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import MomentField, MoneyField

Serializer = serializers.Serializer[Any]


class HexField(serializers.CharField):
    """Bytes as hexadecimal text."""

    def to_representation(self, value: Any) -> str:
        return bytes(value).hex()


class MadeOut(Serializer):
    """Its id."""

    id = serializers.UUIDField()


class JobMadeOut(MadeOut):
    """A job's name and moments."""

    reference = serializers.CharField()
    title = serializers.CharField()
    published_at = MomentField(allow_null=True)
    closes_at = MomentField(allow_null=True)
    cancelled_at = MomentField(allow_null=True)


class AddendumOut(MadeOut):
    """A change to a published job."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    added_at = MomentField()
    closes_at = MomentField(help_text="The deadline from then on.")


class QuestionMadeOut(MadeOut):
    """A question, and its answer once there is one."""

    text = serializers.CharField()
    asked_at = MomentField()
    answer = serializers.CharField()
    answered_at = MomentField(allow_null=True)


class InvitationOut(MadeOut):
    """Who may bid, or will not."""

    provider_id = serializers.UUIDField()
    invited_at = MomentField()
    declined_at = MomentField(allow_null=True)


class BidMadeOut(MadeOut):
    """Where a bid stands. What it says stays sealed."""

    reference = serializers.CharField()
    variant = serializers.IntegerField()
    provider_id = serializers.UUIDField()
    submitted_at = MomentField()
    withdrawn_at = MomentField(allow_null=True)
    confirmed_addendum = serializers.IntegerField()
    receipt = serializers.CharField(help_text="Signed: reference, time, fingerprint. Keep it.")


class DraftSavedOut(Serializer):
    """When the draft of a bid was kept."""

    saved_at = MomentField()


class DisqualificationOut(Serializer):
    """That a bid cannot be chosen."""

    bid_id = serializers.UUIDField()
    at = MomentField()


class ScoreMadeOut(MadeOut):
    """One judgement."""

    criterion_id = serializers.UUIDField()
    quarters = serializers.IntegerField()
    scored_at = MomentField()


class AwardMadeOut(MadeOut):
    """A choice."""

    job_id = serializers.UUIDField()
    bid_id = serializers.UUIDField()
    provider_id = serializers.UUIDField()
    chosen_at = MomentField()
    reason_code = serializers.CharField()
    price = MoneyField()
    comparison_digest = HexField(help_text="SHA-256 of the comparison it was made on.")


class ObjectionMadeOut(MadeOut):
    """An objection to a choice."""

    award_id = serializers.UUIDField()
    provider_id = serializers.UUIDField()
    raised_at = MomentField()


class RulingOut(Serializer):
    """How an objection was decided."""

    objection_id = serializers.UUIDField()
    upheld = serializers.BooleanField()
    decided_at = MomentField()


class WithdrawalOut(Serializer):
    """A choice taken back."""

    award_id = serializers.UUIDField()
    cause = serializers.CharField()
    withdrawn_at = MomentField()


class NoAwardOut(Serializer):
    """An ending without a choice."""

    job_id = serializers.UUIDField()
    decided_at = MomentField()


class DeliveryMadeOut(MadeOut):
    """Work handed over."""

    milestone_id = serializers.UUIDField()
    delivered_at = MomentField()
    amount_minor = serializers.IntegerField()
    silent_at = MomentField(help_text="From then on, silence is acceptance.")


class AcceptanceOut(Serializer):
    """A delivery agreed to, and charged."""

    delivery_id = serializers.UUIDField()
    milestone_id = serializers.UUIDField()
    accepted_at = MomentField()


class ReturnOut(Serializer):
    """A delivery sent back."""

    delivery_id = serializers.UUIDField()
    returned_at = MomentField()


class ChangeMadeOut(MadeOut):
    """A change to what a milestone costs."""

    milestone_id = serializers.UUIDField()
    difference_minor = serializers.IntegerField()
    proposed_at = MomentField()
    agreed_at = MomentField(allow_null=True)


class ChangeSignedOut(Serializer):
    """That a second head signed."""

    change_id = serializers.UUIDField()
    signed_at = MomentField()


class EndOfferedOut(MadeOut):
    """An offer to end the work."""

    award_id = serializers.UUIDField()
    fee_minor = serializers.IntegerField()
    offered_at = MomentField()


class EndAgreedOut(Serializer):
    """Work called off by both sides."""

    award_id = serializers.UUIDField()
    offer_id = serializers.UUIDField()
    agreed_at = MomentField()


class ReleaseOut(Serializer):
    """What was kept back, and is owed now."""

    retention_id = serializers.UUIDField()
    amount_minor = serializers.IntegerField()
    released_at = MomentField()


class LateChargeOut(Serializer):
    """That a milestone may be charged after all."""

    milestone_id = serializers.UUIDField()
    allowed_at = MomentField()


class RateOut(MadeOut):
    """A booking rate, exact between minor units."""

    currency = serializers.CharField()
    into = serializers.CharField()
    in_force_on = serializers.DateField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()


class DisputeMadeOut(MadeOut):
    """A charge contested."""

    milestone_id = serializers.UUIDField()
    amount_minor = serializers.IntegerField()
    raised_at = MomentField()


class ResolutionOut(Serializer):
    """How finance settled it."""

    dispute_id = serializers.UUIDField()
    credit_minor = serializers.IntegerField()
    resolved_at = MomentField()


class RatingMadeOut(MadeOut):
    """That a side has rated. The other side reads it at the reveal."""

    side = serializers.CharField()
    rated_at = MomentField()


class MembershipOut(MadeOut):
    """A person's place."""

    user_id = serializers.UUIDField()
    department_id = serializers.UUIDField(allow_null=True)
    provider_id = serializers.UUIDField(allow_null=True)
    role = serializers.CharField()
    since_at = MomentField()
    ended_at = MomentField(allow_null=True)


class OfficeOut(MadeOut):
    """An office of the company that a person holds, or held."""

    user_id = serializers.UUIDField()
    office = serializers.CharField()
    since_at = MomentField()
    ended_at = MomentField(allow_null=True)


class NamedOut(MadeOut):
    """A thing and its name."""

    name = serializers.CharField()
