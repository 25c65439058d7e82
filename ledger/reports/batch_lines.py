"""The lines of entries that go to the general ledger: book A, with what segments are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ledger import chart
from ledger.models.journal import Book, EntryKind, JournalEntry, Posting
from ledger.reports.columns import Column, columns
from ledger.reports.reading import departments_to_read, reader_of
from ledger.reports.statement_lines import accounts, between
from marketplace.models.people import User
from marketplace.money import Money

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One posting of a batch."""

    entry_id: UUID
    line: int
    kind: str
    period: int
    effective_on: date
    posted_at: datetime
    account_code: str
    account_name: str
    cost_centre: str
    department_name: str
    provider_name: str
    job_reference: str
    currency: str
    debit: Money | None
    credit: Money | None
    corrects_period: int | None
    memo: str


COLUMNS: tuple[Column[BatchLine], ...] = columns(
    *("entry_id", "line", "kind", "period", "effective_on", "posted_at", "account_code"),
    *("account_name", "cost_centre", "department_name", "provider_name", "job_reference"),
    *("currency", "debit", "credit", "corrects_period", "memo"),
)
READ = (
    *("entry__public_id", "line", "entry__kind", "entry__period", "entry__effective_on"),
    *("entry__posted_at", "account__code", "account__name", "department__cost_centre"),
    *("department__name", "provider__name", "job__reference", "currency", "debit_minor"),
    *("credit_minor", "entry__corrects_period", "entry__memo"),
)


def entries_to_batch(*, until_period: int) -> QuerySet[JournalEntry]:
    """Return the entries with lines in book A that are in no batch yet."""
    found = JournalEntry.objects.filter(period__lte=until_period, batched=None)
    return found.filter(postings__account__book=Book.ACTUAL).distinct()


def batch_lines(*, batch: int) -> Iterator[BatchLine]:
    """Return the lines of a batch, in the order of the books, in constant memory."""
    postings = Posting.objects.filter(
        entry__batched__batch=batch, account__book=Book.ACTUAL
    ).order_by("entry_id", "line")
    for row in postings.values_list(*READ).iterator(chunk_size=CHUNK):
        yield _line(row)


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One charge or credit of a department, as cost tools read it."""

    line: BatchLine
    department_id: UUID
    provider_in_house: bool
    category_name: str
    minor: int


def charge_lines(*, actor: User, since_on: date, until_on: date) -> Iterator[ChargeLine]:
    """Return what departments that the actor may read were charged, in the order of the books."""
    departments = departments_to_read(reader_of(actor))
    postings = (
        Posting.objects.filter(between(since_on, until_on), account__in=accounts(chart.SPEND))
        .filter(department__in=departments)
        .exclude(entry__kind=EntryKind.YEAR_CLOSED)
        .order_by("entry_id", "line")
    )
    more = ("department", "provider__department", "category__name")
    for row in postings.values_list(*READ, *more).iterator(chunk_size=CHUNK):
        *plain, department, team_of, category = row
        line = _line(tuple(plain))
        yield ChargeLine(
            line, department, team_of is not None, category or "", plain[13] - plain[14]
        )


def _line(row: tuple[Any, ...]) -> BatchLine:
    entry, number, kind, period, on, at, code, name, centre, department, provider, job = row[:12]
    currency, debit, credit, corrects, memo = row[12:]
    return BatchLine(
        entry_id=entry,
        line=number,
        kind=kind,
        period=period,
        effective_on=on,
        posted_at=at,
        account_code=code,
        account_name=name,
        cost_centre=centre or "",
        department_name=department or "",
        provider_name=provider or "",
        job_reference=job or "",
        currency=currency,
        debit=Money(debit, currency) if debit else None,
        credit=Money(credit, currency) if credit else None,
        corrects_period=corrects,
        memo=memo,
    )
