"""Bringing money from the company's bank to its balance at Stripe, before payouts need it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger import chart
from ledger.models.stripe import TopUp as TopUpWanted
from ledger.models.stripe import TopUpStep
from ledger.permissions import may_pay, may_send
from ledger.posting import EntryKind, Line, post_entry
from ledger.stripe_gateway import gateway, is_connected
from ledger.stripe_words import Refused, TopUp, Unclear
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.notices import holders, tell
from marketplace.refusals import Refusal, require

TAKEN, ARRIVED, REFUSED, RETURNED = "taken", "arrived", "refused", "returned"


class NothingBrought(Refusal):
    """A top-up brings something."""

    code = "nothing_brought"
    field = "amount"


class WithoutStripe(Refusal):
    """Without a key of Stripe there is no balance to top up."""

    code = "no_stripe"


def in_the_balance(*, actor: User) -> list[Money]:
    """Return what Stripe can send now, by currency, for finance; nothing where it does not say."""
    if not (may_pay(actor) and is_connected()):
        return []
    try:
        return gateway().available()
    except (Refused, Unclear):
        return []


@transaction.atomic(savepoint=False)
def ask_top_up(*, actor: User, top_up_id: UUID, amount: Money, at: datetime) -> TopUpWanted:
    """
    Ask for the balance at Stripe to be topped up from the company's bank. It is booked when it
    arrives (entry 13 of the chart).

    :param top_up_id: names the top-up; the same one again brings nothing more.
    :raises Forbidden: the actor is not of finance. :raises NothingBrought, WithoutStripe: no.
    """
    require(may_pay(actor), "Finance tops the balance up.")
    if not is_connected():
        raise WithoutStripe("No key of Stripe is set: vendors are paid by hand, from the bank.")
    if amount.minor <= 0:
        raise NothingBrought("Bring more than zero.")
    wanted, is_new = TopUpWanted.objects.get_or_create(
        id=top_up_id,
        defaults={
            "currency": amount.currency,
            "amount_minor": amount.minor,
            "asked_by": actor,
            "asked_at": at,
        },
    )
    if is_new:
        _record(actor, "top_up.asked", wanted, at=at)
    return wanted


def send_top_up(*, actor: User, top_up_id: UUID, at: datetime) -> bool:
    """
    Ask Stripe for a top-up, once. One that nobody heard of again is looked up first.

    :raises Forbidden: only the clock asks. :raises NoStripe: no key is set.
    """
    require(may_send(actor))
    wanted = TopUpWanted.objects.get(pk=top_up_id)
    amount = Money(wanted.amount_minor, wanted.currency)
    port = gateway()
    try:
        known = [one for one in port.top_ups(since=wanted.asked_at) if one.top_up_id == top_up_id]
        said = known[0] if known else port.top_up(amount=amount, top_up_id=top_up_id)
    except Refused as refused:
        return _refused(actor, wanted, str(refused), at=at)
    except Unclear:
        return False  # the next time it is looked up first
    note_top_up(actor=actor, said=said, at=at)
    return True


def note_top_up_again(*, actor: User, top_up_id: UUID, at: datetime) -> bool:
    """
    Read a top-up that Stripe has taken on, and note what became of it.

    :raises Forbidden: only the clock notes what Stripe says.
    """
    require(may_send(actor))
    taken = TopUpStep.objects.filter(top_up=top_up_id, kind=TAKEN).first()
    if taken is None:
        return False
    note_top_up(actor=actor, said=gateway().top_up_read(taken.reference), at=at)
    return True


@transaction.atomic(savepoint=False)
def note_top_up(*, actor: User, said: TopUp, at: datetime) -> None:
    """
    Note what became of a top-up, and book it when it arrives, or is taken back.

    :raises Forbidden: only the clock notes what Stripe says.
    """
    require(may_send(actor))
    wanted = said.top_up_id and TopUpWanted.objects.filter(pk=said.top_up_id).first()
    if not wanted or Money(wanted.amount_minor, wanted.currency) != said.amount:
        return  # not asked for here: the reconciliation shows it
    _step(wanted, TAKEN, said, at=at)
    if said.status in ("failed", "canceled"):
        if _step(wanted, REFUSED, said, at=at):
            _tell_refused(wanted, said.failure, at=at)
        return
    if said.status in ("succeeded", "reversed") and _step(wanted, ARRIVED, said, at=at):
        lines = [(chart.STRIPE_BALANCE, chart.BANK)]
        _book(wanted, EntryKind.TOPPED_UP, lines, actor=actor, at=at)
    if said.status == "reversed" and _step(wanted, RETURNED, said, at=at):
        lines = [(chart.BANK, chart.STRIPE_BALANCE)]
        _book(wanted, EntryKind.TOP_UP_RETURNED, lines, actor=actor, at=at)


def _step(wanted: TopUpWanted, kind: str, said: TopUp, *, at: datetime) -> bool:
    _, is_new = TopUpStep.objects.get_or_create(
        top_up=wanted,
        kind=kind,
        defaults={"reference": said.id, "detail": said.failure, "happened_at": at},
    )
    return is_new


@transaction.atomic(savepoint=False)
def _refused(actor: User, wanted: TopUpWanted, text: str, *, at: datetime) -> bool:
    _, is_new = TopUpStep.objects.get_or_create(
        top_up=wanted, kind=REFUSED, defaults={"detail": text[:500], "happened_at": at}
    )
    if is_new:
        _record(actor, "top_up.refused", wanted, at=at)
        _tell_refused(wanted, text, at=at)
    return True


def _tell_refused(wanted: TopUpWanted, text: str, *, at: datetime) -> None:
    tell(
        "top_up.refused",
        recipients=holders(Office.FINANCE),
        text=f"The balance at Stripe was not topped up: {text or 'no reason given'}",
        because="finance pays vendors",
        at=at,
        subject=wanted,
    )


def _book(
    wanted: TopUpWanted,
    kind: EntryKind,
    accounts: list[tuple[str, str]],
    *,
    actor: User,
    at: datetime,
) -> None:
    amount = Money(wanted.amount_minor, wanted.currency)
    lines = [
        line
        for debit, credit in accounts
        for line in (Line.debit(debit, amount), Line.credit(credit, amount))
    ]
    post_entry(actor=actor, kind=kind, source=wanted.pk, at=at, lines=lines)
    _record(
        actor, f"top_up.{'arrived' if kind == EntryKind.TOPPED_UP else 'returned'}", wanted, at=at
    )


def _record(actor: User, kind: str, wanted: TopUpWanted, *, at: datetime) -> None:
    record(
        actor,
        kind,
        wanted,
        at=at,
        audience=Audience.COMPANY,
        facts={"amount_minor": wanted.amount_minor, "currency": wanted.currency},
    )
