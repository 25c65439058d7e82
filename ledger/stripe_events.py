"""
What Stripe announces: taken at once, worked later. An event says only what to read again, so that
late, doubled and shuffled ones end in the same books.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from ledger.models.payees import Payee, PayMethod
from ledger.models.payouts import Payout, PayoutStep, StepKind
from ledger.models.stripe import StripeEvent
from ledger.payees import read_account
from ledger.payout_noting import note_bank_payout, note_transfer
from ledger.payout_states import hold
from ledger.permissions import may_send
from ledger.recovering import hold_vendor
from ledger.stripe_gateway import announced, gateway, is_connected, is_live
from ledger.topping_up import note_top_up
from marketplace.compiled import Kept
from marketplace.models.people import User
from marketplace.refusals import Refusal, require


class Unexpected(Refusal):
    """Without a key nothing is expected from Stripe."""

    code = "no_stripe"


@transaction.atomic(savepoint=False)
def take_event(*, body: bytes, signature: str, at: datetime) -> bool:
    """
    Take what Stripe announced, if it signed these very bytes just now; whether it is news. What
    is not of our key's mode, live or for trying, is none.

    :raises NotFromStripe, Unexpected: the rules say no.
    """
    if not is_connected():
        raise Unexpected("Nothing is expected from Stripe here.")
    said = announced(body, signature, at=at)
    # An address for live accounts hears of those for trying, too: another key's, and not ours.
    if said.is_live != is_live() or _known.exists(said.id):
        return False
    _, is_new = StripeEvent.objects.get_or_create(
        id=said.id,
        defaults={
            "kind": said.kind[:100],
            "account": said.account[:100],
            "object_id": said.object_id[:100],
            "announced_at": said.created_at,
            "received_at": at,
        },
    )
    return is_new


@Kept
def _known(id: str) -> QuerySet[StripeEvent]:
    return StripeEvent.objects.filter(pk=id)


def work_event(*, actor: User, event_id: str, at: datetime) -> None:
    """
    Read again what an event is about, and note it. What fails is tried again.

    :raises Forbidden: only the clock works events.
    """
    require(may_send(actor))
    event = _known.first(event_id)
    assert event is not None
    try:
        _work(actor, event, at=at)
    except Exception as fault:
        said = f"{type(fault).__name__}: {fault}"[:500]
        StripeEvent.objects.filter(pk=event_id).update(tried=F("tried") + 1, fault=said)
        raise
    StripeEvent.objects.filter(pk=event_id).update(worked_at=at)


def _work(actor: User, event: StripeEvent, *, at: datetime) -> None:
    subject = event.kind.split(".")[0]
    if subject == "transfer" and not event.account:
        read_transfer(actor=actor, transfer_id=event.object_id, at=at)
    elif subject == "payout" and event.account:
        read_bank_payout(actor=actor, account=event.account, id=event.object_id, at=at)
    elif subject == "topup" and not event.account:
        note_top_up(actor=actor, said=gateway().top_up_read(event.object_id), at=at)
    elif subject in ("account", "capability") and event.account:
        for payee_id in _payees(event.account):
            read_account(payee_id=payee_id, at=at)


def read_transfer(*, actor: User, transfer_id: str, at: datetime) -> None:
    """
    Read a transfer at Stripe and note what it says of one of our payouts.

    :raises Forbidden: only the clock notes what Stripe says.
    """
    require(may_send(actor))
    said = gateway().transfer_read(transfer_id)
    with transaction.atomic(savepoint=False):
        payouts = Payout.objects.filter(pk__in=[said.payout_id] if said.payout_id else [])
        payout = payouts.select_related("provider").first()
        if payout is None:
            return  # not ours: the reconciliation shows it
        hold_vendor(payout.provider_id)
        hold(payout.pk)
        sending = {"attempt": said.attempt, "kind": StepKind.SENDING}
        if PayoutStep.objects.filter(payout=payout, **sending).exists():
            note_transfer(payout=payout, made=said, actor=actor, at=at)


def read_bank_payout(*, actor: User, account: str, id: str, at: datetime) -> None:
    """
    Read a payout from a vendor's account to its bank, and note it for each of ours that is in it.

    :raises Forbidden: only the clock notes what Stripe says.
    """
    require(may_send(actor))
    port = gateway()
    said = port.bank_payout(account, id)
    payments = port.paid_in(account, id)
    ours = PayoutStep.objects.filter(
        kind=StepKind.SENT, detail__in=payments, payout__payee__reference=account
    )
    for payout_id in sorted(ours.values_list("payout_id", flat=True)):
        with transaction.atomic(savepoint=False):
            hold(payout_id)
            payout = Payout.objects.select_related("provider", "answer").get(pk=payout_id)
            note_bank_payout(payout=payout, said=said, actor=actor, at=at)


def poll_account(*, actor: User, payee_id: UUID, at: datetime) -> None:
    """
    Read all that an account of a vendor's may have announced without our hearing it.

    :raises Forbidden: only the clock polls.
    """
    require(may_send(actor))
    read_account(payee_id=payee_id, at=at)
    account = Payee.objects.get(pk=payee_id).reference
    # What is wanted back and did not come is at the bank, perhaps: it is read like any other.
    back = PayoutStep.objects.filter(payout=OuterRef("payout"), kind=StepKind.REVERSED)
    sent = PayoutStep.objects.filter(~Exists(back), kind=StepKind.SENT, payout__payee=payee_id)
    if not sent.exists():
        return
    own = PayoutStep.objects.filter(payout__payee=payee_id)
    paid = own.filter(kind=StepKind.PAID, payout=OuterRef("payout"))
    is_waiting = sent.filter(~Exists(paid)).exists()
    known = set(own.values_list("reference", "kind"))
    for said in gateway().bank_payouts(account):
        if not is_waiting and (said.id, said.status) in known:
            continue  # it is noted for all of ours, and says nothing new
        read_bank_payout(actor=actor, account=account, id=said.id, at=at)


def _payees(account: str) -> list[UUID]:
    found = Payee.objects.filter(method=PayMethod.STRIPE, reference=account)
    return list(found.order_by("-set_at").values_list("pk", flat=True)[:1])
