"""
Settling what a vendor is owed: one of finance asks for a payout, and approves it up to the limit;
above it a second one does. Approving books it and puts it into the outbox, in one transaction.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger import chart
from ledger.models.payees import LimitKind
from ledger.models.payouts import Payout, PayoutAnswer, PayoutPart, PayoutStep, StepKind
from ledger.owing import receivable_from
from ledger.payability import (
    NothingOwed,
    jobs_of,
    locked_owed,
    parts_of,
    payable_payee,
    refuse_asked_for,
    refuse_beyond_day,
    refuse_changed,
    refuse_unowed,
)
from ledger.payee_facts import payout_limit
from ledger.payout_booking import about_part, book
from ledger.payout_states import amount_of, hold, standing, steps_of
from ledger.permissions import may_pay
from ledger.posting import EntryKind, Line, post_entry
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import Office, Role, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.notices import holders, people_of_provider, tell
from marketplace.refusals import Forbidden, ReasonMissing, Refusal, require
from marketplace.words import keep


class OwnPayout(Forbidden):
    """The second person is not the first."""

    code = "own_payout"


class AlreadyAnswered(Refusal):
    """A payout is approved or declined once."""

    code = "payout_answered"


class AskedDifferently(Refusal):
    """The same payout was asked for before, for another vendor."""

    code = "asked_differently"


class NotRefused(Refusal):
    """Another attempt is made after a definite refusal only."""

    code = "not_refused"


@transaction.atomic(savepoint=False)
def ask_payout(
    *, actor: User, payout_id: UUID, provider_id: UUID, currency: str, at: datetime
) -> Payout:
    """
    Ask for all to be paid that a vendor is owed now in a currency: neither contested nor kept
    back, less what it owes back. Up to the limit it is approved in the same moment.

    :param payout_id: names the payout; the same one again asks for nothing more.
    :raises Unknown: there is no such provider. :raises Forbidden: the actor is not of finance.
    :raises PayeeMissing, PayeeUnconfirmed, PayeeFrozen, PayeeNotReady, EditorOfPayee: of the payee.
    :raises AlreadyAskedFor, NothingOwed, AboveDailyLimit, AskedDifferently: the rules say no.
    """
    vendor = Provider.objects.visible_to(actor).one(provider_id)
    require(may_pay(actor), "Finance pays vendors.")
    owed = locked_owed(vendor.pk, currency)
    hold(payout_id)
    before = Payout.objects.filter(pk=payout_id).first()
    if before is not None:
        if (before.provider_id, before.currency) != (vendor.pk, currency):
            raise AskedDifferently("This payout was asked for before, for something else.")
        return before
    payee = payable_payee(actor=actor, vendor=vendor, at=at)
    refuse_asked_for(vendor.pk, currency)
    parts = parts_of(owed, receivable_from(vendor.pk, currency), payee, currency)
    total = sum(part.amount_minor for part in parts)
    if total <= 0:
        raise NothingOwed(f"“{vendor}” is owed nothing in {currency} that can be paid now.")
    limit = payout_limit(LimitKind.SIGNATURE, currency)
    payout = Payout.objects.create(
        id=payout_id,
        provider=vendor,
        payee=payee.payee,
        currency=currency,
        amount_minor=total,
        needs_signature=limit is None or total > limit.minor,
        asked_by=actor,
        asked_at=at,
    )
    for part in parts:
        part.payout = payout
    PayoutPart.objects.bulk_create(parts)
    _record(actor, "payout.asked", payout, at=at)
    if payout.needs_signature:
        _ask_for_signature(payout, at=at)
    else:
        _approve(payout, actor=actor, at=at)
    return payout


@transaction.atomic(savepoint=False)
def approve_payout(*, actor: User, payout_id: UUID, at: datetime) -> PayoutAnswer:
    """
    Approve a payout that another person of finance asked for: it is booked (entry 14 of the chart)
    and waits in the outbox.

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises OwnPayout, EditorOfPayee, AlreadyAnswered, NoLongerOwed, AboveDailyLimit: the rules
        say no; and those of the payee, as when it was asked for.
    """
    payout = _waiting(actor, payout_id)
    if payout.needs_signature and payout.asked_by_id == actor.pk:
        raise OwnPayout("You asked for it. Above the limit another person of finance approves.")
    payee = payable_payee(actor=actor, vendor=payout.provider, at=at)
    refuse_changed(payout, payee)
    return _approve(payout, actor=actor, at=at)


@transaction.atomic(savepoint=False)
def decline_payout(*, actor: User, payout_id: UUID, reason: str, at: datetime) -> PayoutAnswer:
    """
    Decline a payout, or take one's own back. What is owed stays owed.

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises AlreadyAnswered, ReasonMissing: the rules say no.
    """
    payout = _waiting(actor, payout_id)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    answer = PayoutAnswer.objects.create(
        payout=payout,
        is_approved=False,
        reason=keep(reason.strip(), at=at),
        answered_by=actor,
        answered_at=at,
    )
    _record(actor, "payout.declined", payout, at=at)
    tell(
        "payout.declined",
        recipients=[payout.asked_by],
        text=f"{actor.name} declined the payout to “{payout.provider}”: {reason.strip()}",
        because="you asked for it",
        at=at,
        subject=payout,
    )
    return answer


@transaction.atomic(savepoint=False)
def try_again(*, actor: User, payout_id: UUID, at: datetime) -> PayoutStep:
    """
    Make another attempt, under a new name, after Stripe definitely refused the last one.

    :raises Unknown: there is no such payout. :raises Forbidden: the actor is not of finance.
    :raises NotRefused, PayeeChanged, NoLongerOwed, AboveDailyLimit: the rules say no; and those of
        the payee.
    """
    payout = Payout.objects.visible_to(actor).select_related("provider", "answer").one(payout_id)
    require(may_pay(actor), "Finance pays vendors.")
    payee = payable_payee(actor=actor, vendor=payout.provider, at=at)
    refuse_changed(payout, payee)
    locked_owed(payout.provider_id, payout.currency, jobs=jobs_of(payout))
    hold(payout_id)
    stands = standing(payout, steps_of(payout_id))
    if stands.word != StepKind.REFUSED:
        raise NotRefused("Another attempt is made only after a definite refusal.")
    refuse_unowed(payout, attempt=stands.attempt + 1)
    refuse_beyond_day(amount_of(payout), at=at)
    _record(actor, "payout.tried_again", payout, at=at)
    return book_approval(payout=payout, attempt=stands.attempt + 1, actor=actor, at=at)


def book_approval(*, payout: Payout, attempt: int, actor: User, at: datetime) -> PayoutStep:
    """Book entry 14 of the chart, and put the attempt into the outbox."""
    lines = [(chart.VENDOR_PAYABLE, chart.PAYOUT_IN_PROCESS)]
    book(
        payout=payout,
        kind=EntryKind.PAYOUT_APPROVED,
        occurrence=str(attempt),
        accounts=lines,
        actor=actor,
        at=at,
    )
    return PayoutStep.objects.create(
        payout=payout, attempt=attempt, kind=StepKind.APPROVED, happened_at=at, noted_by=actor
    )


def _approve(payout: Payout, *, actor: User, at: datetime) -> PayoutAnswer:
    locked_owed(payout.provider_id, payout.currency, jobs=jobs_of(payout))
    refuse_unowed(payout, attempt=1)
    refuse_beyond_day(amount_of(payout), at=at)
    answer = PayoutAnswer.objects.create(
        payout=payout, is_approved=True, answered_by=actor, answered_at=at
    )
    _set_off(payout, actor=actor, at=at)
    book_approval(payout=payout, attempt=1, actor=actor, at=at)
    _record(actor, "payout.approved", payout, at=at)
    tell(
        "payout.approved",
        recipients=people_of_provider(payout.provider, Role.LEAD),
        text=f"{amount_of(payout)} are on their way to you.",
        because="you lead this vendor",
        at=at,
        subject=payout,
    )
    return answer


def _set_off(payout: Payout, *, actor: User, at: datetime) -> None:
    """Book what the vendor owes back against what it is owed (entry 12c of the chart)."""
    lines = []
    for part in payout.parts.select_related("award__job").order_by("pk"):
        amount = Money(part.recovered_minor, payout.currency)
        about = about_part(part, payout)
        lines += [
            Line.debit(chart.VENDOR_PAYABLE, amount, **about),
            Line.credit(chart.VENDOR_RECEIVABLE, amount, **about),
        ]
    if any(not line.is_empty for line in lines):
        post_entry(actor=actor, kind=EntryKind.RECOVERED, source=payout.pk, at=at, lines=lines)


def _waiting(actor: User, payout_id: UUID) -> Payout:
    payouts = Payout.objects.visible_to(actor).select_related("provider", "asked_by", "payee")
    payout = payouts.one(payout_id)
    require(may_pay(actor), "Finance answers for payouts.")
    locked_owed(payout.provider_id, payout.currency, jobs=jobs_of(payout))
    hold(payout_id)
    answer = PayoutAnswer.objects.filter(payout=payout).first()
    if answer is not None:
        raise AlreadyAnswered(
            "It was approved before." if answer.is_approved else "It was declined."
        )
    return payout


def _ask_for_signature(payout: Payout, *, at: datetime) -> None:
    others = [one for one in holders(Office.FINANCE) if one.pk != payout.asked_by_id]
    tell(
        "payout.asked",
        recipients=others,
        text=f"{payout.asked_by.name} wants to pay {amount_of(payout)} to “{payout.provider}”.",
        because="it needs a second signature of finance",
        at=at,
        subject=payout,
    )


def _record(actor: User, kind: str, payout: Payout, *, at: datetime) -> None:
    facts: dict[str, Fact] = {
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "payee": str(payout.payee_id),
    }
    record(
        actor,
        kind,
        payout,
        at=at,
        audience=Audience.PROVIDER,
        provider=payout.provider,
        facts=facts,
    )
