"""Calling awarded work off: one side offers to end it for a fee, the other agrees."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger import chart
from ledger.bearing import Share, shares, summed
from ledger.budgeting import Booking
from ledger.charging import (
    accepted_minor,
    clearing_lines,
    cost_lines,
    earned_by,
    money,
    promised_minor,
)
from ledger.delivering import DeliveryWaiting, refuse_ended
from ledger.models.awards import Award, Completion, Delivery
from ledger.models.cancellations import Cancellation, CancellationOffer
from ledger.permissions import may_agree_to_end, may_commit_department, may_commit_provider
from ledger.posting import BudgetMove, EntryKind, Line
from ledger.promising import commitments_of, post, rest_of
from ledger.standstill import refuse_standing_still
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.money import Money
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class WorkFinished(Refusal):
    """Work that is done is not called off; a charge can be contested."""

    code = "work_finished"


class FeeAboveRest(Refusal):
    """Calling work off costs no more than doing the rest of it."""

    code = "fee_above_rest"
    field = "fee"


class OfferReplaced(Refusal):
    """Only the newest offer counts."""

    code = "offer_replaced"


@transaction.atomic(savepoint=False)
def offer_cancellation(
    *, actor: User, award_id: UUID, fee: Money, reason: str, at: datetime
) -> CancellationOffer:
    """
    Offer to end the work where it stands, for a fee to the provider, perhaps nothing. It counts
    once the other side agrees; a newer offer, by whichever side, takes its place.

    :raises Unknown: the actor cannot see the award.
    :raises Forbidden: the actor binds neither side.
    :raises AwardEnded, WorkFinished, DeliveryWaiting, StandstillRuns, ObjectionOpen, FeeAboveRest,
        ReasonMissing: the rules say no.
    """
    award = Award.objects.visible_to(actor).lock(award_id)
    binds_provider = may_commit_provider(actor, award)
    require(may_commit_department(actor, award) or binds_provider)
    _refuse_ended(award)
    refuse_standing_still(award, at=at)
    _refuse_fee(award, fee)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why the work ends here.")

    offer = CancellationOffer.objects.create(
        award=award,
        fee_minor=fee.minor,
        reason=keep(reason.strip(), at=at),
        offered_by=actor,
        offered_at=at,
        by_provider=binds_provider,
    )
    _record(actor, "award.cancellation_offered", offer, award=award, at=at)
    asked = (
        people_of_department(award.department, Role.HEAD)
        if binds_provider
        else people_of_provider(award.provider, Role.LEAD)
    )
    tell(
        "award.cancellation_offered",
        recipients=asked,
        text=f"“{award.job.title}” would end here, for a fee of {fee}: {reason.strip()}",
        because="it needs your yes",
        at=at,
        job=award.job,
        subject=offer,
    )
    return offer


@transaction.atomic(savepoint=False)
def agree_cancellation(*, actor: User, offer_id: UUID, at: datetime) -> Cancellation:
    """
    Agree to end the work: the rest of the promise is free again, and the fee is charged (entries
    10 and 10b of the chart). The marketplace takes nothing of it.

    :raises Unknown: the actor cannot see the offer.
    :raises Forbidden: the actor does not bind the side that is asked.
    :raises AwardEnded, WorkFinished, DeliveryWaiting, OfferReplaced, FeeAboveRest: the rules
        say no.
    :raises InsufficientFunds: the budget lacks what the fee exceeds the promise by.
    """
    offer = CancellationOffer.objects.visible_to(actor).one(offer_id)
    award = Award.objects.visible_to(actor).lock(offer.award_id)
    require(may_agree_to_end(actor, offer, award), "The other side agrees to this.")
    _refuse_ended(award)
    newest = award.cancellation_offers.order_by("-offered_at").first()
    if newest != offer:
        raise OfferReplaced("A newer offer took the place of this one.")
    fee = money(award, offer.fee_minor)
    _refuse_fee(award, fee)

    ended = Cancellation.objects.create(award=award, offer=offer, agreed_by=actor, agreed_at=at)
    _book(award, fee, actor=actor, at=at)
    _record(actor, "award.cancelled", offer, award=award, at=at)
    tell(
        "award.cancelled",
        recipients=[
            *people_of_department(award.department),
            *people_of_provider(award.provider),
        ],
        text=f"“{award.job.title}” was called off by both sides, for a fee of {fee}.",
        because="it is your work, or your department's job",
        at=at,
        job=award.job,
        subject=award,
    )
    return ended


def _refuse_ended(award: Award) -> None:
    refuse_ended(award.pk)
    if Completion.objects.filter(award=award).exists():
        raise WorkFinished("The work is done. What is wrong with a charge can be contested.")
    if Delivery.objects.waiting().filter(milestone__award=award).exists():
        raise DeliveryWaiting("What was delivered is accepted or sent back first.")


def _refuse_fee(award: Award, fee: Money) -> None:
    rest = money(award, promised_minor(award) - accepted_minor(award))
    if fee.currency != award.currency or fee.minor < 0 or fee > rest:
        raise FeeAboveRest(f"Agree on nothing, or up to the {rest} that is not done yet.")


def _book(award: Award, fee: Money, *, actor: User, at: datetime) -> None:
    accepted = accepted_minor(award)
    borne = tuple(
        Share(share.department, share.account, share.cost, Money(0, share.cost.currency))
        for share in shares(award, accepted, accepted + fee.minor)
    )
    paying = [each.budget_line_id for each in commitments_of(award=award, actor=actor, at=at)]
    charged = [
        Booking(budget_moves=(BudgetMove(line, charged=share.cost.minor),))
        for share, line in zip(borne, paying, strict=True)
    ]
    earned = earned_by(award, None)
    post(
        award=award,
        actor=actor,
        kind=EntryKind.CANCELLED,
        source=award.pk,
        at=at,
        bookings=[*rest_of(award=award, actor=actor, at=at), *charged],
        lines=[
            *cost_lines(award, borne, paying, None),
            *clearing_lines(award, fee, summed(borne).cost, None),
            Line.credit(chart.earning_account(award.provider), fee, **earned),
        ],
    )


def _record(
    actor: User, kind: str, offer: CancellationOffer, *, award: Award, at: datetime
) -> None:
    record(
        actor,
        kind,
        offer,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "fee_minor": offer.fee_minor,
            "currency": award.currency,
            "reason_digest": bytes(offer.reason.digest).hex(),
        },
    )
