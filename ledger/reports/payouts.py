"""Payouts as papers: where each stands, who has it, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from ledger.models.payouts import Payout, PayoutQuerySet, PayoutStep
from ledger.payee_facts import PayeeFacts, payees_facts
from ledger.payout_states import REMEMBERED, Standing, amount_of, standing
from ledger.permissions import may_pay
from ledger.reports.columns import Column, columns
from ledger.reports.paging import PAGE_MAX, Page, read_cursor, write_cursor
from ledger.stripe_reasons import why_failed
from marketplace.calendar import begin_of, end_of
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.notices import holders

NEXT = {
    "waiting": "A second person of finance approves it.",
    "declined": "What was owed is still owed.",
    "approved": "It is sent within a minute.",
    "sending": "Stripe is being asked.",
    "unknown": "Stripe gave no clear answer. It is looked up every minute, and not sent twice.",
    "refused": "Nothing moved. Finance may try again.",
    "sent": "It is in the vendor's account at Stripe, which pays it to the bank in a few days.",
    "paid": "The vendor's bank has it.",
    "failed": "The vendor's bank did not take it. The vendor gives Stripe another bank account.",
    "returned": "The vendor's bank gave it back. The vendor gives Stripe another bank account.",
    "reversed": "The money is back, and owed again.",
}


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout: where it stands, since when, who has it, and what happens next."""

    payout_id: UUID
    provider_id: UUID
    provider_name: str
    amount: Money
    state: str
    since_at: datetime
    then: str
    detail: str
    asked_by: str
    asked_at: datetime
    approved_by: str
    approved_at: datetime | None
    needs_signature: bool  # up to the limit, whoever asks approves it in the same moment
    transfer: str
    is_by_hand: bool
    may_approve: bool  # by this reader, now
    may_decline: bool


COLUMNS: tuple[Column[PayoutRow], ...] = columns(
    *("payout_id", "provider_id", "provider_name", "amount", "state", "since_at"),
    *("detail", "asked_by", "asked_at", "approved_by", "approved_at", "needs_signature"),
    "transfer",
    currency=lambda row: row.amount.currency,
)


