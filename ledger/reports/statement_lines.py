"""The lines of a statement: each charge and credit between two days, in the order of the books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from ledger import chart
from ledger.models.budgets import Commitment
from ledger.models.journal import Balance, Book, EntryKind, Posting
from ledger.periods import fiscal_year_of, period_of
from ledger.posting import account_ids
from marketplace.compiled import Kept
from marketplace.money import Money

SPENT_OR_SHOWN = chart.SPEND + chart.SHOWN_SPEND
PROOFS = "/api/v1/log/proofs/"
# Of these the event that tells of the fact bears the id of the entry's source; an award that was
# cancelled is told by its job, and the others are sealed with the rows of the journal alone.
TOLD_BY_SOURCE = frozenset(
    {EntryKind.CHARGED, EntryKind.CREDITED, EntryKind.DISPUTED, EntryKind.RECOVERY_REBATED}
)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """
    One charge or credit, and beside it the marketplace's fee on it: it moves the balance by both.
    What is only shown keeps a line of its own for its fee, because nobody is charged one.
    """

    entry_id: UUID
    posted_at: datetime
    effective_on: date
    kind: str  # the entry's: charged, credited, …
    kind_label: str
    account_code: str
    account_name: str
    job_id: UUID | None
    job_reference: str
    job_title: str
    milestone_title: str
    department_name: str
    provider_id: UUID | None
    provider_name: str
    amount: Money  # without the fee; negative when money came back
    fee: Money | None  # None where there is none
    corrects_period: int | None  # 202610: the month that the entry corrects, by the journal
    proved_by: UUID | None  # what its receipts are about; None where no event tells of it alone
    proof: str  # the address in the API at which they are listed; empty likewise
    is_shown: bool  # in a month of showback: shown, not charged

    @property
    def moves(self) -> Money:
        """By how much the line moves the balance: the amount and its fee."""
        return self.amount if self.fee is None else self.amount + self.fee


COLUMNS = (
    *("entry__public_id", "entry__posted_at", "entry__effective_on", "entry__kind"),
    *("entry__source", "entry__corrects_period"),
    *("account__code", "account__name", "account__book"),
    *("job", "job__reference", "job__title", "milestone__title", "department__name"),
    *("provider", "provider__name", "debit_minor", "credit_minor", "currency"),
)


def accounts(codes: Iterable[str]) -> list[int]:
    """Return the ids of accounts. Asked by id, the index of postings by account is used."""
    return [account_ids()[code] for code in codes]


def between(since_on: date, until_on: date) -> Q:
    """Return what finds the postings of some days, both included: by their months first."""
    return Q(
        period__gte=period_of(since_on),
        period__lte=_last_period(until_on),
        entry__effective_on__range=(since_on, until_on),
    )


def _last_period(until_on: date) -> int:
    # Nothing but the adjusting period, a year's last day, comes between December and January.
    return period_of(until_on) + (until_on.month == 12)


def all_year() -> QuerySet[Posting]:
    """Every posting but those that close a year's accounts: they are no charge and no credit."""
    return Posting.objects.exclude(entry__kind=EntryKind.YEAR_CLOSED)


def lines_of(
    postings: QuerySet[Posting], since_on: date, until_on: date, *, sign: int
) -> tuple[StatementLine, ...]:
    """Return these postings of some days; `sign` tells which side counts."""
    rows = _in_order(postings.filter(between(since_on, until_on)))
    return with_fees(_line(row, sign) for row in rows)


def charged_to(
    department_id: UUID, currency: str, since_on: date, until_on: date
) -> tuple[StatementLine, ...]:
    """Return what a department was charged or shown in some days."""
    months = (period_of(since_on), _last_period(until_on))
    # Nearly all is in one currency: the rest is left out here.
    rows = _charged.all(department_id, *months, since_on, until_on)
    return with_fees(_line(row, 1) for row in rows if row[-1] == currency)


def with_fees(lines: Iterable[StatementLine]) -> tuple[StatementLine, ...]:
    """Return the lines, each fee that was booked right after a cost beside that cost."""
    told: list[StatementLine] = []
    for line in lines:
        before = told[-1] if told else None
        if line.account_code != chart.MARKETPLACE_FEE:
            told.append(line)
        elif before is not None and before.entry_id == line.entry_id and before.fee is None:
            told[-1] = replace(before, fee=line.amount)
        else:
            told.append(replace(line, amount=line.amount - line.amount, fee=line.amount))
    return tuple(told)


