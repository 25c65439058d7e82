"""Whether the log is what was sealed: events, leaves, tiles and checkpoints, from the first on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from ledger.books import Progress
from marketplace.log.checkpoints import read_checkpoint
from marketplace.log.merkle import joined, node_hash
from marketplace.refusals import Refusal

CHUNK = 20_000
TILE = 256
TILE_HEIGHT = 8

# From the leaf before the first one wanted: each is compared with the one that it follows.
LEAVES = """
SELECT p.position, p.event_id, p.leaf, e.id IS NULL AS is_gone,
    sha256('\\x00'::bytea || e.salt || convert_to(e.body, 'UTF8')) = e.leaf AS is_hashed,
    e.leaf = p.leaf AS is_same,
    coalesce((e.epoch, e.written_in, e.id) > lag((e.epoch, e.written_in, e.id))
        OVER (ORDER BY p.position), true) AS is_in_order
FROM marketplace_logleaf AS p LEFT JOIN marketplace_event AS e ON e.id = p.event_id
WHERE p.position >= %s - 1 ORDER BY p.position LIMIT %s
"""
# A stretch in which nothing is wrong is fetched as one value: nine of ten parts of the time.
STRETCH = f"""
SELECT count(*), max(position), string_agg(leaf, ''::bytea ORDER BY position),
    bool_and(NOT is_gone AND is_hashed AND is_same AND is_in_order)
