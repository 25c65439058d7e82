"""Payouts as papers: what vendors are owed, how they are paid, where each payout stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import ExtractYear

from ledger.models.payouts import Payout, PayoutQuerySet, PayoutStep, StepKind
from ledger.owing import VendorBalance, vendor_balances
from ledger.payee_facts import PayeeFacts, payee_facts, payees_facts
from ledger.payout_states import REMEMBERED, Standing, amount_of, standing
from ledger.permissions import may_confirm_payee, may_pay
from ledger.reports.columns import Column, columns
from ledger.reports.paging import PAGE_MAX, Page, read_cursor, write_cursor
from ledger.reports.reading import income_to_read, reader_of
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.refusals import require

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
    transfer: str
    is_by_hand: bool
    may_approve: bool  # by this reader, now
    may_decline: bool


COLUMNS: tuple[Column[PayoutRow], ...] = columns(
    *("payout_id", "provider_id", "provider_name", "amount", "state", "since_at"),
    *("detail", "asked_by", "asked_at", "approved_by", "approved_at", "transfer"),
)


def payouts(*, actor: User, at: datetime, provider_id: UUID | None = None) -> list[PayoutRow]:
    """Return the payouts that a person may see, the latest first: finance all, a vendor its own."""
    found = _visible_to(actor)
    if provider_id is not None:
        found = found.filter(provider=provider_id)
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
    facts = payees_facts(one.provider_id for one in rows if stand[one.pk].word == "approved")
    return [
        _row(
            one,
            stand[one.pk],
            actor,
            pays=pays,
            then=_then(one, stand[one.pk], facts.get(one.provider_id), at=at),
        )
        for one in rows
    ]


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
    if facts.payee.pk != payout.payee_id:
        return "It is held: the vendor is paid in another way now. Take it back and ask anew."
    if facts.is_frozen(at):
        return (
            "It is held: how the vendor is paid was changed. Nothing is paid before"
            f" {facts.frozen_until:%d %B %Y, %H:%M} UTC."
        )
    return "It is noted when the bank has paid it." if facts.is_by_hand else NEXT[word]


def _row(payout: Payout, stands: Standing, actor: User, *, pays: bool, then: str) -> PayoutRow:
    answer = getattr(payout, "answer", None)
    approved = answer if answer and answer.is_approved else None
    waits = pays and stands.word == "waiting"
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
        detail=stands.detail or declined,
        asked_by=payout.asked_by.name,
        asked_at=payout.asked_at,
        approved_by=approved.answered_by.name if approved else "",
        approved_at=approved.answered_at if approved else None,
        transfer=stands.transfer,
        is_by_hand=payout.payee.method == "by_hand",
        may_approve=waits and not own,
        may_decline=waits,
    )


@dataclass(frozen=True, slots=True)
class PayeePaper:
    """How a vendor is paid, and what stands against paying it now."""

    payee_id: UUID | None
    method: str  # stripe, by_hand, or nothing yet
    reference: str
    set_by: str
    is_confirmed: bool
    is_ready: bool
    frozen_until: datetime | None
    due: tuple[str, ...]  # what Stripe still asks
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class VendorRow:
    """What stands between the company and a vendor in one currency, and how it is paid."""

    provider_id: UUID
    provider_name: str
    payable: Money
    retained: Money
    held: Money
    in_process: Money
    receivable: Money
    payee: PayeePaper


def vendors_owed(*, actor: User, at: datetime) -> list[VendorRow]:
    """
    Return what every vendor is owed, for finance and auditors.

    :raises Forbidden: the actor holds neither office.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    return _vendors(actor, vendor_balances(), at=at)


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """A vendor's own page: what it is owed, how it is paid, what it was paid."""

    provider_id: UUID
    name: str
    owed: list[VendorRow]
    payee: PayeePaper
    payouts: Page[PayoutRow]
    years: list[YearPaid]


@dataclass(frozen=True, slots=True)
class YearPaid:
    """What a vendor was paid in a year, in one currency."""

    year: int
    payouts: int
    amount: Money


def vendor_account(
    *, actor: User, provider_id: UUID, at: datetime, cursor: str = ""
) -> VendorAccount:
    """
    Return a vendor's account, for its own people, finance and auditors, with a page of its payouts.

    :raises Unknown: the actor cannot see the vendor. :raises Forbidden: it is not theirs to read.
    :raises NotACursor: it was given out by no page of payouts.
    """
    provider = income_to_read(reader_of(actor), provider_id)
    return VendorAccount(
        provider_id=provider.pk,
        name=provider.name,
        owed=_vendors(actor, vendor_balances([provider_id]), at=at),
        payee=_payee(actor, payee_facts(provider_id), at=at),
        payouts=payouts_page(actor=actor, provider_id=provider_id, at=at, cursor=cursor),
        years=_years(provider_id),
    )


def _years(provider_id: UUID) -> list[YearPaid]:
    """Return the sums of what the vendor's bank has, however many payouts there were."""
    same = PayoutStep.objects.filter(payout=OuterRef("payout"))
    failed = same.filter(kind=StepKind.FAILED, reference=OuterRef("reference"))
    sums = (
        PayoutStep.objects.filter(
            ~Exists(failed),
            ~Exists(same.filter(kind=StepKind.REVERSED)),
            kind=StepKind.PAID,
            payout__provider=provider_id,
        )
        .annotate(year=ExtractYear("happened_at", tzinfo=UTC))
        .values_list("year", "payout__currency")
        .annotate(count=Count("pk"), sum=Sum("payout__amount_minor"))
        .order_by("-year", "-payout__currency")
    )
    return [
        YearPaid(year, count, Money(int(minor), currency)) for year, currency, count, minor in sums
    ]


def _vendors(actor: User, found: Sequence[VendorBalance], *, at: datetime) -> list[VendorRow]:
    names = dict(
        Provider.objects.filter(pk__in={one.provider for one in found}).values_list("pk", "name")
    )
    facts = payees_facts(names)
    rows = [
        VendorRow(
            provider_id=one.provider,
            provider_name=names[one.provider],
            payable=Money(one.payable, one.currency),
            retained=Money(one.retained, one.currency),
            held=Money(one.held, one.currency),
            in_process=Money(one.in_process, one.currency),
            receivable=Money(one.receivable, one.currency),
            payee=_payee(actor, facts.get(one.provider), at=at),
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: (row.provider_name, row.payable.currency))


def _payee(actor: User, facts: PayeeFacts | None, *, at: datetime) -> PayeePaper:
    if facts is None:
        return PayeePaper(None, "", "", "", False, False, None, (), False)
    return PayeePaper(
        payee_id=facts.payee.pk,
        method=facts.payee.method,
        reference=facts.payee.reference,
        set_by=facts.payee.set_by.name,
        is_confirmed=facts.is_confirmed,
        is_ready=facts.may_receive,
        frozen_until=facts.frozen_until if facts.is_frozen(at) else None,
        due=facts.due,
        may_confirm=(
            may_confirm_payee(actor)
            and not facts.is_confirmed
            and facts.payee.set_by_id != actor.pk
        ),
    )
