"""A list of rows as NDJSON: one object a line, amounts as everywhere in the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from ledger.exchange.tables import CHUNK_ROWS, plain_text
from ledger.reports.columns import Cell, Column
from marketplace.money import Money

Row = TypeVar("Row")


def line_file(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[bytes]:
    """Return the rows as lines of JSON, some hundred at a time."""
    lines: list[str] = []
    for row in rows:
        said = {column.name: _value(column.value(row)) for column in columns}
        lines.append(json.dumps(said, ensure_ascii=False, separators=(",", ":")))
        if len(lines) == CHUNK_ROWS:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
    if lines:
        yield ("\n".join(lines) + "\n").encode()


def _value(cell: Cell) -> Any:
    if isinstance(cell, Money):
        return {"amount": f"{cell.amount:f}", "currency": cell.currency}
    if cell is None or isinstance(cell, bool) or type(cell) is int:
        return cell
    return plain_text(cell)
