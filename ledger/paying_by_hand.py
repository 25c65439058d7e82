"""Payouts that finance makes by the company's bank program: the same entries, noted by people."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ledger import chart
from ledger.models.payees import Payee, PayMethod
from ledger.models.payouts import Payout, StepKind
from ledger.payee_facts import payee_facts
from ledger.payout_booking import book, note, record_step
from ledger.payout_noting import reverse
from ledger.payout_states import Standing, hold, standing, steps_of
from ledger.permissions import may_pay
from ledger.posting import EntryKind
from marketplace.models.people import User
from marketplace.refusals import Refusal, require


class NotByHand(Refusal):
    """This payout goes through Stripe, which says itself what became of it."""

    code = "not_by_hand"


class NotToBePaid(Refusal):
    """The payout is not approved, or was paid before."""

    code = "not_to_be_paid"


class NotPaid(Refusal):
    """What was not paid cannot come back."""

    code = "not_paid"


class DocumentMissing(Refusal):
    """A payment is known by the document of the bank."""

    code = "document_missing"
    field = "document"


class Frozen(Refusal):
    """How the vendor is paid was changed since the payout was approved."""

    code = "payee_frozen"
    field = "paid_on"


class NotThatDay(Refusal):
    """A payment is made between its approval and today."""

    code = "not_that_day"
    field = "paid_on"


@transaction.atomic(savepoint=False)
def note_paid_by_hand(
    *, actor: User, payout_id: UUID, document: str, at: datetime, paid_on: date | None = None
) -> Payout:
    """
    Note that the bank has paid an approved payout (entries 15 and 16 of the chart, from 1100).

    :param paid_on: the day of the payment; needed where how the vendor is paid was changed since.
    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises NotByHand, NotToBePaid, NotThatDay, Frozen, DocumentMissing: the rules say no.
    """
    payout, stands = _held(actor, payout_id)
    if stands.word != StepKind.APPROVED:
        raise NotToBePaid(f"This payout is {stands.word}.")
    if paid_on and not payout.answer.answered_at.date() <= paid_on <= at.date():
        raise NotThatDay("Give a day from the approval up to today.")
    facts = payee_facts(payout.provider_id)
    is_changed = facts is None or facts.payee.pk != payout.payee_id or facts.is_frozen(at)
    if is_changed and not _was_before(payout, paid_on):
        raise Frozen(
            f"How “{payout.provider}” is paid was changed. Do not pay it so. If the bank paid it"
            " before the change, give the day."
        )
    document = _known(document)
    _book(payout, stands.attempt, document, actor=actor, at=at, paid_on=paid_on)
    return payout


def _was_before(payout: Payout, paid_on: date | None) -> bool:
    """Whether a payment was made before another way to pay the vendor was said."""
    later = Payee.objects.filter(provider=payout.provider_id, set_at__gt=payout.payee.set_at)
    changed = later.order_by("set_at").values_list("set_at", flat=True).first()
    return paid_on is not None and changed is not None and paid_on < changed.date()


@transaction.atomic(savepoint=False)
def note_returned_by_hand(*, actor: User, payout_id: UUID, document: str, at: datetime) -> Payout:
    """
    Note that the bank gave a payment back: it is owed again (entry 18b, to 1100).

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises NotByHand, NotPaid, DocumentMissing: the rules say no.
    """
    payout, stands = _held(actor, payout_id)
    if not stands.is_paid or stands.word == StepKind.REVERSED:
        raise NotPaid(f"This payout is {stands.word}.")
    document = _known(document)
    reverse(
        payout=payout,
        attempt=stands.attempt,
        reference=document,
        cash=chart.BANK,
        actor=actor,
        at=at,
    )
    return payout


def _held(actor: User, payout_id: UUID) -> tuple[Payout, Standing]:
    payouts = Payout.objects.visible_to(actor).select_related("payee", "provider", "answer")
    payout = payouts.one(payout_id)
    require(may_pay(actor), "Finance notes what the bank did.")
    if payout.payee.method != PayMethod.BY_HAND:
        raise NotByHand("This payout goes through Stripe, which says itself what became of it.")
    hold(payout_id)
    return payout, standing(payout, steps_of(payout_id))


def _known(document: str) -> str:
    document = document.strip()
    if not document or len(document) > 60:
        raise DocumentMissing("Give the document by which the bank knows the payment.")
    return document


def _book(
    payout: Payout,
    attempt: int,
    document: str,
    *,
    actor: User,
    at: datetime,
    paid_on: date | None,
) -> None:
    note(payout=payout, attempt=attempt, kind=StepKind.SENDING, actor=actor, at=at)
    note(
        payout=payout,
        attempt=attempt,
        kind=StepKind.SENT,
        reference=document,
        actor=actor,
        at=at,
    )
    lines = [(chart.IN_TRANSIT, chart.BANK)]
    book(
        payout=payout,
        kind=EntryKind.PAYOUT_SENT,
        occurrence=str(attempt),
        accounts=lines,
        actor=actor,
        at=at,
    )
    note(
        payout=payout,
        attempt=attempt,
        kind=StepKind.PAID,
        reference=document,
        detail=f"paid on {paid_on:%d %B %Y}" if paid_on else "",
        actor=actor,
        at=at,
    )
    lines = [(chart.PAYOUT_IN_PROCESS, chart.IN_TRANSIT)]
    book(
        payout=payout,
        kind=EntryKind.PAYOUT_PAID,
        occurrence=str(attempt),
        accounts=lines,
        actor=actor,
        at=at,
    )
    record_step(actor=actor, kind="payout.paid", payout=payout, at=at)
