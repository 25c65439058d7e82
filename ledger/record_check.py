"""
Whether the record is what it was: the log itself, every row that it is about, and the books.

What is wrong is named with the first row that shows it. Reading only, at one moment, with a
memory that does not grow with the record.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from bids.models.bids import SealedRoot
from bids.rooting import holds
from ledger.books import Progress, Report, check_books, quiet
from ledger.log_check import LogCheck
from ledger.record_tables import EVENTS, RECORD, RecordTable, columns_of, digest_of, words_columns
from ledger.recording import BATCH_DIGEST, RECORDED, SPELLING
from marketplace.redacting import TOMBSTONE

NAMED = 20  # so many rows of a table are named, and then it is enough

BATCHES = f"""
SELECT b.number, b.table_name, b.id, e.id IS NULL FROM ledger_rowbatch AS b
LEFT JOIN marketplace_event AS e ON e.subject_id = b.id AND e.kind = '{RECORDED}'
WHERE b.number > %s AND b.number <= %s AND (
    e.id IS NULL OR e.body::json ->> 'digest' <> encode({BATCH_DIGEST}, 'hex')
) ORDER BY b.number
"""  # noqa: S608 - names of our own
GONE = f"""
SELECT e.id, e.happened_at FROM marketplace_event AS e
WHERE e.kind = '{RECORDED}' AND NOT EXISTS (
    SELECT FROM ledger_rowbatch AS b WHERE b.id = e.subject_id
) ORDER BY e.id LIMIT {NAMED}
"""  # noqa: S608
WORDS_CHANGED = f"""
SELECT id FROM marketplace_words
WHERE CASE WHEN redacted_at IS NULL THEN digest <> sha256(salt || convert_to(text, 'UTF8'))
    ELSE text <> '{TOMBSTONE}' OR salt <> '' END