FROM ({LEAVES}) AS leaves WHERE position >= %s
"""  # noqa: S608 - our own
WHAT = "SELECT kind, happened_at FROM marketplace_event WHERE id = %s"
BEHIND = """
SELECT e.id, e.kind, e.happened_at FROM marketplace_event AS e
WHERE NOT EXISTS (SELECT FROM marketplace_logleaf AS p WHERE p.event_id = e.id)
AND (e.epoch, e.written_in, e.id) < (
    SELECT s.epoch, s.written_in, s.id FROM marketplace_logleaf AS p
    JOIN marketplace_event AS s ON s.id = p.event_id ORDER BY p.position DESC LIMIT 1
) ORDER BY e.id LIMIT 20
"""


class LogCheck:
    """One walk along the log. Its memory is one tile a level, however long the log is."""

    def __init__(self, *, outside: tuple[str, ...] = ()) -> None:
        self.outside = outside
        self.size = 0
        self.wrong: list[str] = []
        self.checked = {"events in the log": 0, "checkpoints": 0}
        self._subtrees: list[tuple[int, bytes]] = []
        self._tiles: dict[int, bytearray] = {}
        self._tiles_made: dict[int, int] = {}

    def run(self, *, progress: Progress) -> None:
        """Compare all of it."""
        expected = log_size()
        heads = self._heads()
        head = next(heads, None)
        for leaf in self._leaves(expected, progress):
            self._append(leaf)
            while head is not None and head[0] == self.size:
                self._compare_head(head)
                head = next(heads, None)
        progress("the log", self.size, expected)
        while head is not None:
            self._beyond(head)
            head = next(heads, None)
        self._compare_what_is_left()
        self.checked["events in the log"] = self.size

    def _leaves(self, expected: int, progress: Progress) -> Iterator[bytes]:
        """Yield the leaves one after the other, up to the first that is missing."""
        while True:
            begin = self.size
            progress("the log", begin, expected)
            ((count, last, leaves, is_clean),) = _rows(STRETCH, [begin, CHUNK + 1, begin])
            if not count:
                return
            if is_clean and last == begin + count - 1:
                for at in range(count):
                    yield leaves[at * 32 : at * 32 + 32]
                continue
            for row in _rows(LEAVES, [begin, CHUNK + 1]):
                if row[0] < begin:
                    continue
                if row[0] != self.size:
                    more = "" if row[0] == self.size + 1 else " and more"
                    self.wrong.append(f"log, place {self.size}{more}: it was removed")
                    return
                self._compare(row)
                yield bytes(row[2])

    def _compare(self, row: Any) -> None:
        position, event, _, is_gone, is_hashed, is_same, is_in_order = row
        if is_gone:
            self.wrong.append(f"event {event}, place {position} of the log: it was removed")
        elif not (is_hashed and is_same and is_in_order):
            ((kind, at),) = _rows(WHAT, [event])
            said = "it stands in another order than sealed"
            if not is_hashed:
                said = "what it says is not what its hash was made of"
            elif not is_same:
                said = "it is not what was sealed"
            self.wrong.append(f"{_event(event, kind, at)}: {said}")

    def _append(self, leaf: bytes) -> None:
        height, hashed = 0, leaf
        self._into_tile(0, leaf)
        while self._subtrees and self._subtrees[-1][0] == height:
            hashed = node_hash(self._subtrees.pop()[1], hashed)
            height += 1
            if height % TILE_HEIGHT == 0:
                level = height // TILE_HEIGHT
                self._finish_tile(level - 1, root=hashed)
                self._into_tile(level, hashed)
        self._subtrees.append((height, hashed))
        self.size += 1

    def _into_tile(self, level: int, hashed: bytes) -> None:
        self._tiles.setdefault(level, bytearray()).extend(hashed)

    def _finish_tile(self, level: int, *, root: bytes) -> None:
        ours = bytes(self._tiles.pop(level))
        number = self._tiles_made.get(level, 0)
        self._tiles_made[level] = number + 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT hashes, root FROM marketplace_logtile WHERE level = %s AND number = %s",
                [level, number],
            )
            row = cursor.fetchone()
        if row is None:
            self.wrong.append(f"log tile {level}/{number}: it was removed")
            return
        theirs = bytes(row[0])
        if theirs != ours:
            first = next(at for at in range(TILE) if _slice(theirs, at) != _slice(ours, at))
            place = (number * TILE + first) * TILE**level
            self.wrong.append(
                f"log tile {level}/{number}: it was altered, or the record at place {place} was"
            )
        elif bytes(row[1]) != root:
            self.wrong.append(f"log tile {level}/{number}: its root was altered")

    def _compare_head(self, head: tuple[int, bytes, str]) -> None:
        size, root, name = head
        self.checked["checkpoints"] += 1
        if root != joined([hashed for _, hashed in self._subtrees]):
            self.wrong.append(
                f"{name}: of the first {size} records one was changed, added or reordered"
            )

    def _beyond(self, head: tuple[int, bytes, str]) -> None:
        name = head[2]
        self.wrong.append(f"{name}: the log ends at place {self.size}, so its end was cut off")

    def _heads(self) -> Iterator[tuple[int, bytes, str]]:
        """Yield (size, root, name) of every checkpoint, ours and those kept outside."""
        outside = []
        for text in self.outside:
            try:
                said = read_checkpoint(text)
            except Refusal as refusal:
                self.wrong.append(f"outside checkpoint: {refusal}")
            else:
                outside.append((said.size, said.root, f"outside checkpoint of {said.size}"))
        outside.sort()
        for size, root, note in _checkpoints():
            while outside and outside[0][0] <= size:
                yield outside.pop(0)
            try:
                said = read_checkpoint(note)
            except Refusal:
                self.wrong.append(f"checkpoint of {size}: its signature is not genuine")
            else:
                if (said.size, said.root) != (size, bytes(root)):
                    self.wrong.append(f"checkpoint of {size}: it is not what was signed")
            yield size, bytes(root), f"checkpoint of {size}"
        yield from outside

    def _compare_what_is_left(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT level, number FROM marketplace_logtile ORDER BY level, number")
            for level, number in cursor:
                if number >= self._tiles_made.get(level, 0):
                    self.wrong.append(f"log tile {level}/{number}: it was added")
            cursor.execute(BEHIND)
            for event, kind, at in cursor.fetchall():
                self.wrong.append(f"{_event(event, kind, at)}: it was added behind what is sealed")


def log_size() -> int:
    """Return how many events are sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position) + 1, 0) FROM marketplace_logleaf")
        return int(cursor.fetchone()[0])


def _checkpoints() -> Iterator[tuple[int, bytes, str]]:
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT size, root, note FROM marketplace_checkpoint WHERE size > %s"
                " ORDER BY size LIMIT 1000",
                [after],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < 1000:
            return
        after = rows[-1][0]


def _event(event: int, kind: str, at: datetime) -> str:
    return f"event {event} ({kind}, {at:%Y-%m-%d %H:%M:%S})"


def _slice(hashes: bytes, at: int) -> bytes:
    return hashes[at * 32 : at * 32 + 32]


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
