"""
Sealing: events get their places in the log, in the order of their commits, under a checkpoint.

Numbers of rows are given before a commit, so whoever reads “all above the last number” loses what
commits late. What was written by a transaction below the oldest that still runs is finished; in
the order (epoch, transaction, number) nothing can appear behind it any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from marketplace.history import record
from marketplace.log import merkle
from marketplace.log.checkpoints import signed
from marketplace.log.tree import WIDTH, StoredTree, row_of
from marketplace.models.events import Audience
from marketplace.models.log import Checkpoint, LogEpoch, LogTile
from marketplace.refusals import Refusal
from marketplace.system import the_clock

BATCH = 5_000
BATCHES_AT_ONCE = 20  # then the other duties have their turn

# Any number will do, as long as nothing else in this database locks it.
ONE_SEALER = 7_302_202_611

EPOCH = """
SELECT e.number, e.cluster = s.system_identifier AND coalesce((
    SELECT written_in < pg_snapshot_xmax(pg_current_snapshot())
        OR written_in IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()
    FROM marketplace_event
    WHERE epoch = e.number
    ORDER BY written_in DESC LIMIT 1
), true)
FROM marketplace_logepoch AS e, pg_control_system() AS s
ORDER BY e.number DESC LIMIT 1
"""
WATERMARK = """
SELECT l.position + 1, e.epoch, e.written_in::text, e.id
FROM marketplace_logleaf AS l
JOIN marketplace_event AS e ON e.id = l.event_id
ORDER BY l.position DESC LIMIT 1
"""
NEWS = """
SELECT id, leaf FROM marketplace_event
WHERE epoch = %(epoch)s
    AND (epoch, written_in, id) > (%(epoch)s, %(written_in)s::xid8, %(id)s)
    AND written_in < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY epoch, written_in, id LIMIT %(limit)s
"""
# Raising the epoch waited for all who wrote in earlier ones: they are whole.
LEFT_BEHIND = """
SELECT id, leaf FROM marketplace_event AS e
WHERE epoch < %(epoch)s
    AND NOT EXISTS (SELECT FROM marketplace_logleaf WHERE event_id = e.id)
ORDER BY epoch, written_in, id LIMIT %(limit)s
"""
APPEND = """
INSERT INTO marketplace_logleaf (position, event_id, leaf)
SELECT %s + nth - 1, id, leaf
FROM unnest(%s::bigint[], %s::bytea[]) WITH ORDINALITY AS news (id, leaf, nth)
"""
WAITING = """
SELECT count(*), extract(epoch FROM clock_timestamp() - min(recorded_at))::float
FROM marketplace_event
WHERE (epoch, written_in, id) > (%(epoch)s, %(written_in)s::xid8, %(id)s)
"""


class CountingAnew(Refusal):
    """The database was restored: its numbers of transactions do not go on from the log's last."""

    code = "counting_anew"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is recorded and not sealed yet."""

    events: int
    seconds: float  # since the oldest of them was recorded
    is_counting_anew: bool  # nothing is sealed until somebody raises the epoch


@dataclass(frozen=True, slots=True)
class _Watermark:
    """Where the log ends: the place after the last leaf, and the event that it is of."""

    size: int = 0
    epoch: int = 0
    written_in: str = "0"
    id: int = 0


def seal(*, at: datetime) -> int:
    """
    Seal what is finished, and return how many events that were.

    :raises CountingAnew: the database was restored and nobody raised the epoch.
    """
    sealed = 0
    for _ in range(BATCHES_AT_ONCE):
        batch = seal_batch(at=at)
        sealed += batch
        if batch < BATCH:
            break
    return sealed


@transaction.atomic(savepoint=False)
def seal_batch(*, at: datetime, limit: int = BATCH) -> int:
    """
    Append up to `limit` leaves with their tiles and one checkpoint, and return how many.

    Of two who try at once, one does it and the other does nothing.

    :raises CountingAnew: the database was restored and nobody raised the epoch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        if not cursor.fetchone()[0]:
            return 0
    epoch = _current_epoch()
    last = _watermark()
    leaves = _append(last, epoch=epoch, limit=limit)
    if not leaves:
        return 0
    _add_tiles(old_size=last.size, leaves=leaves)
    size = last.size + len(leaves)
    root = StoredTree(size).root
    Checkpoint.objects.create(size=size, root=root, note=signed(size=size, root=root), made_at=at)
    return len(leaves)


