"""What stands between the company and each vendor: owed, on its way, paid, and paid how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import ExtractYear

from ledger.models.payees import Payee
from ledger.models.payouts import PartBack, Payout, PayoutStep, StepKind
from ledger.owing import VendorBalance, vendor_balances
from ledger.payability import refuse_other_payee
from ledger.payee_facts import FROZEN_FOR, PayeeFacts, payee_facts, payees_facts
from ledger.permissions import may_confirm_payee
from ledger.reports.paging import Page
from ledger.reports.payouts import PayoutRow, payouts_page
from ledger.reports.reading import income_to_read, reader_of
from ledger.stripe_reasons import asked_in_words
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
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


@dataclass(frozen=True, slots=True)
class YearPaid:
    """What a vendor was paid in a year, less what came back in it, in one currency."""

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
    """
    Return the sums of what the vendor has and nobody took back, however many there were. A part
    that came back is taken off in the year in which it did, as on the sheet of that year.
    """
    same = PayoutStep.objects.filter(payout=OuterRef("payout"))
    failed = same.filter(kind=StepKind.FAILED, reference=OuterRef("reference"))
    paid = PayoutStep.objects.filter(
        ~Exists(failed),
        ~Exists(same.filter(kind=StepKind.REVERSED)),
        kind=StepKind.PAID,
        payout__provider=provider_id,
    )
    back = PartBack.objects.filter(payout__in=paid.values("payout"))
    sums: dict[tuple[int, str], tuple[int, int]] = {
        (year, currency): (count, int(minor))
        for year, currency, count, minor in paid.annotate(year=_year())
        .values_list("year", "payout__currency")
        .annotate(count=Count("pk"), sum=Sum("payout__amount_minor"))
    }
    for year, currency, minor in (
        back.annotate(year=_year())
        .values_list("year", "payout__currency")
        .annotate(sum=Sum("amount_minor"))
    ):
        count, before = sums.get((year, currency), (0, 0))
        sums[year, currency] = (count, before - int(minor))
    return [
        YearPaid(year, count, Money(minor, currency))
        for (year, currency), (count, minor) in sorted(sums.items(), reverse=True)
    ]


def _year() -> ExtractYear:
    return ExtractYear("happened_at", tzinfo=UTC)


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
        )
        for one in found
        for waiting in [asked.get((one.provider, one.currency))]
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
        due=asked_in_words(facts.due),
        may_confirm=(
            may_confirm_payee(actor)
            and not facts.is_confirmed
            and facts.payee.set_by_id != actor.pk
        ),
    )
