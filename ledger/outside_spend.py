"""
Payments made outside the marketplace, and money that came back of one. They were made already:
recording them charges the department's budget and shows how much goes past the marketplace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ledger import chart
from ledger.budgeting import NoBudget
from ledger.carrying import line_of
from ledger.models.budgets import BudgetLine
from ledger.models.years import OutsideSpend
from ledger.periods import fiscal_year_of
from ledger.posting import About, BudgetMove, EntryKind, Line, is_reversed, post_entry
from ledger.showback import hold_mode, is_shown_on, shown
from marketplace.history import Fact, record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.models.providers import Category, Provider
from marketplace.money import Money
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, Unknown, require


class NotAPayment(Refusal):
    """A payment is above zero, what came back below; its tax is of the same sign and currency."""

    code = "not_a_payment"
    field = "net"


class PaidTooEarly(Refusal):
    """What was paid was paid up to today."""

    code = "paid_too_early"
    field = "paid_on"


class DocumentMissing(Refusal):
    """A payment names who got it and by which document."""

    code = "document_missing"
    field = "document"


class NoBudgetYet(NoBudget):
    """The department has no line that could be charged; finance grants one first."""

    field = "department_id"


class AlreadyRecorded(Refusal):
    """A document of a payee is recorded once."""

    code = "already_recorded"
    field = "document"


class TakenBack(Refusal):
    """What was recorded and reversed since is told of anew, not again."""

    code = "taken_back"
    field = "document"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment made outside; with a negative net, money that came back."""

    id: UUID  # named by whoever tells of it: told twice, it is recorded once
    department_id: UUID
    payee: str
    document: str
    paid_on: date
    net: Money
    tax: Money | None = None  # recoverable
    category_id: UUID | None = None
    provider_id: UUID | None = None  # where the payee is a vendor of the marketplace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many payments: it was recorded, or refused."""

    payment: Payment
    refusal: Refusal | None = None

    @property
    def is_recorded(self) -> bool:
        return self.refusal is None

    @property
    def code(self) -> str:
        return self.refusal.code if self.refusal else ""

    @property
    def detail(self) -> str:
        return self.refusal.text if self.refusal else ""


@dataclass(slots=True)
class _Known:
    """What many payments ask for again and again, looked up once in a call."""

    actor: User
    departments: dict[UUID, Department] = field(default_factory=dict)
    categories: set[UUID] = field(default_factory=set)
    providers: set[UUID] = field(default_factory=set)
    lines: dict[tuple[object, ...], BudgetLine] = field(default_factory=dict)
    modes: dict[tuple[int, int], bool] = field(default_factory=dict)

    def department(self, id: UUID) -> Department:
        """:raises Unknown: there is none such."""
        if id not in self.departments:
            self.departments[id] = Department.objects.visible_to(self.actor).one(id)
        return self.departments[id]

    def refuse_unknown(self, payment: Payment) -> None:
        """:raises Unknown: the payment names a kind of work or a provider that is not there."""
        if not self.categories:
            self.categories.update(Category.objects.values_list("pk", flat=True))
        if payment.category_id and payment.category_id not in self.categories:
            raise Unknown("There is no such kind of work.")
        if payment.provider_id is None or payment.provider_id in self.providers:
            return
        if not Provider.objects.filter(pk=payment.provider_id).exists():
            raise Unknown("There is no such provider.")
        self.providers.add(payment.provider_id)

    def is_shown(self, on: date) -> bool:
        month = (on.year, on.month)
        if month not in self.modes:
            self.modes[month] = is_shown_on(on)
        return self.modes[month]

    def line(self, payment: Payment) -> BudgetLine:
        """:raises NoBudget: the department has no line for the year and currency."""
        year, currency = fiscal_year_of(payment.paid_on), payment.net.currency
        key = (payment.department_id, payment.category_id, currency, year)
        if key not in self.lines:
            line = line_of(
                department_id=payment.department_id,
                category_id=payment.category_id,
                currency=currency,
                year=year,
            )
            if line is None:
                department = self.department(payment.department_id)
                raise NoBudgetYet(f"{department} has no budget in {currency} for {year}.")
            self.lines[key] = line
        return self.lines[key]


@transaction.atomic(savepoint=False)
def record_outside_spend(*, actor: User, payment: Payment, at: datetime) -> OutsideSpend:
    """
    Charge a department for a payment made outside the marketplace (entry 24 of the chart), in the
    month in which it was made. A negative amount came back, and is a kind of its own.

    :raises Unknown: there is no such department, kind of work or provider.
    :raises Forbidden: only finance records payments.
    :raises NotAPayment, PaidTooEarly, DocumentMissing, AlreadyRecorded, TakenBack: the rules say
        no.
    :raises NoBudgetYet, InsufficientFunds, PeriodClosed, BookedDifferently: it cannot be booked.
    """
    require(may_manage_money(actor), "Only finance records payments made outside.")
    hold_mode()
    spent = _write(payment, known=_Known(actor), at=at)
    _record(actor, [spent], at=at)
    return spent


