"""Taking a payout back: before it is sent by a word, afterwards by a reversal at Stripe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.models.payouts import PartWanted, Payout, SendBack, StepKind
from ledger.owing import receivable_from
from ledger.payout_booking import left_of, note, record_step
from ledger.payout_noting import note_transfer, refuse
from ledger.payout_states import hold, standing, steps_of
from ledger.permissions import may_pay, may_send
from ledger.recovering import hold_vendor
from ledger.stripe_gateway import gateway
from ledger.stripe_words import Refused, Transfer, Unclear
from marketplace.models.events import Notice
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.notices import holders, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class AlreadyUnderWay(Refusal):
    """What is being sent is not held back by a word."""

    code = "already_under_way"


class MoreThanOwedBack(Refusal):
    """A part is taken back of what the vendor owes back, and no more."""

    code = "more_than_owed_back"
    field = "amount"


class NothingToTakeBack(Refusal):
    """Only money that Stripe has moved is taken back."""

    code = "nothing_to_take_back"


@transaction.atomic(savepoint=False)
def recall_payout(*, actor: User, payout_id: UUID, reason: str, at: datetime) -> Payout:
    """
    Take an approved payout back before it is sent (entry 17): what it was for is owed again.

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises AlreadyUnderWay, ReasonMissing: the rules say no.
    """
    payout = Payout.objects.visible_to(actor).select_related("provider", "answer").one(payout_id)
    require(may_pay(actor), "Finance looks after payouts.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    hold(payout_id)
    stands = standing(payout, steps_of(payout_id))
    if stands.word != StepKind.APPROVED:
        raise AlreadyUnderWay(f"This payout is {stands.word}.")
    note(
        payout=payout,
        attempt=stands.attempt,
        kind=StepKind.SENDING,
        detail="not sent",
        actor=actor,
        at=at,
    )
    refuse(
        payout=payout,
        attempt=stands.attempt,
        text=f"taken back: {reason.strip()}",
        actor=actor,
        at=at,
    )
    return payout


@transaction.atomic(savepoint=False)
def want_back(*, actor: User, payout_id: UUID, reason: str, at: datetime) -> SendBack:
    """
    Have a transfer reversed: the clock asks Stripe, and books it when it is done (entry 18b).

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises NothingToTakeBack, ReasonMissing: the rules say no.
    """
    payout = (
        Payout.objects.visible_to(actor)
        .select_related("provider", "answer", "payee")
        .one(payout_id)
    )
    require(may_pay(actor), "Finance looks after payouts.")
    hold(payout_id)
    before = SendBack.objects.filter(payout=payout).first()
    if before is not None:
        return before
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    stands = standing(payout, steps_of(payout_id))
    if not stands.transfer.startswith("tr_") or stands.word == StepKind.REVERSED:
        raise NothingToTakeBack(f"This payout is {stands.word}.")
    wanted = SendBack.objects.create(
        payout=payout, reason=keep(reason.strip(), at=at), wanted_by=actor, wanted_at=at
    )
    record_step(actor=actor, kind="payout.wanted_back", payout=payout, at=at)
    return wanted


@transaction.atomic(savepoint=False)
def want_part_back(
    *, actor: User, part_id: UUID, payout_id: UUID, amount: Money, reason: str, at: datetime
) -> PartWanted:
    """
    Have a part of a transfer reversed, for what the vendor owes back after a credit (entry 12c).

    :param part_id: names the wish; the same one again asks for nothing more.
    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises NothingToTakeBack, MoreThanOwedBack, AlreadyUnderWay, ReasonMissing: the rules say no.
    """
    payout = Payout.objects.visible_to(actor).select_related("provider", "answer").one(payout_id)
    require(may_pay(actor), "Finance looks after payouts.")
    hold_vendor(payout.provider_id)
    hold(payout_id)
    before = PartWanted.objects.filter(pk=part_id, payout=payout).first()
    if before is not None:
        return before
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    stands = standing(payout, steps_of(payout_id))
    if not stands.transfer.startswith("tr_") or stands.word == StepKind.REVERSED:
        raise NothingToTakeBack(f"This payout is {stands.word}.")
    wanted = SendBack.objects.filter(payout=payout).exists()
    if wanted or PartWanted.objects.filter(payout=payout, back=None).exists():
        raise AlreadyUnderWay("Stripe is being asked for some of it. Wait for its answer.")
    owed = Money(receivable_from(payout.provider_id, payout.currency), payout.currency)
    left = left_of(payout)
    if amount.currency != payout.currency or not 0 < amount.minor <= min(owed.minor, left.minor):
        raise MoreThanOwedBack(
            f"“{payout.provider}” owes {owed} back, and {left} were sent with this payout."
        )
    if amount == left:
        raise MoreThanOwedBack("That is all of it: have the payout reversed.")
    part = PartWanted.objects.create(
        id=part_id,
        payout=payout,
        amount_minor=amount.minor,
        reason=keep(reason.strip(), at=at),
        wanted_by=actor,
        wanted_at=at,
    )
    record_step(actor=actor, kind="payout.part_wanted_back", payout=payout, at=at)
    return part


def reverse_part_wanted(*, actor: User, part_id: UUID, at: datetime) -> bool:
    """
    Ask Stripe to reverse a part that finance wants back, having looked whether it did so before.

    :raises Forbidden: only the clock asks. :raises NoStripe: no key is set.
    """
    require(may_send(actor))
    wanted = PartWanted.objects.select_related("payout__provider", "payout__answer").get(pk=part_id)
    payout = wanted.payout
    transfer = standing(payout, steps_of(payout.pk)).transfer
    port = gateway()
    try:
        read = port.transfer_read(transfer)
        if part_id not in {back.wanted_id for back in read.reversals}:
            amount = Money(wanted.amount_minor, payout.currency)
            port.reverse_part(transfer, amount=amount, wanted_id=part_id)
            read = port.transfer_read(transfer)
    except Refused as refused:
        _tell_once(payout, refused, at=at)
        return False
    except Unclear:
        return False  # the next time it is read first
    _note(payout, read, actor=actor, at=at)
    return True


def reverse_wanted(*, actor: User, payout_id: UUID, at: datetime) -> bool:
    """
    Ask Stripe to reverse a transfer that finance wants back, and note what it says.

    :raises Forbidden: only the clock asks. :raises NoStripe: no key is set.
    """
    require(may_send(actor))
    payout = Payout.objects.select_related("provider", "answer").get(pk=payout_id)
    transfer = standing(payout, steps_of(payout_id)).transfer
    port = gateway()
    try:
        before = port.transfer_read(transfer)
        if before.reversed_minor < before.amount.minor:
            port.reverse(transfer, key=f"reversal-{payout_id}")
        read = port.transfer_read(transfer)
    except Refused as refused:
        _tell_once(payout, refused, at=at)
        return False
    except Unclear:
        return False  # the next time it is read first
    _note(payout, read, actor=actor, at=at)
    return True


@transaction.atomic(savepoint=False)
def _note(payout: Payout, read: Transfer, *, actor: User, at: datetime) -> None:
    hold_vendor(payout.provider_id)
    hold(payout.pk)
    note_transfer(payout=payout, made=read, actor=actor, at=at)


def _tell_once(payout: Payout, refused: Refused, *, at: datetime) -> None:
    kind = "payout.not_back"
    if Notice.objects.filter(kind=kind, subject_id=payout.pk).exists():
        return
    tell(
        kind,
        recipients=holders(Office.FINANCE),
        text=f"Stripe does not give the transfer to “{payout.provider}” back: {refused}",
        because="finance pays vendors",
        at=at,
        subject=payout,
    )
