"""
Entries for the company's general ledger, in numbered batches: each entry is handed over once, a
correction in a later batch, and a batch is the same bytes whenever it is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from ledger.exchange.keeping import keep_file, pieces_of
from ledger.exchange.tables import CSV_TYPE, csv_file
from ledger.models.files import KeptFile, LedgerBatch
from ledger.reports.batch_lines import COLUMNS, BatchLine, batch_lines, entries_to_batch
from ledger.reports.columns import Cell, Column
from ledger.reports.reading import reader_of
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, Unknown, require

LOCK = 7331  # one batch at a time: they are numbered one after the other
SEGMENTS = 30
Fbdi = Column[BatchLine]
FOR_READERS = "Batches for the general ledger are for finance and auditors."


class NothingToExport(Refusal):
    """Every entry up to that month was handed over already."""

    code = "nothing_to_export"
    field = "until_period"


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch: what is in it, and the digests of its two files."""

    number: int
    made_by: str
    made_at: datetime
    until_period: int
    entries: int
    lines: int
    generic_sha256: str
    fbdi_sha256: str


@transaction.atomic
def make_batch(*, actor: User, until_period: int, ledger_id: str = "1", at: datetime) -> BatchFacts:
    """
    Hand over every entry up to a month that was not handed over yet.

    :raises Forbidden: only finance makes batches.
    :raises NothingToExport: there is none.
    """
    require(may_manage_money(actor), "Only finance hands entries over.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
    ids = list(entries_to_batch(until_period=until_period).values_list("pk", flat=True))
    if not ids:
        raise NothingToExport("Everything up to that month was handed over already.")
    number = LedgerBatch.objects.count() + 1
    with connection.cursor() as cursor:
        # The batch itself comes last, when its files are known; the key is checked at the end.
        cursor.execute(
            "INSERT INTO ledger_batchedentry (entry_id, batch_id)"
            " SELECT id, %s FROM unnest(%s::bigint[]) AS id",
            [number, ids],
        )
    generic, fbdi, lines = _files(number, ledger_id, at=at)
    batch = LedgerBatch.objects.create(
        number=number,
        made_by=actor,
        made_at=at,
        until_period=until_period,
        entries=len(ids),
        lines=lines,
        generic=generic,
        fbdi=fbdi,
    )
    facts: dict[str, Fact] = {
        "batch": number,
        "entries": len(ids),
        "digest": bytes(generic.digest).hex(),
    }
    record(actor, "batch.made", generic, at=at, audience=Audience.COMPANY, facts=facts)
    return _facts(batch)


def _files(number: int, ledger_id: str, *, at: datetime) -> tuple[KeptFile, KeptFile, int]:
    """Keep both files of a batch; return them, and how many lines each has."""
    lines = 0

    def counted() -> Iterator[BatchLine]:
        nonlocal lines
        for line in batch_lines(batch=number):
            lines += 1
            yield line

    name = f"general-ledger-{number:05d}"
    plain = csv_file(COLUMNS, counted())
    generic = keep_file(name=f"{name}.csv", media_type=CSV_TYPE, pieces=plain, at=at)
    oracle = _without_head(csv_file(_fbdi(number, ledger_id), batch_lines(batch=number)))
    fbdi = keep_file(name=f"{name}-fbdi.csv", media_type=CSV_TYPE, pieces=oracle, at=at)
    return generic, fbdi, lines


def batches(*, actor: User) -> list[BatchFacts]:
    """Return every batch, the last first. :raises Forbidden: not theirs to see."""
    require(reader_of(actor).reads_all_books, FOR_READERS)
    found = LedgerBatch.objects.select_related("made_by", "generic", "fbdi")
    return [_facts(batch) for batch in found.order_by("-number")]


def batch_file(*, actor: User, number: int, is_fbdi: bool) -> tuple[str, Iterator[bytes]]:
    """
    Return the name and the content of a batch's file, as it was made.

    :raises Unknown, Forbidden: there is none of that number; not theirs to see.
    """
    require(reader_of(actor).reads_all_books, FOR_READERS)
    batch = LedgerBatch.objects.select_related("generic", "fbdi").filter(pk=number).first()
    if batch is None:
        raise Unknown("There is no such batch.")
    file = batch.fbdi if is_fbdi else batch.generic
    return file.name, pieces_of(file_id=file.pk)


def _facts(batch: LedgerBatch) -> BatchFacts:
    return BatchFacts(
        number=batch.number,
        made_by=batch.made_by.name,
        made_at=batch.made_at,
        until_period=batch.until_period,
        entries=batch.entries,
        lines=batch.lines,
        generic_sha256=bytes(batch.generic.digest).hex(),
        fbdi_sha256=bytes(batch.fbdi.digest).hex(),
    )


def _fbdi(number: int, ledger_id: str) -> list[Fbdi]:
    """
    Return the columns of Oracle's GL interface file, in its order: what it calls the journal's
    source, category and batch, thirty segments (cost centre, account), both sides, the group.
    """

    def column(name: str, value: Callable[[BatchLine], Cell] = lambda line: None) -> Fbdi:
        return Column(name, value)

    def always(name: str, text: str) -> Fbdi:
        return Column(name, lambda line: text)

    return [
        always("Status Code", "NEW"),
        always("Ledger ID", ledger_id),
        column("Effective Date", lambda line: line.effective_on.strftime("%Y/%m/%d")),
        always("Journal Source", "Choicebook"),
        column("Journal Category", lambda line: line.kind),
        column("Currency Code", lambda line: line.currency),
        column("Creation Date", lambda line: line.posted_at.strftime("%Y/%m/%d")),
        always("Actual Flag", "A"),
        column("Segment1", lambda line: line.cost_centre),
        column("Segment2", lambda line: line.account_code),
        *(column(f"Segment{place}") for place in range(3, SEGMENTS + 1)),
        column("Entered Debit", lambda line: line.debit),
        column("Entered Credit", lambda line: line.credit),
        column("Converted Debit"),
        column("Converted Credit"),
        always("Reference1", f"Choicebook {number}"),
        *(column(f"Reference{place}") for place in range(2, 4)),
        column("Reference4", lambda line: str(line.entry_id)),
        column("Reference5", lambda line: line.memo[:240]),
        *(column(f"Reference{place}") for place in range(6, 10)),
        column("Reference10", lambda line: f"{line.job_reference} {line.provider_name}".strip()),
        *(column(f"Reference column {place}") for place in range(1, 11)),
        column("Statistical Amount"),
        column("Conversion Type"),
        column("Conversion Date"),
        column("Conversion Rate"),
        always("Interface Group Identifier", str(number)),
    ]


def _without_head(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return a CSV without its first line: the interface knows its columns by their places."""
    yield next(pieces, b"").partition(b"\r\n")[2]
    yield from pieces
