"""
Binding rows to the log. Whatever was written is taken from its note, and an event carries the
digest: from then on the row is what it was, or the record shows that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from ledger.models.record import RowBatch
from ledger.record_tables import EVENTS, RECORD, RecordTable, digest_of, words_columns
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.system import the_clock

RECORDED = "rows.recorded"
AT_ONCE = 5_000
ONE_RECORDER = 4_711_202_612  # an advisory lock: batches are numbered one after the other

# What the log writes of itself. It is recorded with the next news, or there would always be some.
OF_ITSELF = ["marketplace_checkpoint", "marketplace_checkpointcopy"]

# Sessions must agree on how a moment and bytes are spelled before they can agree on a digest.
SPELLING = "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL datestyle = 'ISO'"

BATCH_DIGEST = """
sha256(convert_to(json_build_array(
    b.id, b.number, b.table_name, b.columns, b.later_columns, b.keys, b.digests, b.later_digests,
    b.up_to_position, b.made_at
)::text, 'UTF8'))
"""


@transaction.atomic(savepoint=False)
def record_rows(*, at: datetime, at_once: int = AT_ONCE) -> int:
    """Bind to the log what was written since the last time, and return how many rows that are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_RECORDER])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(SPELLING)
    events = _sealed_events(at_once)
    if not events and not _is_news():
        return 0
    noted = _take_notes(at_once)
    words = words_columns()
    clock = the_clock()
    done = 0
    for name in sorted(noted):
        if name in RECORD:  # a note of a table that is gone since is no row
            done += _write(RECORD[name], noted[name], words, clock=clock, at=at)
    if events:
        keys = [str(event) for _, event in events]
        up_to = events[-1][0] + 1
        done += _write(RECORD[EVENTS], keys, words, clock=clock, at=at, up_to_position=up_to)
    return done


def _sealed_events(at_once: int) -> list[tuple[int, int]]:
    """Return (position, id) of events to take; none where only our own are new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.position, e.id, e.kind FROM marketplace_logleaf AS p"
            " JOIN marketplace_event AS e ON e.id = p.event_id WHERE p.position >= coalesce(("
            "  SELECT up_to_position FROM ledger_rowbatch WHERE table_name = %s"
            "  ORDER BY number DESC LIMIT 1), 0)"
            " ORDER BY p.position LIMIT %s",
            [EVENTS, at_once],
        )
        rows = cursor.fetchall()
    return [row[:2] for row in rows] if any(kind != RECORDED for *_, kind in rows) else []


def _is_news() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_unrecordedrow WHERE table_name <> ALL (%s))",
            [OF_ITSELF],
        )
        return bool(cursor.fetchone()[0])


def _take_notes(at_once: int) -> dict[str, list[str]]:
    """Take notes off the queue. Only what was committed is seen, so nothing can be missed."""
    noted: dict[str, dict[str, None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_unrecordedrow WHERE id IN (SELECT id FROM ledger_unrecordedrow"
            " ORDER BY id LIMIT %s) RETURNING table_name, key",
            [at_once],
        )
        for name, key in cursor:
            noted.setdefault(name, {})[key] = None
    return {name: sorted(keys) for name, keys in noted.items()}


def _write(
    table: RecordTable,
    keys: Iterable[str],
    words: set[tuple[str, str]],
    *,
    clock: User,
    at: datetime,
    up_to_position: int | None = None,
) -> int:
    columns, later = table.fixed_columns, table.later_columns
    fixed_sql = digest_of(table, columns, words)
    later_sql = digest_of(table, later, words) if later else "NULL::bytea"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.key, {fixed_sql}, {later_sql}"  # noqa: S608 - names of our own tables
            f" FROM unnest(%s::text[]) WITH ORDINALITY AS k (key, n)"
            f" JOIN {table.name} AS t ON t.{table.key} = k.key::{table.key_type} ORDER BY k.n",
            [list(keys)],
        )
        rows = cursor.fetchall()
    batch = RowBatch.objects.create(
        number=_last_number() + 1,
        table_name=table.name,
        columns=columns,
        later_columns=later,
        keys=[row[0] for row in rows],
        digests=[row[1] for row in rows],
        later_digests=[row[2] for row in rows] if later else [],
        up_to_position=up_to_position,
        made_at=at,
    )
    facts: dict[str, Fact] = {"table": table.name, "number": batch.number, "rows": len(rows)}
    facts["digest"] = _digest_of_batch(batch)
    record(clock, RECORDED, batch, at=at, audience=Audience.COMPANY, facts=facts)
    return len(rows)


def _last_number() -> int:
    last = RowBatch.objects.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def _digest_of_batch(batch: RowBatch) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT encode({BATCH_DIGEST}, 'hex') FROM ledger_rowbatch AS b"  # noqa: S608
            " WHERE b.id = %s",
            [batch.pk],
        )
        return str(cursor.fetchone()[0])