def payouts(
    *,
    actor: User,
    at: datetime,
    provider_id: UUID | None = None,
    currency: str = "",
    since_on: date | None = None,  # asked for on that day or later
    until_on: date | None = None,
) -> list[PayoutRow]:
    """Return the payouts that a person may see, the latest first: finance all, a vendor its own."""
    found = _visible_to(actor)
    wanted = {
        "provider": provider_id,
        "currency": currency,
        "asked_at__gte": since_on and begin_of(since_on),
        "asked_at__lte": until_on and end_of(until_on),
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return _rows(actor, list(found.order_by("-asked_at", "pk")), at=at)


def payouts_page(
    *, actor: User, at: datetime, cursor: str = "", provider_id: UUID | None = None
) -> Page[PayoutRow]:
    """
    Return the payouts that a person may see page by page, the latest first.

    :raises NotACursor: it was given out by no page of this list.
    """
    found = _visible_to(actor)
    if provider_id is not None:
        found = found.filter(provider=provider_id)
    if key := read_cursor("payouts", cursor):
        asked_at, id = datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
        found = found.filter(Q(asked_at__lt=asked_at) | Q(asked_at=asked_at, pk__gt=id))
    rows = list(found.order_by("-asked_at", "pk")[: PAGE_MAX + 1])
    last = rows[PAGE_MAX - 1] if len(rows) > PAGE_MAX else None
    after = write_cursor("payouts", last.asked_at.isoformat(), str(last.pk)) if last else None
    return Page(tuple(_rows(actor, rows[:PAGE_MAX], at=at)), after)


def payout(*, actor: User, payout_id: UUID, at: datetime) -> PayoutRow:
    """Return one payout, however old. :raises Unknown: the actor can see none such."""
    return _rows(actor, [_visible_to(actor).one(payout_id)], at=at)[0]


def _visible_to(actor: User) -> PayoutQuerySet:
    return Payout.objects.visible_to(actor).select_related(
        "provider", "payee", "asked_by", "answer__answered_by", "answer__reason"
    )


def _rows(actor: User, rows: Sequence[Payout], *, at: datetime) -> list[PayoutRow]:
    steps: dict[UUID, list[PayoutStep]] = {payout.pk: [] for payout in rows}
    for step in PayoutStep.objects.filter(payout__in=rows).order_by("happened_at", "pk"):
        steps[step.payout_id].append(step)
    pays = may_pay(actor)
    stand = {one.pk: standing(one, steps[one.pk]) for one in rows}
    words = ("approved", "waiting") if pays else ("approved",)
    facts = payees_facts(one.provider_id for one in rows if stand[one.pk].word in words)
    waiting = [one for one in rows if pays and stand[one.pk].word == "waiting"]
    finance = {one.pk: one.name for one in holders(Office.FINANCE)} if waiting else {}
    held = {one.pk: approval_held(one, facts.get(one.provider_id), at=at) for one in waiting}
    return [
        _row(
            one,
            stand[one.pk],
            actor,
            held=held.get(one.pk),
            then=_waits(one, actor, finance, held=held[one.pk])
            if one.pk in held
            else _then(one, stand[one.pk], facts.get(one.provider_id), at=at),
        )
        for one in rows
    ]


def _is_changed(payout: Payout, facts: PayeeFacts | None) -> bool:
    return facts is not None and facts.payee.pk != payout.payee_id


def approval_held(payout: Payout, facts: PayeeFacts | None, *, at: datetime) -> str:
    """Return why nobody at all may approve a payout that waits; nothing where somebody may."""
    if facts is None or _is_changed(payout, facts):
        return "The vendor is paid in another way now. Decline it and ask anew."
    if facts.is_frozen(at):
        return (
            "How the vendor is paid was changed. Nobody can approve it before"
            f" {facts.frozen_until:%d %B %Y, %H:%M} UTC."
        )
    return "" if facts.may_receive else "Nobody can approve it: Stripe asks the vendor something."


def _waits(payout: Payout, actor: User, finance: Mapping[UUID, str], *, held: str) -> str:
    """Return who of finance may approve a payout, and why its reader may not."""
    if held:
        return held
    own = (payout.payee.set_by_id, payout.asked_by_id)
    if actor.pk not in own:
        return f"It waits for you: {payout.asked_by.name} asked for it, and a second one approves."
    names = ", ".join(sorted(name for id, name in finance.items() if id not in own))
    if not names:
        return "Nobody else of finance may approve it. An administrator names another person."
    if actor.pk == payout.asked_by_id:
        return f"You asked for it, so another person approves it: {names}."
    return f"You said how the vendor is paid, so another person approves it: {names}."


def _then(payout: Payout, stands: Standing, facts: PayeeFacts | None, *, at: datetime) -> str:
    """Return what happens next; of an approved payout, what holds it up."""
    word = stands.word
    if word in ("sending", "unknown") and at - stands.since_at >= REMEMBERED:
        return (
            "Stripe has said nothing for 20 hours. It is not sent again by itself: finance looks"
            " there, and says whether it was sent."
        )
    if word != "approved" or facts is None:
        return NEXT[word]
    if _is_changed(payout, facts):
        return "It is held: the vendor is paid in another way now. Take it back and ask anew."
    if facts.is_frozen(at):
        return (
            "It is held: how the vendor is paid was changed. Nothing is paid before"
            f" {facts.frozen_until:%d %B %Y, %H:%M} UTC."
        )
    return "It is noted when the bank has paid it." if facts.is_by_hand else NEXT[word]


def _row(
    payout: Payout, stands: Standing, actor: User, *, held: str | None, then: str
) -> PayoutRow:
    """:param held: of a payout that its reader could answer, why nobody may approve it."""
    answer = getattr(payout, "answer", None)
    approved = answer if answer and answer.is_approved else None
    own = actor.pk in (payout.payee.set_by_id, payout.asked_by_id)
    declined = answer.reason.text if answer and answer.reason else ""
    return PayoutRow(
        payout_id=payout.pk,
        provider_id=payout.provider_id,
        provider_name=payout.provider.name,
        amount=amount_of(payout),
        state=stands.word,
        since_at=stands.since_at,
        then=then,
        detail=why_failed(stands.detail) or declined,
        asked_by=payout.asked_by.name,
        asked_at=payout.asked_at,
        approved_by=approved.answered_by.name if approved else "",
        approved_at=approved.answered_at if approved else None,
        needs_signature=payout.needs_signature,
        transfer=stands.transfer,
        is_by_hand=payout.payee.method == "by_hand",
        may_approve=held == "" and not own,
        may_decline=held is not None,
    )
