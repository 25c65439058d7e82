"""A shelf on disk that puts the releases of one ocid together, whatever the order they came in."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

Release = dict[str, Any]

TABLES = """
CREATE TABLE release (place INTEGER PRIMARY KEY, ocid TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX release_by_ocid ON release (ocid, place);
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()
