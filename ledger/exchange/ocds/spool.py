"""A shelf on disk that puts the releases of one ocid together, whatever the order they came in."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

Release = dict[str, Any]

TABLES = """
CREATE TABLE release (place INTEGER PRIMARY KEY, ocid TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX release_by_ocid ON release (ocid, place);
CREATE TABLE problem (
    place INTEGER PRIMARY KEY, of INTEGER NOT NULL, ocid TEXT, at TEXT NOT NULL, why TEXT NOT NULL
);
CREATE TABLE kept (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
"""


class Spool:
    """
    Holds any number of releases outside memory.

    It is a private file without a name, which the system removes by itself: nothing that is
    to be kept lies in it, so that an import which was stopped leaves nothing behind.
    """

    def __init__(self) -> None:
        self.file = sqlite3.connect("", isolation_level=None)
        self.file.execute("PRAGMA journal_mode = OFF")
        self.file.executescript(TABLES)
        self.file.execute("BEGIN")

    def put(self, ocid: str, release: Release) -> None:
        """Lay one release on the shelf."""
        body = pickle.dumps(release, pickle.HIGHEST_PROTOCOL)
        self.file.execute("INSERT INTO release (ocid, body) VALUES (?, ?)", (ocid, body))

    def count(self) -> int:
        """Return how many ocids lie here."""
        (count,) = self.file.execute("SELECT count(DISTINCT ocid) FROM release").fetchone()
        return int(count)

    def groups(self) -> Iterator[tuple[str, list[Release]]]:
        """Yield each ocid with its releases, in the order in which the first of each came."""
        order = self.file.execute("SELECT ocid FROM release GROUP BY ocid ORDER BY min(place)")
        for (ocid,) in order:
            rows = self.file.execute(
                "SELECT body FROM release WHERE ocid = ? ORDER BY place", (ocid,)
            )
            # Pickled, because JSON would lose the digits of a decimal; nobody else can reach
            # a file that has no name.
            yield ocid, [pickle.loads(body) for (body,) in rows]  # noqa: S301

    def add_problem(self, of: int, ocid: str | None, where: str, why: str) -> None:
        """Lay a problem beside the releases; `of` says which ocid it belongs to, by its place."""
        row = (of, ocid, where, why)
        self.file.execute("INSERT INTO problem (of, ocid, at, why) VALUES (?, ?, ?, ?)", row)

    def problems(self) -> Iterator[tuple[str | None, str, str]]:
        """Yield the problems in the order of the releases."""
        yield from self.file.execute("SELECT ocid, at, why FROM problem ORDER BY of, place")

    def add_kept(self, kind: str, keys: Iterable[str]) -> None:
        """Note the keys of what now stands in the house, each once."""
        rows = [(kind, key) for key in keys]
        self.file.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", rows)

    def kept(self, kind: str, at_once: int = 1000) -> Iterator[list[str]]:
        """Yield the keys of a kind, so many at a time."""
        rows = self.file.execute("SELECT key FROM kept WHERE kind = ? ORDER BY key", (kind,))
        while batch := rows.fetchmany(at_once):
            yield [key for (key,) in batch]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()
