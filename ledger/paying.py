"""
Sending what is approved, and noting what Stripe says of it. An attempt is written down before
Stripe is asked, and asked under a name of its own; no lock is held meanwhile.

Whatever is noted here may be noted in any order and any number of times: steps are taken once, and
entries are booked once for a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ledger.models.payouts import Payout, PayoutStep, StepKind
from ledger.payee_facts import payee_facts
from ledger.payout_booking import note, record_step
from ledger.payout_noting import note_transfer, refuse
from ledger.payout_states import REMEMBERED, amount_of, hold, standing, steps_of
from ledger.permissions import may_pay, may_send
from ledger.recovering import hold_vendor
from ledger.stripe_gateway import answering_a_person, gateway
from ledger.stripe_words import Refused, Transfer, Unclear
from marketplace.models.events import Notice
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.notices import holders, tell
from marketplace.refusals import Refusal, require

PATIENCE = timedelta(minutes=2)  # after that, whoever was sending is not coming back


class NotUnknown(Refusal):
    """It is clear what became of it."""

    code = "not_unknown"


class TooEarly(Refusal):
    """Stripe may still have it on the way."""

    code = "too_early"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What Stripe is to be asked for."""

    payout_id: UUID
    number: int
    amount: Money
    destination: str


def send_payout(*, actor: User, payout_id: UUID, at: datetime) -> bool:
    """
    Send an approved payout (entries 15 or 17 of the chart), or find out what became of one that
    nobody heard of again. Return whether it is clear now.

    :raises Forbidden: only the clock sends. :raises NoStripe: no key is set.
    """
    require(may_send(actor))
    port = gateway()
    attempt, is_new = _take(actor, payout_id, at=at)
    if attempt is None:
        return False
    if not is_new and not _is_remembered(attempt, at=at):
        _tell_unknown(attempt, at=at)  # before it is looked up: Stripe may refuse even that
    if not is_new and (found := _found(attempt)) is not None:
        return _conclude(actor, attempt, found, at=at)
    if not is_new and not _is_remembered(attempt, at=at):
        return False
    try:
        made = port.transfer(
            amount=attempt.amount,
            destination=attempt.destination,
            payout_id=attempt.payout_id,
            attempt=attempt.number,
        )
    except Refused as refused:
        return _conclude(actor, attempt, refused, at=at)
    except Unclear as unclear:
        _unknown(actor, attempt, str(unclear), at=at)
        return False
    return _conclude(actor, attempt, made, at=at)


@transaction.atomic(savepoint=False)
def _take(actor: User, payout_id: UUID, *, at: datetime) -> tuple[Attempt | None, bool]:
    """Write down that an attempt is being sent. The second answer: whether nobody did before."""
    hold(payout_id)
    payout = Payout.objects.select_related("payee", "provider", "answer").get(pk=payout_id)
    stands = standing(payout, steps_of(payout_id))
    attempt = Attempt(payout.pk, stands.attempt, amount_of(payout), payout.payee.reference)
    if stands.word == StepKind.UNKNOWN:
        return attempt, False
    if stands.word == StepKind.SENDING:
        return (attempt if at - stands.since_at >= PATIENCE else None), False
    if stands.word != StepKind.APPROVED or not _may_go(payout, at=at):
        return None, False
    note(payout=payout, attempt=stands.attempt, kind=StepKind.SENDING, actor=actor, at=at)
    return attempt, True


def _may_go(payout: Payout, *, at: datetime) -> bool:
    """Whether nothing about the payee has changed since it was approved."""
    facts = payee_facts(payout.provider_id)
    return (
        facts is not None
        and facts.payee.pk == payout.payee_id
        and not facts.is_by_hand
        and not facts.is_frozen(at)
    )


def _found(attempt: Attempt) -> Transfer | None:
    """Look an attempt up at Stripe. :raises Unclear: Stripe does not answer."""
    made = gateway().transfers_of(attempt.payout_id)
    return next((each for each in made if each.attempt == attempt.number), None)


