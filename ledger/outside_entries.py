"""A payment made outside, before it is booked: what it may be, and the entry that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from ledger import chart
from ledger.budgeting import NoBudget
from ledger.entries import About, BudgetMove, Entry, Line
from ledger.models.budgets import BudgetLine
from ledger.periods import fiscal_year_of
from ledger.posting import EntryKind
from ledger.showback import is_shown_on, shown
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.providers import Category, Provider
from marketplace.money import Money
from marketplace.refusals import Refusal, Unknown


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


@dataclass(slots=True)
class Known:
    """What many payments ask for again and again, looked up once in a call."""

    actor: User
    departments: dict[UUID, Department] = field(default_factory=dict)
    categories: set[UUID] = field(default_factory=set)
    providers: set[UUID] = field(default_factory=set)
    lines: dict[tuple[UUID, str, int], dict[UUID | None, BudgetLine]] = field(default_factory=dict)
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
        key = (payment.department_id, currency, year)
        if key not in self.lines:
            found = BudgetLine.objects.filter(
                department=payment.department_id, currency=currency, fiscal_year=year
            )
            self.lines[key] = {line.category_id: line for line in found}
        lines = self.lines[key]
        line = lines.get(payment.category_id) or lines.get(None)
        if line is None:
            department = self.department(payment.department_id)
            raise NoBudgetYet(f"{department} has no budget in {currency} for {year}.")
        return line


def refuse_impossible(payment: Payment, *, at: datetime) -> None:
    """:raises NotAPayment, PaidTooEarly, DocumentMissing: it cannot have been one."""
    net, tax = payment.net, tax_of(payment)
    is_mixed = net.minor * tax.minor < 0 or tax.currency != net.currency
    if not net or is_mixed:
        raise NotAPayment("Give what was paid, or with a minus what came back; its tax likewise.")
    if payment.paid_on > at.date():
        raise PaidTooEarly("Record a payment once it was made.")
    if not payment.payee.strip() or not payment.document.strip():
        raise DocumentMissing("Say who was paid, and by which document the accounts know it.")


def entry_of(payment: Payment, *, known: Known) -> Entry:
    """
    Return the entry that a payment becomes.

    :raises NoBudget: the department has no line for the year and currency.
    """
    about: About = {"category": payment.category_id, "provider": payment.provider_id}
    is_shown = known.is_shown(payment.paid_on)
    line = None if is_shown else known.line(payment)
    cost: About = {**about, "department": payment.department_id}
    if line is not None:
        cost["budget_line"] = line.pk
    tax = tax_of(payment)
    lines = [
        Line.debit(chart.OUTSIDE_SPEND, payment.net, **cost),
        Line.debit(chart.RECOVERABLE_TAX, tax, **about),
        Line.credit(chart.BANK, payment.net + tax, **about),
    ]
    return Entry(
        kind=EntryKind.SPENT_OUTSIDE if payment.net.minor > 0 else EntryKind.CREDITED_OUTSIDE,
        source=payment.id,
        effective_on=payment.paid_on,
        lines=shown(lines, company=chart.OUTSIDE_SPEND) if is_shown else lines,
        budget_moves=[BudgetMove(line.pk, charged=payment.net.minor)] if line else [],
        memo=f"{payment.payee.strip()}, {payment.document.strip()}",
    )


def tax_of(payment: Payment) -> Money:
    """Return its recoverable tax, nought where none was told."""
    return payment.tax or Money(0, payment.net.currency)
