"""Reports as files: CSV streamed, XLSX from a spool. The columns stand beside the paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.renderers import BaseRenderer, JSONRenderer

from api.description import CSV, XLSX
from api.resource import Resource
from ledger.exchange.tables import CSV_TYPE, XLSX_TYPE, csv_file, xlsx_file


class FileRenderer(BaseRenderer):
    """Stands for a format in the choice by Accept; the file itself is streamed by the view."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b""


class CsvFile(FileRenderer):
    media_type = CSV
    format = "csv"


class XlsxFile(FileRenderer):
    media_type = XLSX
    format = "xlsx"


class Report(Resource):
    """A report: JSON, or the same rows as a file."""

    renderer_classes = (JSONRenderer, CsvFile, XlsxFile)


def file_of(
    format: str, name: str, columns: Sequence[Any], rows: Iterable[Any]
) -> HttpResponseBase:
    """Return the rows as a file for downloading."""
    if format == "csv":
        pieces = csv_file(columns, rows)
        # The first piece is read now, so that a refusal is still an answer of its own.
        first = next(pieces, b"")
        answer: HttpResponseBase = StreamingHttpResponse(
            chain([first], pieces), content_type=CSV_TYPE
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    book = xlsx_file(columns, rows, title=name)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
