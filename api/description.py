"""How the API is described to machines (OpenAPI): from the same words that make it work."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from api.bodies import several
from api.conditions import TAGS_LENGTH_MAX
from api.idempotency import HEADER
from api.paging import ControlOut, PeriodStatusField
from api.problems import MEDIA_TYPE, ProblemOut
from ledger.reports.paging import PAGE_MAX
from marketplace.answers import KEY_LENGTH_MAX

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    "csv": CSV,
    "xlsx": XLSX,
    "ndjson": "application/x-ndjson",
    "pdf": "application/pdf",
    "parquet": "application/vnd.apache.parquet",
}
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX},
    OpenApiParameter.HEADER,
    required=True,
    description="A new one for each thing you want done; the same one to ask again.",
)
SEEN = OpenApiParameter(
    "If-None-Match",
    {"type": "string", "maxLength": TAGS_LENGTH_MAX},
    OpenApiParameter.HEADER,
    description="The `ETag` of what you have: 304 says that it is the same still.",
)
SAW = OpenApiParameter(
    "If-Match",
    {"type": "string", "maxLength": TAGS_LENGTH_MAX},
    OpenApiParameter.HEADER,
    description="The `ETag` of what you saw: 412 says that it has changed since.",
)
Serializer = serializers.Serializer[Any]


def described(
    answer: Callable[..., Any],
    *,
    summary: str,
    scope: str,
    answers: type[Serializer] | None,
    status: int,
    body: type[Serializer] | None,
    query: type[Serializer],
    paged: bool,
    once: bool,
    files: bool,
    streams: tuple[str, ...] = (),
    reads: bool = False,
) -> Callable[..., Any]:
    """Return the method with its description attached."""
    responses: dict[tuple[int, str], Any] = {
        (code, MEDIA_TYPE): ProblemOut for code in (400, 401, 403, 404, 409, 429)
    }
    if reads:
        responses[304, "application/json"] = None
    else:
        responses[412, MEDIA_TYPE] = ProblemOut
    if once:
        responses[422, MEDIA_TYPE] = ProblemOut
    if body is not None:
        responses[415, MEDIA_TYPE] = ProblemOut
    if answers is not None:
        shape = page_of(answers, files) if paged else controlled(answers) if files else answers
        responses[status, "application/json"] = shape
    if files:
        responses |= {(status, kind): OpenApiTypes.BINARY for kind in FILES.values()}
    responses |= {(status, kind): OpenApiTypes.OBJECT for kind in streams}
    described_responses: Mapping[Any, Any] = responses
    if answers is None and not streams:
        described_responses = {204: None, **responses}
    decorate = extend_schema(
        operation_id=re.sub(r"\W+", "_", summary.lower()).strip("_"),
        summary=summary,
        description=f"{answer.__doc__ or ''}\n\n{_needs(scope)}".strip(),
        parameters=[*[query] * bool(query().fields), *[KEY] * once, SEEN if reads else SAW],
        request=body,
        responses=dict(described_responses),
    )
    decorated: Callable[..., Any] = decorate(answer)
    return decorated


def _needs(scope: str) -> str:
    if scope == "session":
        return "For people who signed in; no token will do."
    return f"A token needs the scope `{scope}`."


@cache
def page_of(answers: type[Serializer], is_report: bool = False) -> type[Serializer]:
    """Return the shape of a page of these."""
    address: dict[str, Any] = {
        "allow_null": True,
        "help_text": "The address of the neighbouring page.",
    }
    return type(
        answers.__name__.removesuffix("Out") + ("ReportOut" if is_report else "PageOut"),
        (serializers.Serializer,),
        {
            "items": several(answers, at_most=PAGE_MAX),
            "next": serializers.CharField(**address),
            "prev": serializers.CharField(**address),
            **(_control() if is_report else {}),
        },
    )


@cache
def controlled(answers: type[Serializer]) -> type[Serializer]:
    """Return the shape of one paper with what its rows come to."""
    return type(answers.__name__.removesuffix("Out") + "ReportOut", (answers,), _control())


def _control() -> dict[str, Any]:
    return {
        "control": ControlOut(required=False),
        "period_status": PeriodStatusField(required=False),
    }
