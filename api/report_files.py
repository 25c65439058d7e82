"""Reports as files: streamed in constant memory. The columns stand beside the paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from api.description import FILES
from api.paging import Listed, sliced
from api.resource import Asked, Resource
from ledger.exchange.formats import PIECES, SPOOLED
from ledger.exchange.tables import CSV_TYPE
from ledger.reports.columns import Column, Control, control_of
from marketplace.log.checkpoints import last_size


class FileRenderer(BaseRenderer):
    """Stands for a format in the choice by Accept; the file itself is streamed by the view."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b""


FILE_RENDERERS = tuple(
    type(f"{name.title()}File", (FileRenderer,), {"media_type": kind, "format": name})
    for name, kind in FILES.items()
)


class Report(Resource):
    """A report: JSON, or the same rows as a file; with the checkpoint it was computed at."""

    renderer_classes = (JSONRenderer, *FILE_RENDERERS)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method == "GET" and answer.status_code == 200:
            answer["X-Ledger-Checkpoint"] = str(last_size())
        return answer


def report_of(
    asked: Asked,
    name: str,
    columns: Sequence[Column[Any]],
    rows: Sequence[Any],
    control: Control | None = None,
) -> Listed | HttpResponseBase:
    """
    Return a page of the rows with what all of them come to, or all of them as a file.

    `control`: what they come to, where the paper says that itself.
    """
    if asked.format != "json":
        return file_of(asked, name, columns, rows)
    return replace(sliced(rows, **asked.page), control=control or control_of(columns, rows))


def file_of(
    asked: Asked,
    name: str,
    columns: Sequence[Column[Any]],
    rows: Iterable[Any],
    *,
    form: str = "",
) -> HttpResponseBase:
    """Return the rows as a file for downloading, with the columns that were asked for."""
    columns, form = _chosen(asked, columns), form or asked.format
    kind = CSV_TYPE if form == "csv" else FILES[form]
    if form in PIECES:
        pieces = PIECES[form](columns, rows)
        # The first piece is read now, so that a refusal is still an answer of its own.
        first = next(pieces, b"")
        answer: HttpResponseBase = StreamingHttpResponse(chain([first], pieces), content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        return answer
    file = SPOOLED[form](columns, rows, title=name)
    return FileResponse(file, as_attachment=True, filename=f"{name}.{form}", content_type=kind)


def _chosen(asked: Asked, columns: Sequence[Column[Any]]) -> Sequence[Column[Any]]:
    if not asked.fields:
        return columns
    known = [column.name for column in columns]
    unknown = sorted(set(asked.fields) - set(known))
    if unknown:
        message = f"There is no column {', '.join(unknown)}. There is: {', '.join(known)}."
        raise ValidationError({"fields": [message]}, "unknown_name")
    return [column for column in columns if column.name in asked.fields]