@transaction.atomic(savepoint=False)
def record_outside_spends(
    *, actor: User, payments: Sequence[Payment], at: datetime
) -> list[Outcome]:
    """
    Record many payments in one go, and say of each what became of it: the good ones are kept.

    :raises Forbidden: only finance records payments.
    """
    require(may_manage_money(actor), "Only finance records payments made outside.")
    hold_mode()
    known = _Known(actor)
    outcomes: list[Outcome] = []
    written: list[OutsideSpend] = []
    for payment in payments:
        try:
            with transaction.atomic():  # a refused one leaves nothing behind
                written.append(_write(payment, known=known, at=at))
        except Refusal as refusal:
            outcomes.append(Outcome(payment, refusal))
        else:
            outcomes.append(Outcome(payment))
    if written:
        _record(actor, written, at=at)
    return outcomes


def _write(payment: Payment, *, known: _Known, at: datetime) -> OutsideSpend:
    department = known.department(payment.department_id)
    known.refuse_unknown(payment)
    tax = payment.tax or Money(0, payment.net.currency)
    _refuse_impossible(payment, tax=tax, at=at)
    payee, document = payment.payee.strip(), payment.document.strip()
    same = Q(pk=payment.id) | Q(department=department, payee=payee, document=document)
    before = OutsideSpend.objects.filter(same).first()
    if before is not None and is_reversed(before.pk):
        raise TakenBack(
            f"“{document}” of {payee} was recorded on {before.recorded_at:%d %B %Y} and reversed"
            f" since. Record it anew, and mark the document, as in “{document} corrected”."
        )
    if before is not None and before.pk != payment.id:
        raise AlreadyRecorded(
            f"“{document}” of {payee} was recorded on {before.recorded_at:%d %B %Y}."
        )
    _book(payment, known=known, tax=tax, at=at)
    if before is not None:
        return before
    return OutsideSpend.objects.create(
        pk=payment.id,
        department=department,
        category_id=payment.category_id,
        provider_id=payment.provider_id,
        payee=payee,
        document=document,
        paid_on=payment.paid_on,
        currency=payment.net.currency,
        net_minor=payment.net.minor,
        tax_minor=tax.minor,
        recorded_by=known.actor,
        recorded_at=at,
    )


def _book(payment: Payment, *, known: _Known, tax: Money, at: datetime) -> None:
    about: About = {"category": payment.category_id, "provider": payment.provider_id}
    is_shown = known.is_shown(payment.paid_on)
    line = None if is_shown else known.line(payment)
    cost: About = {**about, "department": payment.department_id}
    if line is not None:
        cost["budget_line"] = line.pk
    lines = [
        Line.debit(chart.OUTSIDE_SPEND, payment.net, **cost),
        Line.debit(chart.RECOVERABLE_TAX, tax, **about),
        Line.credit(chart.BANK, payment.net + tax, **about),
    ]
    post_entry(
        actor=known.actor,
        kind=EntryKind.SPENT_OUTSIDE if payment.net.minor > 0 else EntryKind.CREDITED_OUTSIDE,
        source=payment.id,
        at=at,
        effective_on=payment.paid_on,
        lines=shown(lines, company=chart.OUTSIDE_SPEND) if is_shown else lines,
        budget_moves=[BudgetMove(line.pk, charged=payment.net.minor)] if line else [],
        memo=f"{payment.payee.strip()}, {payment.document.strip()}",
    )


def _refuse_impossible(payment: Payment, *, tax: Money, at: datetime) -> None:
    net = payment.net
    is_mixed = net.minor * tax.minor < 0 or tax.currency != net.currency
    if not net or is_mixed:
        raise NotAPayment("Give what was paid, or with a minus what came back; its tax likewise.")
    if payment.paid_on > at.date():
        raise PaidTooEarly("Record a payment once it was made.")
    if not payment.payee.strip() or not payment.document.strip():
        raise DocumentMissing("Say who was paid, and by which document the accounts know it.")


def _record(actor: User, spent: Sequence[OutsideSpend], *, at: datetime) -> None:
    """Write one event for all that was told of at once, about the first of it."""
    facts: dict[str, Fact] = {"count": len(spent)}
    for currency in sorted({one.currency for one in spent}):
        net = sum(one.net_minor for one in spent if one.currency == currency)
        facts[f"net_minor_{currency}"] = net
    record(actor, "outside_spend.recorded", spent[0], at=at, audience=Audience.COMPANY, facts=facts)
