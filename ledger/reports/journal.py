"""The journal: every entry with its lines and where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Sum

from ledger.models.journal import EntryKind, JournalEntry, Posting
from ledger.reports.columns import Column, Control, ControlTotal, columns
from ledger.reports.journal_lines import JournalLine, lines_read_by, theirs
from ledger.reports.known import NOW, Known
from ledger.reports.paging import PAGE, Page, page_size, read_cursor, write_cursor
from ledger.reports.reading import Reader, reader_of
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Unknown

ENTRIES_AT_ONCE = 500  # for a file


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
    booked_since: datetime | None = None
    known: Known = NOW


ALL = JournalFilter()


@dataclass(frozen=True, slots=True)
class FlatLine:
    """A line with its entry: a row of the file."""

    entry: EntryRow
    line: JournalLine


COLUMNS: tuple[Column[FlatLine], ...] = columns(
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
    currency=lambda row: row.line.currency,
    debit=lambda row: row.line.debit,
    credit=lambda row: row.line.credit,
    source_id=lambda row: row.entry.source_id,
    reverses_id=lambda row: row.entry.reverses_id,
    corrects_period=lambda row: row.entry.corrects_period,
    memo=lambda row: row.entry.memo,
)  # of FlatLine


def journal(
    *,
    actor: User,
    only: JournalFilter = ALL,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[EntryRow]:
    """
    Return entries, the last booked first: all for finance and auditors; for others, those with
    lines of their own departments (as head) or their own income, and those lines alone.

    :raises NotACursor: the cursor is none of this list.
    """
    reader = reader_of(actor)
    entries = entries_read_by(reader, only)
    key = read_cursor("journal", cursor)
    if key is not None:
        entries = entries.filter(pk__lt=int(key[0]))
    size = page_size(limit)
    found = list(entries.order_by("-pk")[: size + 1])
    rows = entry_rows(found[:size], reader)
    if len(found) <= size:
        return Page(rows, None)
    return Page(rows, write_cursor("journal", found[size - 1].pk))


def entry(*, actor: User, entry_id: UUID) -> EntryRow:
    """Return one entry. :raises Unknown: there is none such, or no line the actor may read."""
    reader = reader_of(actor)
    found = entries_read_by(reader, ALL).filter(public_id=entry_id).first()
    if found is None:
        raise Unknown("There is no such entry.")
    return entry_rows([found], reader)[0]


def every_line(*, actor: User, only: JournalFilter = ALL) -> Iterator[FlatLine]:
    """Return all lines of those entries, some hundred entries at a time, for a file."""
    reader = reader_of(actor)
    entries = entries_read_by(reader, only).order_by("-pk")
    heads = entries[:ENTRIES_AT_ONCE]
    while found := {entry.pk: _head(entry) for entry in heads}:
        for number, line in lines_read_by(reader, list(found)):
            yield FlatLine(found[number], line)
        heads = entries.filter(pk__lt=min(found))[:ENTRIES_AT_ONCE]


def journal_control(*, actor: User, only: JournalFilter = ALL) -> Control:
    """Return how many lines those entries have, and what both sides come to."""
    reader = reader_of(actor)
    entries = entries_read_by(reader, only)
    # Entries of some months lie together: their lines are looked for nowhere else.
    ends = entries.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    lines = Posting.objects.filter(
        entry__in=entries.values("pk"), entry__gte=ends["first"] or 0, entry__lte=ends["last"] or 0
    )
    sums = (
        lines.filter(theirs(reader))
        .values("currency")
        .annotate(count=Count("pk"), debit=Sum("debit_minor"), credit=Sum("credit_minor"))
    )
    found = list(sums.order_by("currency"))
    return Control(
        sum(each["count"] for each in found),
        tuple(
            ControlTotal(side, Money(int(each[side]), each["currency"]))
            for each in found
            for side in ("debit", "credit")
        ),
    )


def entries_read_by(reader: Reader, only: JournalFilter) -> QuerySet[JournalEntry]:
    postings = Posting.objects.filter(theirs(reader), entry=OuterRef("pk"))
    wanted = {
        "department": only.department_id,
        "provider": only.provider_id,
        "job": only.job_id,
        "account__code": only.account_code,
        "currency": only.currency,
    }
    postings = postings.filter(**{name: value for name, value in wanted.items() if value})
    facts = {
        "effective_on__gte": only.since_on,
        "effective_on__lte": only.until_on,
        "period": only.period,
        "kind": only.kind,
        "posted_at__gte": only.booked_since,
    }
    entries = JournalEntry.objects.all()
    if not reader.reads_all_books or any(wanted.values()):  # no entry is without lines
        entries = entries.filter(Exists(postings))
    return (
        entries.filter(only.known.of())
        .filter(**{name: value for name, value in facts.items() if value})
        .select_related("actor", "reverses")
    )


def entry_rows(found: Sequence[JournalEntry], reader: Reader) -> tuple[EntryRow, ...]:
    """Return entries with those of their lines that the reader may read."""
    numbers = [entry.pk for entry in found]
    lines: dict[int, list[JournalLine]] = {number: [] for number in numbers}
    for number, line in lines_read_by(reader, numbers):
        lines[number].append(line)
    counts = {} if reader.reads_all_books else _counts_of(numbers)
    return tuple(
        replace(
            _head(entry),
            lines=tuple(lines[entry.pk]),
            is_whole=counts.get(entry.pk, len(lines[entry.pk])) == len(lines[entry.pk]),
        )
        for entry in found
    )


def _counts_of(entries: Sequence[int]) -> dict[int, int]:
    """Return how many lines each of these entries has."""
    lines = Posting.objects.filter(entry__in=entries).values("entry")
    counted = lines.order_by().annotate(count=Count("pk"))
    return dict(counted.values_list("entry", "count"))


def _head(found: JournalEntry) -> EntryRow:
    """Return an entry without its lines."""
    return EntryRow(
        entry_id=found.public_id,
        kind=found.kind,
        kind_label=EntryKind(found.kind).label,
        period=found.period_id,
        effective_on=found.effective_on,
        posted_at=found.posted_at,
        actor_name=found.actor.name,
        source_id=found.source,
        reverses_id=found.reverses.public_id if found.reverses else None,
        corrects_period=found.corrects_period_id,
        memo=found.memo,
        lines=(),
        is_whole=False,
    )
