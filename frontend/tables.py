"""A list of a page as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.http import StreamingHttpResponse

from ledger.exchange.tables import CSV_TYPE, csv_file
from ledger.reports.columns import Column

Row = TypeVar("Row")


def csv_answer(
    name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]
) -> StreamingHttpResponse:
    """Return the rows as a CSV file to save, streamed."""
    answer = StreamingHttpResponse(csv_file(columns, rows), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
