"""A vendor's year on one sheet: what was owed before, earned, credited, paid, and is owed still."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Min, QuerySet, Sum

from ledger import chart
from ledger.models.journal import EntryKind, Posting
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import income_to_read, reader_of
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.refusals import Unknown

NO_VENDOR = "There is no such vendor or year."
# Between the company and a vendor. What is in the vendor's own account at Stripe is paid.
STANDING = (
    *(chart.VENDOR_PAYABLE, chart.RETENTION, chart.DISPUTE_HOLD, chart.PAYOUT_IN_PROCESS),
    *(chart.VENDOR_RECEIVABLE, chart.IN_TRANSIT),
)
PAID = frozenset({EntryKind.PAYOUT_SENT})
CAME_BACK = frozenset({EntryKind.PAYOUT_REVERSED, EntryKind.PAYOUT_PART_REVERSED, EntryKind.REPAID})
CREDITED = frozenset({EntryKind.CREDITED})


@dataclass(frozen=True, slots=True)
class YearLine:
    """One fact of the year. What is owed grows by an amount, and falls by a negative one."""

    on: date
    what: str  # earned, credited, paid, came_back
    job_title: str
    amount: Money
    balance: Money  # what is owed in this currency then, this line included
    entry_id: UUID


@dataclass(frozen=True, slots=True)
class YearSums:
    """A year in one currency: opening + earned + credited + paid + came back = closing."""

    opening: Money
    earned: Money
    credited: Money  # negative or zero
    paid: Money  # negative or zero
    came_back: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class VendorYear:
    provider_id: UUID
    name: str
    year: int
    sums: tuple[YearSums, ...]  # by currency
    lines: tuple[YearLine, ...]


@dataclass(frozen=True, slots=True)
class VendorStatement:
    """The same between two days, both included."""

    provider_id: UUID
    name: str
    since_on: date
    until_on: date
    sums: tuple[YearSums, ...]  # by currency
    lines: tuple[YearLine, ...]


COLUMNS: tuple[Column[YearLine], ...] = (
    *columns("on", "what", "job_title", "amount"),
    Column("balance", lambda line: line.balance, is_summed=False),
    *columns("entry_id", currency=lambda line: line.amount.currency),
)


def vendor_year(*, actor: User, provider_id: UUID, year: int) -> VendorYear:
    """
    Return a vendor's year, by the journal.

    :raises Unknown: there is no such vendor or year. :raises Forbidden: it is not theirs to read.
    """
    if not 2000 <= year < 2100:
        raise Unknown(NO_VENDOR)
    vendor = _vendor(actor, provider_id)
    sums, lines = _between(vendor, date(year, 1, 1), date(year, 12, 31))
    return VendorYear(provider_id=vendor.pk, name=vendor.name, year=year, sums=sums, lines=lines)


def vendor_statement(
    *,
    actor: User,
    provider_id: UUID,
    since_on: date,
    until_on: date,
    currency: str = "",  # all of them when empty
    known: Known = NOW,
) -> VendorStatement:
    """
    Return what was owed to a vendor, charged, credited, paid and is owed still, by the journal.

    :raises Unknown: there is no such vendor. :raises Forbidden: it is not theirs to read.
    """
    vendor = _vendor(actor, provider_id)
    sums, lines = _between(vendor, since_on, until_on, currency, known)
    return VendorStatement(vendor.pk, vendor.name, since_on, until_on, sums, lines)


def _vendor(actor: User, provider_id: UUID) -> Provider:
    provider = income_to_read(reader_of(actor), provider_id)
    if provider.is_in_house:
        raise Unknown(NO_VENDOR)
    return provider


def _between(
    vendor: Provider, since_on: date, until_on: date, currency: str = "", known: Known = NOW
) -> tuple[tuple[YearSums, ...], tuple[YearLine, ...]]:
    standing = Posting.objects.filter(
        known.of("entry__"), provider=vendor.pk, account__code__in=STANDING
    )
    if currency:
        standing = standing.filter(currency=currency)
    before = dict(
        standing.filter(entry__effective_on__lt=since_on)
        .values_list("currency")
        .annotate(net=Sum(F("credit_minor") - F("debit_minor")))
    )
    told = standing.filter(entry__effective_on__range=(since_on, until_on))
    lines = tuple(_lines(told, {one: int(net) for one, net in before.items()}))
    units = sorted({line.amount.currency for line in lines} | {c for c, n in before.items() if n})
    return tuple(_sums(int(before.get(one, 0)), one, lines) for one in units), lines


def _lines(postings: QuerySet[Posting], owed: dict[str, int]) -> Iterable[YearLine]:
    """Return the facts in their order; `owed` is what was owed in each currency before."""
    sums = (
        postings.values_list(
            *("entry", "entry__public_id", "entry__effective_on", "entry__kind", "currency")
        )
        .annotate(
            net=Sum(F("credit_minor") - F("debit_minor")),
            title=Min("job__title"),
        )
        .order_by("entry__effective_on", "entry", "currency")
    )
    for _, public, on, kind, currency, net, title in sums:
        if net:  # what only moved from one account to another, is owed as before
            moved = kind in PAID | CAME_BACK
            owed[currency] = owed.get(currency, 0) + int(net)
            yield YearLine(
                on=on,
                what=_what(kind),
                job_title="" if moved else title or "",
                amount=Money(int(net), currency),
                balance=Money(owed[currency], currency),
                entry_id=public,
            )


def _what(kind: str) -> str:
    if kind in PAID:
        return "paid"
    if kind in CAME_BACK:
        return "came_back"
    return "credited" if kind in CREDITED else "earned"


def _sums(opening: int, currency: str, lines: Iterable[YearLine]) -> YearSums:
    by = dict.fromkeys(("earned", "credited", "paid", "came_back"), 0)
    for line in lines:
        if line.amount.currency == currency:
            by[line.what] += line.amount.minor
    figures = {what: Money(minor, currency) for what, minor in by.items()}
    closing = Money(opening + sum(by.values()), currency)
    return YearSums(opening=Money(opening, currency), closing=closing, **figures)
