"""
A list of rows as Parquet, in groups of rows, so that any number of them fits into memory.

Each column has one type: whole numbers, dates, moments; amounts are decimals in the major unit,
their currency in a column of its own; anything else is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from ledger.exchange.tables import plain_text
from ledger.reports.columns import Cell, Column
from marketplace.money import Money
from marketplace.refusals import Refusal

Row = TypeVar("Row")
GROUP_ROWS = 20_000
DIGITS, PLACES = 38, 9  # PostgreSQL's largest integer, with any currency's decimals


class ParquetMissing(Refusal):
    """This installation was made without the library for it."""

    code = "parquet_missing"
    field = "format"


def parquet_file(columns: Sequence[Column[Row]], rows: Iterable[Row], *, title: str) -> IO[bytes]:
    """
    Return the rows as a Parquet file, ready to be read from its beginning.

    :raises ParquetMissing: the extra “parquet” is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ParquetMissing("Parquet is an extra here; ask for CSV or NDJSON.") from None
    groups = _groups(columns, rows)
    first: list[list[Cell]] = next(groups, [[] for _ in columns])
    schema = pyarrow.schema(
        [
            (column.name, _type(pyarrow, cells))
            for column, cells in zip(columns, first, strict=True)
        ],
        metadata={"title": title},
    )
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in chain([first], groups):
            arrays = [
                pyarrow.array([_cell(cell, kind) for cell in cells], kind)
                for cells, kind in zip(group, schema.types, strict=True)
            ]
            writer.write_table(pyarrow.table(arrays, schema=schema))
    file.seek(0)
    return file


def _groups(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[list[list[Cell]]]:
    left = iter(rows)
    while group := list(islice(left, GROUP_ROWS)):
        yield [[column.value(row) for row in group] for column in columns]


def _type(pyarrow: Any, cells: Sequence[Cell]) -> Any:
    """Return the type of a column, by what stands in its first rows."""
    kinds = {type(cell) for cell in cells if cell is not None}
    kind = kinds.pop() if len(kinds) == 1 else str
    if kind in {Money, Decimal}:
        return pyarrow.decimal128(DIGITS, PLACES)
    known = {int: pyarrow.int64(), bool: pyarrow.bool_(), date: pyarrow.date32()}
    return known.get(kind) or (
        pyarrow.timestamp("us", tz="UTC") if kind is datetime else pyarrow.string()
    )


def _cell(cell: Cell, kind: Any) -> Any:
    if cell is None:
        return None
    if isinstance(cell, Money):
        return cell.amount if "decimal" in str(kind) else plain_text(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(UTC) if "timestamp" in str(kind) else plain_text(cell)
    return plain_text(cell) if str(kind) == "string" else cell