def _is_remembered(attempt: Attempt, *, at: datetime) -> bool:
    """Whether Stripe still knows the attempt by its name, so that it cannot be made twice."""
    return at - _begun(attempt) < REMEMBERED


def _begun(attempt: Attempt) -> datetime:
    """Return when an attempt was first sent."""
    facts = {"payout": attempt.payout_id, "attempt": attempt.number}
    return PayoutStep.objects.get(kind=StepKind.SENDING, **facts).happened_at


@transaction.atomic(savepoint=False)
def _unknown(actor: User, attempt: Attempt, text: str, *, at: datetime) -> None:
    hold(attempt.payout_id)
    payout = Payout.objects.select_related("provider").get(pk=attempt.payout_id)
    kinds = {step.kind for step in steps_of(payout.pk) if step.attempt == attempt.number}
    if not kinds & {StepKind.UNKNOWN, StepKind.SENT, StepKind.REFUSED}:
        note(
            payout=payout,
            attempt=attempt.number,
            kind=StepKind.UNKNOWN,
            detail=text,
            actor=actor,
            at=at,
        )
        record_step(actor=actor, kind="payout.unknown", payout=payout, at=at)


@transaction.atomic(savepoint=False)
def _tell_unknown(attempt: Attempt, *, at: datetime) -> None:
    """Tell finance, once for each attempt, that what became of it is theirs to find out."""
    hold(attempt.payout_id)
    payout = Payout.objects.select_related("provider").get(pk=attempt.payout_id)
    begun = _begun(attempt)
    kind = "payout.unknown"
    if Notice.objects.filter(kind=kind, subject_id=payout.pk, told_at__gt=begun).exists():
        return
    tell(
        kind,
        recipients=holders(Office.FINANCE),
        text=f"For 20 hours Stripe has not said what became of {attempt.amount} to"
        f" “{payout.provider}”. It is not sent again by itself. Look there, and say so if it was"
        " not sent.",
        because="finance pays vendors",
        at=at,
        subject=payout,
    )


@transaction.atomic(savepoint=False)
def _conclude(actor: User, attempt: Attempt, outcome: Transfer | Refused, *, at: datetime) -> bool:
    """Note what is certain of an attempt, and book it."""
    payout = Payout.objects.select_related("provider").get(pk=attempt.payout_id)
    hold_vendor(payout.provider_id)
    hold(attempt.payout_id)
    if isinstance(outcome, Refused):
        refuse(
            payout=payout,
            attempt=attempt.number,
            text=f"{outcome.code}: {outcome}",
            actor=actor,
            at=at,
        )
        return True
    note_transfer(payout=payout, made=outcome, actor=actor, at=at)
    return True


def declare_not_sent(*, actor: User, payout_id: UUID, at: datetime) -> bool:
    """
    Say, after 20 hours and having looked at Stripe once more, that an unknown attempt was not
    made: what it was for is owed again. Return False where Stripe has it after all; then it is
    noted as sent.

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises NotUnknown, TooEarly, NoStripe: the rules say no. :raises StripeSilent, StripeRefused:
        Stripe does.
    """
    payout = Payout.objects.visible_to(actor).select_related("payee", "answer").one(payout_id)
    require(may_pay(actor), "Finance looks after payouts.")
    stands = standing(payout, steps_of(payout_id))
    if stands.word not in (StepKind.UNKNOWN, StepKind.SENDING):
        raise NotUnknown("It is clear what became of this payout.")
    attempt = Attempt(payout.pk, stands.attempt, amount_of(payout), payout.payee.reference)
    if _is_remembered(attempt, at=at):
        raise TooEarly("Stripe may still answer. After 20 hours this is yours to say.")
    with answering_a_person():
        found = _found(attempt)
    outcome = found or Refused("not_sent", f"{actor.name} looked at Stripe: it was not sent")
    _conclude(actor, attempt, outcome, at=at)
    return found is None
