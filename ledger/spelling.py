"""
Entries as the posting function takes them: one array for each column, spelled as PostgreSQL reads
arrays. The driver's own lists cost more than all the rest of an entry's way to the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from ledger.entries import Entry
from ledger.models.journal import Account
from ledger.periods import period_of

ENTRIES = ("text", "integer", "date", "uuid", "text", "bytea", "text", "bigint", "integer")
LINES = (
    *("integer", "smallint", "smallint", "uuid", "text", "bigint", "bigint", "uuid"),
    *("uuid", "uuid", "uuid", "uuid", "uuid"),
)
COMMITMENTS = ("integer", "uuid", "bigint", "bigint", "bigint", "bigint")
MOVES = ("integer", "uuid", "bigint", "bigint", "bigint", "bigint", "bigint")

CALL = (
    "SELECT ledger_post_entries(%s, %s, "
    + ", ".join(f"%s::{type}[]" for type in (*ENTRIES, *LINES, *COMMITMENTS, *MOVES))
    + ")"
)

_LINE = attrgetter(
    *("account", "department", "currency", "debit_minor", "credit_minor", "category"),
    *("budget_line", "job", "award", "milestone", "provider"),
)
_COMMITMENT = attrgetter("commitment_id", "original", "adjusted", "liquidated", "released")
_MOVE = attrgetter("line_id", "budget", "carried_in", "precommitted", "committed", "charged")


@cache
def account_ids() -> dict[str, int]:
    """Return the id of each account by its code. The chart changes only by migrations."""
    return dict(Account.objects.values_list("code", "id"))


def period_of_entry(entry: Entry, today: date) -> int:
    """Return the month that an entry belongs to, opened or not."""
    return period_of(entry.effective_on or today) if entry.period is None else entry.period


def arrays(entries: Sequence[Entry], today: date) -> list[str]:
    """Return the columns of these entries, their lines and moves, in the order of `CALL`."""
    heads: list[tuple[str, ...]] = []
    lines: list[tuple[str, ...]] = []
    commitments: list[tuple[str, ...]] = []
    moves: list[tuple[str, ...]] = []
    ids = account_ids()
    for nth, entry in enumerate(entries, start=1):
        of_lines = [_spelled(_LINE(line)) for line in entry.lines if not line.is_empty]
        of_commitments = [_spelled(_COMMITMENT(move)) for move in entry.commitment_moves]
        of_moves = [_spelled(_MOVE(move)) for move in entry.budget_moves]
        # What tells whether the same fact comes with the same figures.
        text = "\n".join([" ".join(row) for row in (*of_lines, *of_commitments, *of_moves)])
        heads.append(_head(entry, today, hashlib.sha256(text.encode()).hexdigest()))
        place = str(nth)
        lines += [
            (place, str(line), str(ids[row[0]]), *row[1:]) for line, row in enumerate(of_lines, 1)
        ]
        commitments += [(place, *row) for row in of_commitments]
        moves += [(place, *row) for row in of_moves]
    return [
        *_columns(heads, ENTRIES),
        *(values.replace("None", "NULL") for values in _columns(lines, LINES)),
        *_columns(commitments, COMMITMENTS),
        *_columns(moves, MOVES),
    ]


def _head(entry: Entry, today: date, digest: str) -> tuple[str, ...]:
    return (
        str(entry.kind),
        str(period_of_entry(entry, today)),
        (entry.effective_on or today).isoformat(),
        str(entry.source),
        quoted(entry.occurrence),
        f'"\\\\x{digest}"',
        quoted(entry.memo),
        "NULL" if entry.reverses is None else str(entry.reverses),
        "NULL" if entry.corrects_period is None else str(entry.corrects_period),
    )


def _spelled(row: Iterable[Any]) -> tuple[str, ...]:
    """Return numbers, ids and codes as text. They need no quotes."""
    return tuple(map(str, row))


def _columns(rows: Sequence[tuple[str, ...]], types: Sequence[str]) -> list[str]:
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    return [column(values) for values in columns]


def column(values: Iterable[str]) -> str:
    """Return these values as one array. Free text among them is `quoted`."""
    return "{" + ",".join(values) + "}"


def quoted(text: str) -> str:
    """Return free text as a value of an array."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
