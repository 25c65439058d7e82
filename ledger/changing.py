"""Change orders: what a milestone costs changes when both sides have said yes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.charging import money, promised_minor
from ledger.delivering import refuse_unsettled
from ledger.models.awards import Award, ChangeOrder, Milestone
from ledger.models.signatures import ChangeSignature
from ledger.permissions import (
    may_agree,
    may_commit_department,
    may_commit_provider,
    may_sign,
)
from ledger.promising import adjust_promise
from ledger.signing import is_large
from ledger.standstill import refuse_standing_still
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.money import Money
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class NothingChanges(Refusal):
    """A change adds something or takes something away, in the award's currency."""

    code = "nothing_changes"
    field = "difference"


class PriceBelowZero(Refusal):
    """A milestone costs nothing at least."""

    code = "price_below_zero"
    field = "difference"


class AlreadyAgreed(Refusal):
    """A change is agreed once."""

    code = "already_agreed"


class SecondSignatureMissing(Refusal):
    """A large change is signed by a second head before it is agreed."""

    code = "second_signature_missing"


class NoSignatureNeeded(Refusal):
    """A small change needs no second head."""

    code = "no_signature_needed"


class AlreadySigned(Refusal):
    """One second signature is enough."""

    code = "already_signed"


@transaction.atomic(savepoint=False)
def propose_change(
    *, actor: User, milestone_id: UUID, difference: Money, reason: str, at: datetime
) -> ChangeOrder:
    """
    Propose that a milestone costs more, or less. It counts once the other side agrees: the
    provider's lead to what a head proposes, a head to what the lead proposes.

    :raises Unknown: the actor cannot see the milestone.
    :raises Forbidden: the actor binds neither side.
    :raises NothingChanges, PriceBelowZero, ReasonMissing: the rules say no.
    :raises MilestoneAccepted, DeliveryWaiting, AwardEnded: it is too late for this milestone.
    :raises StandstillRuns, ObjectionOpen: it is too early.
    """
    milestone = Milestone.objects.visible_to(actor).one(milestone_id)
    award = Award.objects.visible_to(actor).lock(milestone.award_id)
    require(may_commit_department(actor, award) or may_commit_provider(actor, award))
    refuse_unsettled(milestone)
    refuse_standing_still(award, at=at)
    _refuse_impossible(milestone, award=award, difference=difference)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what changed.")

    change = ChangeOrder.objects.create(
        award=award,
        milestone=milestone,
        difference_minor=difference.minor,
        reason=keep(reason.strip(), at=at),
        proposed_by=actor,
        proposed_at=at,
    )
    _record(actor, "change.proposed", change, award=award, at=at)
    if may_commit_provider(actor, award):
        asked = people_of_department(award.department, Role.HEAD)
    else:
        asked = people_of_provider(award.provider, Role.LEAD)
    tell(
        "change.proposed",
        recipients=asked,
        text=f"A change of {difference} is proposed for “{milestone.title}”: {reason.strip()}",
        because="it needs your yes",
        at=at,
        job=award.job,
        subject=change,
    )
    return change


