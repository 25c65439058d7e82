"""Accepting work that was handed over, which charges it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ledger.charging import charge_department, money
from ledger.models.awards import Acceptance, Award, Completion, Delivery, Milestone
from ledger.permissions import may_accept, may_accept_by_silence
from ledger.promising import release_rest
from ledger.recovering import recover
from ledger.retention import keep_back
from ledger.showback import is_shown
from marketplace.compiled import Kept
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import Refusal, require
from marketplace.rows import insert


class AlreadyAccepted(Refusal):
    """A delivery is accepted once."""

    code = "already_accepted"


class AlreadyReturned(Refusal):
    """What was sent back is delivered anew, not accepted."""

    code = "already_returned"


class NotSilentYet(Refusal):
    """Silence is acceptance only after the days that were said beforehand."""

    code = "not_silent_yet"


@transaction.atomic(savepoint=False)
def accept_delivery(
    *, actor: User, delivery_id: UUID, at: datetime, by_silence: bool = False
) -> Acceptance:
    """
    Accept a delivery, and charge the department for it in the same moment. With the last
    milestone the rest of the promise is free again, and both sides are asked to rate.

    :param by_silence: nobody answered in time; the clock accepts.
    :raises Unknown: the actor cannot see the delivery.
    :raises Forbidden: it is not the actor's to accept.
    :raises AlreadyAccepted, AlreadyReturned, NotSilentYet: the rules say no.
    :raises InsufficientFunds, PeriodClosed: it cannot be booked.
    """
    delivery = Delivery.objects.visible_to(actor).select_related("milestone").one(delivery_id)
    award = Award.objects.visible_to(actor).lock(delivery.milestone.award_id)
    require(may_accept_by_silence(actor) if by_silence else may_accept(actor, award))
    # Whoever has come to stand on both sides does not say yes to their own work.
    own = delivery.delivered_by_id == actor.pk and not actor.is_system
    require(not own, "Somebody else accepts what you delivered.")
    refuse_answered(delivery)
    if by_silence and at < delivery.silent_at:
        raise NotSilentYet(f"The department has until {delivery.silent_at:%d %B %Y, %H:%M} UTC.")

    acceptance = insert(
        Acceptance(
            delivery=delivery,
            milestone=delivery.milestone,
            accepted_by=actor,
            accepted_at=at,
            by_silence=by_silence,
        )
    )
    kept = charge_department(actor=actor, acceptance=acceptance, award=award, at=at)
    keep_back(milestone=delivery.milestone, award=award, amount=kept, at=at)
    recover(
        actor=actor,
        award=award,
        milestone_id=delivery.milestone_id,
        source=delivery.pk,
        at=at,
    )
    _record(acceptance, award=award, actor=actor, at=at)
    if not _unaccepted.exists(award.pk):
        _complete(award, actor=actor, at=at)
    _tell(acceptance, award=award, at=at)
    return acceptance


def refuse_answered(delivery: Delivery) -> None:
    """:raises AlreadyAccepted, AlreadyReturned: it was answered. Call it under the lock."""
    ((acceptance, returned),) = _answers.all(delivery.pk)
    if acceptance is not None:
        raise AlreadyAccepted("This delivery was accepted before.")
    if returned is not None:
        raise AlreadyReturned("This delivery was returned; wait for the next one.")


@Kept
def _answers(delivery: UUID) -> QuerySet[Delivery, tuple[UUID | None, UUID | None]]:
    return Delivery.objects.filter(pk=delivery).values_list("acceptance", "returned")


@Kept
def _unaccepted(award: UUID) -> QuerySet[Milestone]:
    return Milestone.objects.filter(award=award, acceptance=None)


def _complete(award: Award, *, actor: User, at: datetime) -> None:
    """Free the rest of the promise, and ask both sides to rate."""
    insert(Completion(award=award, completed_at=at))
    release_rest(actor=actor, award=award, at=at)
    record(
        actor,
        "award.completed",
        award,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
    )
    until = at + timedelta(days=award.job.policy.rating_days)
    tell(
        "award.completed",
        recipients=[
            *people_of_department(award.department),
            *people_of_provider(award.provider, Role.LEAD),
        ],
        text=f"“{award.job.title}” is finished. Rate the other side until {until:%d %B %Y}.",
        because="you worked together",
        at=at,
        job=award.job,
        subject=award,
    )


def _record(acceptance: Acceptance, *, award: Award, actor: User, at: datetime) -> None:
    delivery = acceptance.delivery
    record(
        actor,
        "delivery.accepted",
        delivery,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "milestone": str(delivery.milestone_id),
            "amount_minor": delivery.amount_minor,
            "currency": award.currency,
            "by_silence": int(acceptance.by_silence),
        },
    )


def _tell(acceptance: Acceptance, *, award: Award, at: datetime) -> None:
    delivery = acceptance.delivery
    how = "by silence " if acceptance.by_silence else ""
    amount = money(award, delivery.amount_minor)
    became = "shown, not charged" if is_shown(award) else "charged"
    tell(
        "delivery.accepted",
        recipients=[
            *people_of_provider(award.provider),
            *people_of_department(award.department),
        ],
        text=f"“{delivery.milestone.title}” was accepted {how}and {became}: {amount}.",
        because="it is your work, or your department's job",
        at=at,
        job=award.job,
        subject=delivery,
    )
