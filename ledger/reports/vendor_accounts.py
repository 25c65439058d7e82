"""What stands between the company and each vendor: owed, on its way, paid, and paid how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ledger.models.payees import Payee
from ledger.models.payouts import Payout
from ledger.owing import VendorBalance, vendor_balances
from ledger.payability import refuse_other_payee
from ledger.payee_facts import FROZEN_FOR, PayeeFacts, payee_facts, payees_facts
from ledger.permissions import may_confirm_payee, may_pay
from ledger.reports.paging import Page
from ledger.reports.payouts import PayoutRow, payouts_page
from ledger.reports.reading import income_to_read, reader_of
from ledger.reports.years_paid import YearPaid, years_paid
from ledger.stripe_reasons import asked_in_words
from marketplace.models.people import Office, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.notices import holders
from marketplace.refusals import require


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
    due: tuple[str, ...]  # what Stripe still asks, in words
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
    asked_by: str  # who asked for what is owed to be paid, while that waits
    asked_at: datetime | None
    may_ask: bool  # this reader, now, for it to be paid
    others_ask: str  # who may where this reader may not, having said how the vendor is paid


def vendors_owed(*, actor: User, at: datetime) -> list[VendorRow]:
    """
    Return what every vendor is owed, for finance and auditors.

    :raises Forbidden: the actor holds neither office.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    return _vendors(actor, vendor_balances(), at=at)


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """A vendor that cannot be paid now, whatever it is owed: how, is not confirmed, or changed."""

    provider_id: UUID
    provider_name: str
    payee: PayeePaper


def payees_held(*, actor: User, at: datetime) -> list[PayeeRow]:
    """
    Return how vendors are paid where finance has to confirm it or it was changed lately, for
    finance and auditors.

    :raises Forbidden: the actor holds neither office.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    lately = at - FROZEN_FOR
    said = Q(confirmation=None) | Q(set_at__gt=lately) | Q(readings__read_at__gt=lately)
    found = payees_facts(Payee.objects.filter(said).values_list("provider", flat=True))
    rows = [
        PayeeRow(provider, one.payee.provider.name, _payee(actor, one, at=at))
        for provider, one in found.items()
        if one.is_frozen(at) or not one.is_confirmed
    ]
    return sorted(rows, key=lambda row: row.provider_name)


def payee_paper(*, actor: User, payee_id: UUID, at: datetime) -> PayeeRow:
    """
    Return how a vendor is paid, as somebody said it.

    :raises Unknown: none such is visible. :raises PayeeChanged: another way was said after it.
    """
    payee = Payee.objects.visible_to(actor).select_related("provider").one(payee_id)
    facts = payees_facts([payee.provider_id])[payee.provider_id]
    refuse_other_payee(payee, facts)
    return PayeeRow(payee.provider_id, payee.provider.name, _payee(actor, facts, at=at))


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """A vendor's own page: what it is owed, how it is paid, what it was paid."""

    provider_id: UUID
    name: str
    owed: list[VendorRow]
    payee: PayeePaper
    payouts: Page[PayoutRow]
    years: list[YearPaid]


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
        years=years_paid(provider_id),
    )


def _vendors(actor: User, found: Sequence[VendorBalance], *, at: datetime) -> list[VendorRow]:
    names = dict(
        Provider.objects.filter(pk__in={one.provider for one in found}).values_list("pk", "name")
    )
    facts = payees_facts(names)
    asked = {
        (one.provider_id, one.currency): one
        for one in Payout.objects.filter(provider__in=names, answer=None)
        .select_related("asked_by")
        .order_by("-asked_at")
    }
    others = _others(actor) if any(_said_by(actor, each) for each in facts.values()) else ""
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
            asked_by=waiting.asked_by.name if waiting else "",
            asked_at=waiting.asked_at if waiting else None,
            may_ask=can_be and not _said_by(actor, known),
            others_ask=others if can_be and _said_by(actor, known) else "",
        )
        for one in found
        for waiting in [asked.get((one.provider, one.currency))]
        for known in [facts.get(one.provider)]
        for can_be in [may_pay(actor) and waiting is None and _can_be_paid(one, known, at=at)]
    ]
    return sorted(rows, key=lambda row: (row.provider_name, row.payable.currency))


def _can_be_paid(owed: VendorBalance, facts: PayeeFacts | None, *, at: datetime) -> bool:
    """Whether somebody of finance may ask for it now."""
    if facts is None or not facts.is_confirmed or facts.is_frozen(at):
        return False
    return facts.may_receive and owed.payable > owed.receivable


def _said_by(actor: User, facts: PayeeFacts | None) -> bool:
    return facts is not None and facts.payee.set_by_id == actor.pk


def _others(actor: User) -> str:
    """Return who pays a vendor of which the reader said how it is paid."""
    names = sorted(one.name for one in holders(Office.FINANCE) if one.pk != actor.pk)
    if not names:
        return "Nobody else of finance may pay it. An administrator names another person."
    return f"You said how the vendor is paid, so another person pays it: {', '.join(names)}."


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
        due=asked_in_words(facts.due),
        may_confirm=(
            may_confirm_payee(actor)
            and not facts.is_confirmed
            and facts.payee.set_by_id != actor.pk
        ),
    )
