"""Reports as files: streamed in constant memory. The columns stand beside the paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import chain
from typing import IO, Any, cast

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from api.description import FILES
from api.ordering import in_order
from api.paging import Controlled, Listed, sliced
from api.questions import periods_meant
from api.resource import Asked, Resource
from ledger.exchange.formats import PIECES, SPOOLED
from ledger.exchange.tables import CSV_TYPE
from ledger.reports.columns import Column, Control, control_of
from ledger.reports.periods import is_final
from marketplace.log.checkpoints import last_size

WHOLE_ROWS_MAX = 5_000  # more are written while they are read, and have no tag


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
    """
    A report: JSON, or the same rows as a file; with the checkpoint it was computed at, what its
    rows come to, and whether that may still move.
    """

    renderer_classes = (JSONRenderer, *FILE_RENDERERS)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method == "GET" and answer.status_code in (200, 304):
            answer["X-Ledger-Checkpoint"] = str(last_size())
            told = getattr(answer, "data", None)
            if isinstance(told, dict) and told.get("period_status"):
                answer["X-Period-Status"] = told["period_status"]
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
    if (updated := asked.page.get("updated")) is not None:
        rows = in_order(rows, updated=updated)
    control = control or control_of(columns, rows)
    if asked.format != "json":
        rows = in_order(rows, asked.page.get("ordering", ""))
        return file_of(asked, name, columns, rows, control=control)
    page = sliced(rows, **asked.page)
    return replace(page, control=control, period_status=period_status(asked))


def paper_of(
    asked: Asked, name: str, columns: Sequence[Column[Any]], rows: Sequence[Any], paper: Any
) -> Controlled | HttpResponseBase:
    """Return a paper with what its rows come to, or its rows as a file."""
    control = control_of(columns, rows)
    if asked.format != "json":
        return file_of(asked, name, columns, rows, control=control)
    return Controlled(paper, control, period_status(asked))


def period_status(asked: Asked) -> str:
    """Return “final” where each month that was asked for is closed, else “preliminary”."""
    periods = periods_meant(asked.query)
    return "final" if periods is not None and is_final(*periods) else "preliminary"


def file_of(
    asked: Asked,
    name: str,
    columns: Sequence[Column[Any]],
    rows: Iterable[Any],
    *,
    form: str = "",
    control: Control | None = None,
) -> HttpResponseBase:
    """
    Return the rows as a file for downloading, with the columns that were asked for. What `control`
    says stands in its headers.
    """
    columns, form = _chosen(asked, columns), form or asked.format
    kind = CSV_TYPE if form == "csv" else FILES[form]
    if form not in PIECES:
        # A paper says itself what its rows come to, so it is told where they do not sum to it.
        told = {"control": control} if form == "pdf" and control is not None else {}
        made = SPOOLED[form](columns, rows, title=name, **told)
        answer: HttpResponseBase = _whole(asked, made, kind)
    elif isinstance(rows, Sequence) and len(rows) <= WHOLE_ROWS_MAX:
        answer = _whole(asked, BytesIO(b"".join(PIECES[form](columns, rows))), kind)
    else:
        pieces = PIECES[form](columns, rows)
        # The first piece is read now, so that a refusal is still an answer of its own.
        first = next(pieces, b"")
        answer = StreamingHttpResponse(chain([first], pieces), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    if control is not None:
        answer["X-Period-Status"] = period_status(asked)
        answer["X-Report-Rows"] = str(control.rows)
        answer["X-Report-Totals"] = ", ".join(
            f"{one.column}={one.sum.amount:f} {one.sum.currency}" for one in control.totals
        )
    return answer


def _whole(asked: Asked, file: IO[bytes], kind: str) -> HttpResponseBase:
    """Return a file that is there already, tagged by what it holds; 304 to one who has it."""
    etag = f'"{_digest_of(file)[:32]}"'
    answer: Any = FileResponse(file, content_type=kind)
    answer["ETag"] = etag
    known: Any = get_conditional_response(cast(Any, asked.request), etag=etag, response=answer)
    return cast(HttpResponseBase, known)


def _digest_of(file: IO[bytes]) -> str:
    digest = sha256()
    for piece in iter(partial(file.read, 1 << 20), b""):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _chosen(asked: Asked, columns: Sequence[Column[Any]]) -> Sequence[Column[Any]]:
    if not asked.fields:
        return columns
    known = [column.name for column in columns]
    unknown = sorted(set(asked.fields) - set(known))
    if unknown:
        message = f"There is no column {', '.join(unknown)}. There is: {', '.join(known)}."
        raise ValidationError({"fields": [message]}, "unknown_name")
    return [column for column in columns if column.name in asked.fields]
