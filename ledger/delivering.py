"""Handing work over, milestone by milestone, and sending it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ledger.acceptance import refuse_answered
from ledger.charging import money
from ledger.models.awards import Award, Delivery, Milestone, Return
from ledger.models.signatures import LateCharge
from ledger.permissions import may_accept, may_deliver
from ledger.pricing import price_asked
from ledger.standstill import refuse_standing_still
from marketplace.compiled import Kept
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import Refusal, require
from marketplace.rows import insert
from marketplace.words import keep


class MilestoneAccepted(Refusal):
    """An accepted milestone is over."""

    code = "milestone_accepted"
    field = "milestone"


class AwardEnded(Refusal):
    """The work was called off, or the choice of who does it overridden or withdrawn."""

    code = "award_ended"


class ChargedTooLate(Refusal):
    """What was not charged in time is charged only with the leave of finance."""

    code = "charged_too_late"
    field = "milestone"


class DeliveryWaiting(Refusal):
    """What was handed over is answered before anything else happens to its milestone."""

    code = "delivery_waiting"
    field = "milestone"


class AmountAboveMilestone(Refusal):
    """No more is charged than was agreed; more needs a change order."""

    code = "amount_above_milestone"
    field = "amount"


class MissingMissing(Refusal):
    """A return says what is missing."""

    code = "missing_missing"
    field = "missing"


@transaction.atomic(savepoint=False)
def deliver_milestone(
    *,
    actor: User,
    milestone_id: UUID,
    at: datetime,
    amount: Money | None = None,
    note: str = "",
) -> Delivery:
    """
    Hand over the work of a milestone, in any order. Silence is acceptance after the days of the
    job's policy; the department is told until when.

    :param amount: what is charged for it, where it is less than agreed; of a team that is paid by
        its cost, what it cost.
    :raises Unknown: the actor cannot see the milestone.
    :raises Forbidden: the actor does not work for the provider.
    :raises MilestoneAccepted, DeliveryWaiting, AwardEnded, StandstillRuns, ObjectionOpen,
        ChargedTooLate, AmountAboveMilestone, CostMissing: the rules say no.
    """
    milestone = Milestone.objects.visible_to(actor).one(milestone_id)
    award = Award.objects.visible_to(actor).lock(milestone.award_id)
    require(may_deliver(actor, award))
    refuse_unsettled(milestone)
    refuse_standing_still(award, at=at)
    _refuse_too_late(milestone, award=award, at=at)
    agreed = money(award, milestone.agreed_minor())
    if amount is not None and (amount.minor < 0 or amount > agreed):
        raise AmountAboveMilestone(f"Charge up to {agreed}. For more, propose a change first.")
    amount = price_asked(award, agreed=agreed, said=amount)

    delivery = insert(
        Delivery(
            milestone=milestone,
            delivered_by=actor,
            delivered_at=at,
            amount_minor=amount.minor,
            note=keep(note.strip(), at=at) if note.strip() else None,
            silent_at=at + timedelta(days=award.job.policy.acceptance_days),
        )
    )
    facts: dict[str, Fact] = {"amount_minor": amount.minor, "currency": amount.currency}
    _record(actor, "delivery.made", delivery, award=award, at=at, facts=facts)
    tell(
        "delivery.made",
        recipients=people_of_department(award.department),
        text=f"{award.provider} delivered “{milestone.title}”. Accept it or send it back until"
        f" {delivery.silent_at:%d %B %Y, %H:%M} UTC; silence is acceptance.",
        because="it is your department's job",
        at=at,
        job=award.job,
        subject=delivery,
    )
    return delivery


@transaction.atomic(savepoint=False)
def return_delivery(*, actor: User, delivery_id: UUID, missing: str, at: datetime) -> Return:
    """
    Send a delivery back with what is missing. The provider delivers the milestone anew.

    :raises Unknown: the actor cannot see the delivery.
    :raises Forbidden: it is not the actor's to accept or return.
    :raises AlreadyAccepted, AlreadyReturned, MissingMissing: the rules say no.
    """
    delivery = Delivery.objects.visible_to(actor).select_related("milestone").one(delivery_id)
    award = Award.objects.visible_to(actor).lock(delivery.milestone.award_id)
    require(may_accept(actor, award))
    refuse_answered(delivery)
    if not missing.strip():
        raise MissingMissing("Say what is missing, so that it can be put right.")

    returned = Return.objects.create(
        delivery=delivery,
        returned_by=actor,
        returned_at=at,
        missing=keep(missing.strip(), at=at),
    )
    facts: dict[str, Fact] = {"missing_digest": bytes(returned.missing.digest).hex()}
    _record(actor, "delivery.returned", delivery, award=award, at=at, facts=facts)
    tell(
        "delivery.returned",
        recipients=people_of_provider(award.provider),
        text=f"“{delivery.milestone.title}” came back. Missing: {missing.strip()}",
        because="it is your work",
        at=at,
        job=award.job,
        subject=delivery,
    )
    return returned


def refuse_unsettled(milestone: Milestone) -> None:
    """:raises MilestoneAccepted, DeliveryWaiting, AwardEnded: it takes no other work or price."""
    refuse_ended(milestone.award_id)
    answers = set(_answers.all(milestone.pk))
    if answers - {None}:
        raise MilestoneAccepted("This milestone was accepted.")
    if answers:
        raise DeliveryWaiting("What was delivered waits for an answer.")


def refuse_ended(award_id: UUID) -> None:
    """:raises AwardEnded: it was called off or overridden. Call it under the lock."""
    # Read after the lock: it may have been overridden while this waited for it.
    ((cancelled, replaced, withdrawn),) = _ends.all(award_id)
    if cancelled is not None:
        raise AwardEnded("Both sides called this work off.")
    if replaced is not None:
        raise AwardEnded("This choice was overridden; another bid was chosen.")
    if withdrawn is not None:
        raise AwardEnded("This choice was withdrawn before any work began.")


@Kept
def _answers(milestone: UUID) -> QuerySet[Delivery, UUID | None]:
    deliveries = Delivery.objects.filter(milestone=milestone, returned=None)
    return deliveries.values_list("acceptance", flat=True)


@Kept
def _ends(award: UUID) -> QuerySet[Award, tuple[UUID | None, UUID | None, UUID | None]]:
    return Award.record.filter(pk=award).values_list("cancellation", "replaced_by", "withdrawal")


@Kept
def _deliveries(milestone: UUID) -> QuerySet[Delivery]:
    return Delivery.objects.filter(milestone=milestone).order_by("delivered_at")


def charge_until(milestone: Milestone, award: Award) -> datetime | None:
    """
    Return until when work that was handed over once, and sent back, may be handed over again and
    so charged; None where nothing was handed over yet, or finance allowed it without limit.
    """
    first = _deliveries.first(milestone.pk)
    if first is None or LateCharge.objects.filter(milestone=milestone).exists():
        return None
    return first.delivered_at + timedelta(days=award.job.policy.charging_days)


def _refuse_too_late(milestone: Milestone, *, award: Award, at: datetime) -> None:
    until = charge_until(milestone, award)
    if until is not None and at >= until:
        raise ChargedTooLate(
            f"This could be charged until {until:%d %B %Y, %H:%M} UTC. Ask finance to allow it."
        )


def _record(
    actor: User,
    kind: str,
    delivery: Delivery,
    *,
    award: Award,
    at: datetime,
    facts: dict[str, Fact],
) -> None:
    record(
        actor,
        kind,
        delivery,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={"milestone": str(delivery.milestone_id), **facts},
    )