def backlog() -> Backlog:
    """Return what waits to be sealed, and for how long."""
    epoch, goes_on = _epoch()
    last = _watermark()
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"epoch": last.epoch, "written_in": last.written_in, "id": last.id})
        events, seconds = cursor.fetchone()
    return Backlog(events, max(seconds or 0.0, 0.0), is_counting_anew=not goes_on and epoch > 0)


@transaction.atomic(savepoint=False)
def raise_epoch(*, reason: str, at: datetime) -> int:
    """
    Begin a new count after a restore, and return its number. Needs the tables' owner.

    All that was restored is sealed first, then what comes after it.
    """
    number = _epoch()[0] + 1
    with connection.cursor() as cursor:
        # Waits for every writer: whatever has the old number is committed before this is.
        cursor.execute(f"ALTER TABLE marketplace_event ALTER COLUMN epoch SET DEFAULT {number:d}")
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        (cluster,) = cursor.fetchone()
    LogEpoch.objects.create(number=number, cluster=cluster, reason=reason)
    clock = the_clock()
    facts = {"epoch": number}
    record(clock, "log.epoch_raised", clock, at=at, audience=Audience.COMPANY, facts=facts)
    return number


def _epoch() -> tuple[int, bool]:
    """Return the current epoch, and whether the database still counts on in it."""
    with connection.cursor() as cursor:
        cursor.execute(EPOCH)
        number, goes_on = cursor.fetchone()
    return number, goes_on


def _current_epoch() -> int:
    number, goes_on = _epoch()
    if not goes_on:
        raise CountingAnew(
            "The database counts its transactions anew, as after a restore. Nothing is sealed until"
            " somebody who knows why says so: manage.py raise_epoch --reason “…”."
        )
    return number


def _watermark() -> _Watermark:
    with connection.cursor() as cursor:
        cursor.execute(WATERMARK)
        row = cursor.fetchone()
    return _Watermark(*row) if row else _Watermark()


def _append(last: _Watermark, *, epoch: int, limit: int) -> list[bytes]:
    """Give events their places, and return their leaves in that order."""
    news = _finished(last, epoch=epoch, limit=limit)
    if news:
        with connection.cursor() as cursor:
            ids, leaves = zip(*news, strict=True)
            cursor.execute(APPEND, [last.size, list(ids), list(leaves)])
    return [leaf for _, leaf in news]


def _finished(last: _Watermark, *, epoch: int, limit: int) -> list[tuple[int, bytes]]:
    """Return the next events behind which nothing can appear any more: number and leaf."""
    with connection.cursor() as cursor:
        if last.epoch < epoch:
            cursor.execute(LEFT_BEHIND, {"epoch": epoch, "limit": limit})
            if rows := cursor.fetchall():
                return [(id, bytes(leaf)) for id, leaf in rows]
            last = _Watermark(size=last.size)
        here: dict[str, int | str] = {
            "epoch": epoch,
            "written_in": last.written_in,
            "id": last.id,
            "limit": limit,
        }
        cursor.execute(NEWS, here)
        return [(id, bytes(leaf)) for id, leaf in cursor.fetchall()]


def _add_tiles(*, old_size: int, leaves: list[bytes]) -> None:
    """Write the tiles that these leaves complete, level by level."""
    level, before, hashes = 0, old_size, leaves
    while hashes:
        number, there = divmod(before, WIDTH)
        row = (row_of(level, number)[:there] if there else []) + hashes
        whole = [row[begin : begin + WIDTH] for begin in range(0, len(row) - WIDTH + 1, WIDTH)]
        roots = [merkle.root(tile) for tile in whole]
        LogTile.objects.bulk_create(
            LogTile(level=level, number=number + nth, hashes=b"".join(tile), root=roots[nth])
            for nth, tile in enumerate(whole)
        )
        level, before, hashes = level + 1, number, roots
