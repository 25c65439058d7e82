"""Which files a list of rows can be written as, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from ledger.exchange.line_file import line_file
from ledger.exchange.parquet_file import parquet_file
from ledger.exchange.pdf_file import pdf_file
from ledger.exchange.tables import csv_file, xlsx_file
from ledger.reports.columns import Column

Columns = Sequence[Column[Any]]

# Piece by piece, while the rows are read.
PIECES: dict[str, Callable[[Columns, Iterable[Any]], Iterator[bytes]]] = {
    "csv": csv_file,
    "ndjson": line_file,
}
# Laid down in a file first, because its end says where its parts are.
SPOOLED: dict[str, Callable[..., IO[bytes]]] = {
    "xlsx": xlsx_file,
    "pdf": pdf_file,
    "parquet": parquet_file,
}
FORMATS = (*PIECES, *SPOOLED)
