"""What both sides, or a head above, do with work that was chosen, besides delivering it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.awards import AwardBody
from api.bodies import Nothing, Reason, Strict
from api.fields import MoneyField, WordField
from api.made import (
    AwardMadeOut,
    ChangeSignedOut,
    EndAgreedOut,
    EndOfferedOut,
    LateChargeOut,
    RateOut,
    ReleaseOut,
)
from api.paging import Listed, sliced
from api.questions import CurrencyField
from api.resource import Asked, Resource, operation
from api.rules_papers import RateRowOut
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.changing import sign_change
from ledger.currencies import state_rate
from ledger.late_charging import allow_late_charge
from ledger.overriding import override_choice
from ledger.reports import house_rules
from ledger.retention import release_retention

RATE_LENGTH = 20
RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class Override(Resource):
    """/jobs/{id}/override/"""

    @operation(
        "Override a choice",
        scope="awards:write",
        body=AwardBody,
        answers=AwardMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """For a head above the department, whose own budget bears what the other bid costs more."""
        return override_choice(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class EndBody(Strict):
    """For which fee, perhaps nothing, and why."""

    fee = MoneyField()
    reason = WordField()


class CancellationOffers(Resource):
    """/awards/{id}/cancellation-offers/"""

    @operation(
        "Offer to end the work",
        scope="awards:write",
        body=EndBody,
        answers=EndOfferedOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, award_id: UUID) -> Any:
        """Where it stands, for a fee. It counts once the other side agrees."""
        return offer_cancellation(actor=asked.actor, award_id=award_id, at=asked.at, **asked.body)


class CancellationAgreement(Resource):
    """/cancellation-offers/{id}/agreement/"""

    @operation(
        "Agree to end the work",
        scope="awards:write",
        body=Nothing,
        answers=EndAgreedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, offer_id: UUID) -> Any:
        """The rest of the promise is free again, and the fee is charged."""
        return agree_cancellation(actor=asked.actor, offer_id=offer_id, at=asked.at)


class Signature(Resource):
    """/changes/{id}/signature/"""

    @operation(
        "Sign a large change",
        scope="awards:write",
        body=Nothing,
        answers=ChangeSignedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, change_id: UUID) -> Any:
        """As the second head of the department. Both sides agree to it all the same."""
        return sign_change(actor=asked.actor, change_id=change_id, at=asked.at)


class Release(Resource):
    """/retentions/{id}/release/"""

    @operation(
        "Release a retention",
        scope="awards:write",
        body=Nothing,
        answers=ReleaseOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, retention_id: UUID) -> Any:
        """Before its day, by the head. On its day the clock does it."""
        return release_retention(actor=asked.actor, retention_id=retention_id, at=asked.at)


class LateCharge(Resource):
    """/milestones/{id}/late-charge/"""

    @operation(
        "Allow a late charge",
        scope="ledger:write",
        body=Reason,
        answers=LateChargeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, milestone_id: UUID) -> Any:
        """For finance: after the days for it were over."""
        return allow_late_charge(
            actor=asked.actor, milestone_id=milestone_id, at=asked.at, **asked.body
        )


@extend_schema_field(
    {"type": "string", "pattern": f"^{RATE.pattern}$", "maxLength": RATE_LENGTH}
    | {"examples": ["0.95"]}
)
class RateField(serializers.DecimalField):
    """How much of one currency is one of another, as a text."""

    MAX_STRING_LENGTH = RATE_LENGTH
    default_error_messages = {"shape": 'Write a rate like "0.9125".'}

    def to_internal_value(self, data: Any) -> Any:
        # A number would already be rounded by whoever wrote it.
        if not isinstance(data, str) or not RATE.fullmatch(data):
            self.fail("shape")
        return super().to_internal_value(data)


class RateBody(Strict):
    """What one unit of a currency is booked as in another, from a day on."""

    currency = CurrencyField()
    into = CurrencyField()
    rate = RateField(max_digits=18, decimal_places=9)
    in_force_on = serializers.DateField()
    reason = serializers.CharField(max_length=4000)


class Rates(Resource):
    """/currency-rates/"""

    @operation("List booking rates", scope="reports:read", answers=RateRowOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Every rate stated, by pair of currencies, the latest first, and who stated it why."""
        rows = house_rules.booking_rates(actor=asked.actor, today=asked.at.date())
        return sliced(rows, **asked.page)

    @operation(
        "State a booking rate",
        scope="ledger:write",
        body=RateBody,
        answers=RateOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """For finance. Awards keep the rate of the day on which they were made."""
        return state_rate(actor=asked.actor, at=asked.at, **asked.body)