ORDER BY id LIMIT {NAMED}
"""  # noqa: S608


def verify_record(*, outside: tuple[str, ...] = (), progress: Progress = quiet) -> Report:
    """Compare the whole record with its log; with outside checkpoints, that its end is there."""
    log = LogCheck(outside=outside)
    log.run(progress=progress)
    rows = RowCheck()
    rows.run(progress=progress)
    roots = check_roots(progress=progress)
    books = check_books(progress=progress)
    return Report(
        checked=log.checked | rows.checked | roots.checked | books.checked,
        wrong=(*log.wrong, *rows.wrong, *roots.wrong, *books.wrong),
    )


def check_roots(*, progress: Progress = quiet) -> Report:
    """Compare the bids that were never opened with the root that was written when they were."""
    wrong = []
    closed = SealedRoot.objects.filter(job__opening=None).select_related("job")
    for number, rooted in enumerate(closed.iterator(chunk_size=500)):
        if number % 500 == 0:
            progress("bids never opened", number, number)
        if not holds(rooted):
            wrong.append(f"job {rooted.job_id}: its sealed bids are not those that were rooted")
    return Report(checked={"jobs never opened": closed.count()}, wrong=tuple(wrong[:NAMED]))


class RowCheck:
    """Every row of the record against the digests that the log names."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.checked: dict[str, int] = {"rows": 0, "digests": 0}
        self._broken: list[int] = []  # batches that were altered themselves prove nothing
        self._first, self._last = 1, 0
        self._words = words_columns()

    def run(self, *, progress: Progress) -> None:
        """Compare all of it."""
        with connection.cursor() as cursor:
            cursor.execute(SPELLING)
            # Nobody analyzes arrays of keys: without this a plan may visit every row for every row.
            cursor.execute("SET LOCAL enable_nestloop = off")
            cursor.execute(
                "SELECT coalesce(min(number), 1), coalesce(max(number), 0) FROM ledger_rowbatch"
            )
            self._first, self._last = cursor.fetchone()
        self._compare_batches(progress)
        for number, table in enumerate(RECORD.values()):
            progress("rows of the record", number, len(RECORD))
            self.compare(table)
        progress("rows of the record", len(RECORD), len(RECORD))
        for (words,) in _rows(WORDS_CHANGED):
            self.wrong.append(f"words {words}: they are not what was written")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = on")

    def _compare_batches(self, progress: Progress) -> None:
        step = 50
        for after in range(self._first - 1, self._last, step):
            progress("digests", after, self._last)
            for number, table, _, is_unsaid in _rows(BATCHES, [after, after + step]):
                self._broken.append(number)
                words = "no event names it" if is_unsaid else "it is not what its event names"
                self.wrong.append(f"digests of {_named(table)}, batch {number}: {words}")
        for event, at in _rows(GONE):
            self.wrong.append(
                f"event {event} ({RECORDED}, {at:%Y-%m-%d}): its digests were removed"
            )
        self.checked["digests"] = self._last

    def compare(self, table: RecordTable) -> None:
        """Compare the rows of one table."""
        shapes = _rows(
            "SELECT DISTINCT columns, later_columns FROM ledger_rowbatch WHERE table_name = %s",
            [table.name],
        )
        there = columns_of(table.name)
        for columns, later in shapes:
            if {*columns, *later} - there.keys():
                self.wrong.append(f"{_named(table.name)}: a column was removed")
                continue
            self._compare_fixed(table, columns)
            if later:
                self._compare_later(table, later)
        self._find_added(table)
        ((count,),) = _rows(f"SELECT count(*) FROM {table.name}")  # noqa: S608
        self.checked["rows"] += count

    def _compare_fixed(self, table: RecordTable, columns: list[str]) -> None:
        digest = digest_of(table, columns, self._words)
        sql = (
            f"SELECT v.key, t.{table.key} IS NULL FROM ledger_rowbatch AS b"  # noqa: S608
            " CROSS JOIN LATERAL unnest(b.keys, b.digests) AS v (key, digest)"
            f" LEFT JOIN {table.name} AS t ON t.{table.key} = v.key::{table.key_type}"
            " WHERE b.table_name = %s AND b.columns = %s AND b.number <> ALL (%s)"
            f" AND {digest} IS DISTINCT FROM v.digest ORDER BY b.number LIMIT {NAMED}"
        )
        for key, is_gone in _rows(sql, [table.name, columns, self._broken]):
            said = "it was removed" if is_gone else "it is not what was recorded"
            if table.lines and not is_gone:
                said = "it, or one of its lines, is not what was recorded"
            self.wrong.append(f"{_named(table.name)} {key}: {said}")

    def _compare_later(self, table: RecordTable, later: list[str]) -> None:
        digest = digest_of(table, later, self._words)
        sql = (
            "SELECT v.key FROM (SELECT DISTINCT ON (v.key) v.key, v.digest, b.later_columns"  # noqa: S608
            " FROM ledger_rowbatch AS b"
            " CROSS JOIN LATERAL unnest(b.keys, b.later_digests) AS v (key, digest)"
            " WHERE b.table_name = %s AND b.number <> ALL (%s)"
            " ORDER BY v.key, b.number DESC) AS v"
            f" JOIN {table.name} AS t ON t.{table.key} = v.key::{table.key_type}"
            f" WHERE v.later_columns = %s AND {digest} IS DISTINCT FROM v.digest"
            f" AND NOT {_waits(table, 'v.key')} LIMIT {NAMED}"
        )
        for (key,) in _rows(sql, [table.name, self._broken, later]):
            self.wrong.append(
                f"{_named(table.name)} {key}: what became of it is not what was recorded"
            )

    def _find_added(self, table: RecordTable) -> None:
        when = table.when
        if table.name == EVENTS:
            when = (
                "EXISTS (SELECT FROM marketplace_logleaf AS p WHERE p.event_id = t.id"  # noqa: S608
                " AND p.position < coalesce((SELECT up_to_position FROM ledger_rowbatch"
                f" WHERE table_name = '{EVENTS}' ORDER BY number DESC LIMIT 1), 0))"
            )
        # As texts: what somebody slipped among the keys of a batch need not be a key at all.
        sql = (
            f"SELECT t.{table.key} FROM {table.name} AS t WHERE {when}"  # noqa: S608
            " AND NOT EXISTS (SELECT FROM (SELECT unnest(keys) AS key FROM ledger_rowbatch"
            f" WHERE table_name = %s) AS v WHERE v.key = t.{table.key}::text)"
            f" AND NOT {_waits(table, f't.{table.key}::text')}"
            f" ORDER BY t.{table.key} LIMIT {NAMED}"
        )
        for (key,) in _rows(sql, [table.name]):
            self.wrong.append(
                f"{_named(table.name)} {key}: it was added, and the log knows nothing of it"
            )


def _waits(table: RecordTable, key: str) -> str:
    """Return the condition that a row was written a moment ago, and its digest is still to come."""
    return (
        "EXISTS (SELECT FROM ledger_unrecordedrow AS u"
        f" WHERE u.table_name = '{table.name}' AND u.key = {key})"
    )


def _named(table: str) -> str:
    """Return the name of a table as a reader of the report would say it."""
    return table.split("_", 1)[1]


def _rows(sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
