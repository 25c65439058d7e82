"""The journal: every entry with its lines and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.reports.columns import columns
from ledger.reports.paging import PAGE, Page
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A debit or a credit; the other side is None."""

    line: int
    account_code: str
    account_name: str
    book: str
    department_id: UUID | None
    department_name: str
    provider_id: UUID | None
    provider_name: str
    category_code: str
    job_id: UUID | None
    job_title: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One event of the books."""

    entry_id: UUID
    kind: str
    kind_label: str
    period: int
    effective_on: date
    posted_at: datetime
    actor_name: str
    source_id: UUID
    reverses_id: UUID | None
    corrects_period: int | None
    memo: str
    lines: tuple[JournalLine, ...]  # those the actor may read
    is_whole: bool  # every line of the entry is there


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries are meant; what is left out does not restrict."""

    since_on: date | None = None
    until_on: date | None = None  # that day included
    period: int | None = None
    kind: str = ""
    department_id: UUID | None = None
    provider_id: UUID | None = None
    job_id: UUID | None = None
    account_code: str = ""
    currency: str = ""


ALL = JournalFilter()


@dataclass(frozen=True, slots=True)
class FlatLine:
    """A line with its entry: a row of the file."""

    entry: EntryRow
    line: JournalLine


COLUMNS = columns(
    entry_id=lambda row: row.entry.entry_id,
    kind=lambda row: row.entry.kind,
    period=lambda row: row.entry.period,
    effective_on=lambda row: row.entry.effective_on,
    posted_at=lambda row: row.entry.posted_at,
    line=lambda row: row.line.line,
    account_code=lambda row: row.line.account_code,
    account_name=lambda row: row.line.account_name,
    department_name=lambda row: row.line.department_name,
    provider_name=lambda row: row.line.provider_name,
    job_title=lambda row: row.line.job_title,
    currency=lambda row: (row.line.debit or row.line.credit).currency,
    debit=lambda row: row.line.debit,
    credit=lambda row: row.line.credit,
    memo=lambda row: row.entry.memo,
)  # of FlatLine


def journal(
    *, actor: User, only: JournalFilter = ALL, cursor: str = "", limit: int = PAGE
) -> Page[EntryRow]:
    """
    Return entries, newest first: all for finance and auditors; for others, those with lines of
    their own departments (as head) or providers, and those lines alone.

    :raises NotACursor: the cursor is none of this list.
    """
    raise NotImplementedError


def entry(*, actor: User, entry_id: UUID) -> EntryRow:
    """Return one entry. :raises Unknown: there is none such, or no line the actor may read."""
    raise NotImplementedError


def every_line(*, actor: User, only: JournalFilter = ALL) -> Iterator[FlatLine]:
    """Return all lines of those entries, in pages behind the curtain, for a file."""
    raise NotImplementedError
