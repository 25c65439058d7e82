"""Allowing that a milestone is charged after the days for it were over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.delivering import charge_until, refuse_unsettled
from ledger.models.awards import Award, Milestone
from ledger.models.signatures import LateCharge
from ledger.permissions import may_allow_late_charge
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class NotTooLate(Refusal):
    """Leave is given where it is needed."""

    code = "not_too_late"
    field = "milestone"


@transaction.atomic(savepoint=False)
def allow_late_charge(*, actor: User, milestone_id: UUID, reason: str, at: datetime) -> LateCharge:
    """
    Let a provider hand a milestone over, and so charge it, after the days for it are over.

    :raises Unknown: the actor cannot see the milestone.
    :raises Forbidden: only finance allows it.
    :raises NotTooLate, ReasonMissing: the rules say no.
    :raises MilestoneAccepted, DeliveryWaiting, AwardEnded: there is nothing to charge.
    """
    milestone = Milestone.objects.visible_to(actor).one(milestone_id)
    award = Award.objects.visible_to(actor).lock(milestone.award_id)
    require(may_allow_late_charge(actor))
    refuse_unsettled(milestone)
    until = charge_until(milestone, award)
    if until is None or at < until:
        raise NotTooLate("This can be charged without leave.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why it may be charged after all.")

    allowed = LateCharge.objects.create(
        milestone=milestone, reason=keep(reason.strip(), at=at), allowed_by=actor, allowed_at=at
    )
    record(
        actor,
        "milestone.late_charge_allowed",
        milestone,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={"reason_digest": bytes(allowed.reason.digest).hex()},
    )
    tell(
        "milestone.late_charge_allowed",
        recipients=[
            *people_of_department(award.department, Role.HEAD),
            *people_of_provider(award.provider),
        ],
        text=f"“{milestone.title}” may be handed over and charged after all: {reason.strip()}",
        because="the days for it were over",
        at=at,
        job=award.job,
        subject=milestone,
    )
    return allowed