def charged_before(department_id: UUID, currency: str, since_on: date) -> int:
    """Return what was charged since the fiscal year began: whole months, then single days."""
    whole = _carried.first(department_id, currency, fiscal_year_of(since_on), period_of(since_on))
    carried = int(whole or 0)
    if since_on.day == 1:
        return carried
    days = between(since_on.replace(day=1), since_on - timedelta(days=1))
    spent = all_year().filter(account__in=accounts(chart.SPEND))
    return carried + net_of(spent.filter(days, department=department_id, currency=currency))


def net_of(postings: QuerySet[Posting]) -> int:
    """Return debit less credit of these, in minor units."""
    sums = postings.aggregate(debit=Sum("debit_minor"), credit=Sum("credit_minor"))
    return int(sums["debit"] or 0) - int(sums["credit"] or 0)


@Kept
def promised_by(department: UUID, currency: str) -> QuerySet[Commitment]:
    """What awards still hold of a department's budget."""
    held = Commitment.objects.filter(
        budget_line__department=department, budget_line__currency=currency, open_minor__gt=0
    )
    named = held.select_related("award__job", "award__provider")
    lean = named.defer("award__comparison", "award__job__need")
    return lean.order_by("award__chosen_at", "pk")


@Kept
def currencies_of(department: UUID) -> QuerySet[Balance, str]:
    """In which currencies a department was charged or shown anything."""
    found = Balance.objects.filter(account__in=accounts(SPENT_OR_SHOWN), department=department)
    return found.values_list("currency", flat=True).distinct()


@Kept
def _carried(
    department: UUID, currency: str, fiscal_year: int, period: int
) -> QuerySet[Balance, Decimal]:
    """What the months of a year before one come to: one row, or none."""
    found = Balance.objects.filter(
        account__in=accounts(chart.SPEND),
        department=department,
        currency=currency,
        period__fiscal_year=fiscal_year,
        period__lt=period,
    )
    sums = found.order_by().values("currency").annotate(all=Sum(Balance.net()))
    return sums.order_by("currency").values_list("all", flat=True)


@Kept
def _charged(
    department: UUID, first: int, last: int, since_on: date, until_on: date
) -> QuerySet[Posting, tuple[Any, ...]]:
    return _in_order(
        all_year().filter(
            account__in=accounts(SPENT_OR_SHOWN),
            department=department,
            period__gte=first,
            period__lte=last,
            entry__effective_on__range=(since_on, until_on),
        )
    )


def _in_order(postings: QuerySet[Posting]) -> QuerySet[Posting, tuple[Any, ...]]:
    return postings.order_by("entry__effective_on", "entry_id", "line").values_list(*COLUMNS)


def _line(row: tuple[Any, ...], sign: int) -> StatementLine:
    entry_id, posted_at, effective_on, kind, source, corrects = row[:6]
    code, name, book, job_id, reference, title, milestone, department = row[6:14]
    provider_id, provider, debit_minor, credit_minor, currency = row[14:]
    proved_by = _proved_by(kind, source, job_id)
    return StatementLine(
        entry_id=entry_id,
        posted_at=posted_at,
        effective_on=effective_on,
        kind=kind,
        kind_label=EntryKind(kind).label,
        account_code=code,
        account_name=name,
        job_id=job_id,
        job_reference=reference or "",
        job_title=title or "",
        milestone_title=milestone or "",
        department_name=department or "",
        provider_id=provider_id,
        provider_name=provider or "",
        amount=Money(sign * (debit_minor - credit_minor), currency),
        fee=None,
        corrects_period=corrects,
        proved_by=proved_by,
        proof=f"{settings.SITE_URL}{PROOFS}?subject={proved_by}" if proved_by else "",
        is_shown=book == Book.MEMO,
    )


def _proved_by(kind: str, source: UUID, job_id: UUID | None) -> UUID | None:
    if kind == EntryKind.CANCELLED:
        return job_id
    return source if kind in TOLD_BY_SOURCE else None