@transaction.atomic(savepoint=False)
def agree_change(*, actor: User, change_id: UUID, at: datetime) -> ChangeOrder:
    """
    Agree to a change that the other side proposed. The promise grows or shrinks with it, the fee
    included.

    :raises Unknown: the actor cannot see the change.
    :raises Forbidden: the actor does not bind the side that is asked.
    :raises AlreadyAgreed, PriceBelowZero, MilestoneAccepted, DeliveryWaiting, AwardEnded,
        SecondSignatureMissing: the rules say no.
    :raises InsufficientFunds: the department cannot pay more.
    """
    change = ChangeOrder.objects.visible_to(actor).select_related("milestone").one(change_id)
    award = Award.objects.visible_to(actor).lock(change.award_id)
    require(may_agree(actor, change, award), "The other side agrees to this change.")
    # Read before the lock, it may have been agreed to meanwhile.
    change.refresh_from_db(fields=["agreed_at", "agreed_by"])
    if change.agreed_at is not None:
        raise AlreadyAgreed("This change was agreed before.")
    refuse_unsettled(change.milestone)
    difference = money(award, change.difference_minor)
    _refuse_impossible(change.milestone, award=award, difference=difference)

    _refuse_unsigned(change, award=award, actor=actor)

    before = promised_minor(award)
    change.agreed_by, change.agreed_at = actor, at
    change.save(update_fields=["agreed_by", "agreed_at"])
    adjust_promise(
        actor=actor,
        award=award,
        source=change.pk,
        before=before,
        after=before + difference.minor,
        at=at,
    )
    _record(actor, "change.agreed", change, award=award, at=at)
    tell(
        "change.agreed",
        recipients=[
            *people_of_department(award.department),
            *people_of_provider(award.provider),
        ],
        text=f"A change of {difference} was agreed for “{change.milestone.title}”.",
        because="it is your work, or your department's job",
        at=at,
        job=award.job,
        subject=change,
    )
    return change


@transaction.atomic(savepoint=False)
def sign_change(*, actor: User, change_id: UUID, at: datetime) -> ChangeSignature:
    """
    Sign a change that is large, as the second head of the department's side. Both sides agree to
    it all the same.

    :raises Unknown: the actor cannot see the change.
    :raises Forbidden: the actor is no head of the department or above it, or proposed the change.
    :raises AlreadyAgreed, AlreadySigned, NoSignatureNeeded: the rules say no.
    """
    change = ChangeOrder.objects.visible_to(actor).select_related("milestone").one(change_id)
    award = Award.objects.visible_to(actor).lock(change.award_id)
    require(may_sign(actor, change, award), "Another head of the department signs this.")
    change.refresh_from_db(fields=["agreed_at", "agreed_by"])
    if change.agreed_at is not None:
        raise AlreadyAgreed("This change was agreed before.")
    if ChangeSignature.objects.filter(change=change).exists():
        raise AlreadySigned("A second head signed this before.")
    if not is_large(change, award):
        raise NoSignatureNeeded("This change is small enough for one head.")

    signature = ChangeSignature.objects.create(change=change, signed_by=actor, signed_at=at)
    _record(actor, "change.signed", change, award=award, at=at)
    tell(
        "change.signed",
        recipients=[
            *people_of_department(award.department, Role.HEAD),
            *people_of_provider(award.provider, Role.LEAD),
        ],
        text=f"{actor.name} signed the change of {money(award, change.difference_minor)} for"
        f" “{change.milestone.title}”. It can be agreed now.",
        because="it waited for a second signature",
        at=at,
        job=award.job,
        subject=change,
    )
    return signature


def _refuse_unsigned(change: ChangeOrder, *, award: Award, actor: User) -> None:
    # Another system's record says what was agreed there, and by whom is not in it.
    if actor.is_system or not is_large(change, award):
        return
    signature = ChangeSignature.objects.filter(change=change).first()
    # Two heads: who agrees for the department is another than who signed.
    if signature is None or signature.signed_by_id == actor.pk:
        percent = award.job.policy.large_change_basis_points / 100
        raise SecondSignatureMissing(
            f"With this, changes add more than {percent:g} % to the price. A second head of"
            f" {award.department} signs it first."
        )


def _refuse_impossible(milestone: Milestone, *, award: Award, difference: Money) -> None:
    if not difference or difference.currency != award.currency:
        raise NothingChanges(f"Add or take away an amount in {award.currency}.")
    price = money(award, milestone.agreed_minor())
    if (price + difference).minor < 0:
        raise PriceBelowZero(f"The milestone costs {price}; no more can be taken away.")


def _record(actor: User, kind: str, change: ChangeOrder, *, award: Award, at: datetime) -> None:
    record(
        actor,
        kind,
        change,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "milestone": str(change.milestone_id),
            "difference_minor": change.difference_minor,
            "currency": award.currency,
            "reason_digest": bytes(change.reason.digest).hex(),
        },
    )
