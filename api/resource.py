"""What every address shares: who may knock, what may be asked, what an answer looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bodies import (
    FieldsQuery,
    FormatQuery,
    Serializer,
    Strict,
    refuse_empty_and_twofold,
)
from api.conditions import refuse_long_tags, unchanged
from api.description import described
from api.idempotency import answered_once
from api.ordering import Updated, UpdatedQuery, order_query
from api.paging import Controlled, ControlOut, Listed, PageQuery
from api.problems import request_id
from api.showing import shower

if TYPE_CHECKING:
    from marketplace.project.clock import ReceivedRequest

Handle = Callable[..., Any]
PAGING = ("cursor", "limit", "ordering")
SESSION = "session"  # no scope: for people who signed in


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read: who asks, when it came, and what was said, checked for its shape."""

    request: Request
    body: dict[str, Any]
    query: dict[str, Any]
    page: dict[str, Any]  # cursor and limit, where the answer is a page
    format: str = "json"  # or one of FILES, where files are answered
    fields: tuple[str, ...] = ()  # those asked for; none: all

    @property
    def actor(self) -> Any:
        """The person who acts. Typed loosely: interfaces know no models."""
        return self.request.user

    @property
    def at(self) -> datetime:
        return cast("ReceivedRequest", self.request).received_at


class Negotiation(DefaultContentNegotiation):
    """Chooses by the Accept header alone; what `?format=` means is the report's to say."""

    settings = cast(Any, SimpleNamespace(URL_FORMAT_OVERRIDE=None))


class Resource(APIView):
    """An address of the API. Each of its methods is an `operation`."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)
    content_negotiation_class = Negotiation
    # Names of questions that go away: since when that is said, and until when they are answered.
    ending: Mapping[str, tuple[datetime, datetime]] = {}

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:
        answer = super().finalize_response(request, cast(Response, response), *args, **kwargs)
        answer["X-Request-Id"] = request_id()
        for name, (since, until) in self.ending.items():
            if name in request.query_params:
                answer["Deprecation"] = f"@{int(since.timestamp())}"
                answer["Sunset"] = http_date(until.timestamp())
        if request.method == "GET" and isinstance(answer, Response) and answer.status_code == 200:
            answer.add_post_render_callback(lambda rendered: _conditional(request, rendered))
        return answer


def operation(
    summary: str,
    *,
    scope: str,
    answers: type[Serializer] | None = None,
    status: int = 200,
    body: type[Strict] | None = None,
    query: type[Strict] | None = None,
    paged: bool = False,
    once: str = "",
    files: bool = False,
    streams: tuple[str, ...] = (),
    orders: tuple[str, ...] = (),
    moved: tuple[str, ...] = (),
) -> Callable[[Handle], Callable[..., HttpResponseBase]]:
    """
    Turn a method that takes `asked` and the address's ids into one that answers HTTP.

    `scope`: what a token needs. `paged`: it returns a Listed. `once`: needs an Idempotency-Key;
    “month” or “ever” says how long the answer is kept. `files`: it also answers in CSV, XLSX.
    `streams`: the kinds of files it answers with, and nothing else. `orders`: those in which a list
    is read that is read by key; others are put in order by any field. `moved`: which moments of a
    row tell that it changed, for `updated_since`.
    The same words describe it to machines, so the description cannot differ from what happens.
    """

    def decorate(handle: Handle) -> Callable[..., HttpResponseBase]:
        reads = handle.__name__ == "get"
        choosy = reads and answers is not None
        shapes = ((query, query), (PageQuery, paged), (FormatQuery, files), (FieldsQuery, choosy))
        ordered = [order_query(answers, orders)] if answers is not None and paged else []
        since = [UpdatedQuery] if moved else []
        asks = _composed(*(shape for shape, is_asked in shapes if is_asked), *ordered, *since)

        @wraps(handle)
        def answer(self: Resource, request: Request, **ids: Any) -> HttpResponseBase:
            require_scope(request, scope)
            refuse_long_tags(request)
            asked = _asked(request, asks, body, paged=paged, moved=moved)

            def do() -> tuple[int, Any]:
                said = _done(lambda: handle(self, asked, **ids), request, reads)
                if isinstance(said, HttpResponseBase):
                    return 0, said
                return status, _shown(said, answers, asked)

            if once:
                return answered_once(request, lambda: _as_text(*do()), for_ever=once == "ever")
            code, data = do()
            return cast(HttpResponseBase, data) if code == 0 else _response(code, data)

        return described(
            answer,
            summary=summary,
            scope=scope,
            answers=answers,
            status=status,
            body=body,
            query=asks,
            paged=paged,
            once=bool(once),
            files=files,
            streams=streams,
            reads=reads,
        )

    return decorate


def _asked(
    request: Request,
    asks: type[Strict],
    body: type[Strict] | None,
    *,
    paged: bool,
    moved: tuple[str, ...],
) -> Asked:
    """Read a request by the shapes of its question and of its body."""
    question = _read(asks, request.query_params, refuse_empty_and_twofold)
    fields = _names(question.pop("fields", ""))
    page = {name: question.pop(name) for name in PAGING if paged and name in question}
    if moved and (since := question.pop("updated_since", None)):
        page["updated"] = Updated(moved, since)
    return Asked(
        request,
        body=_read(body, request.data) if body else {},
        page=page,
        format=_format(request, question.pop("format", "")),
        fields=fields,
        query=question,
    )


def _done(handle: Callable[[], Any], request: Request, reads: bool) -> Any:
    if reads:
        return handle()
    with unchanged(request):
        return handle()


def has_scope(request: Request, scope: str) -> bool:
    """Whether this may be asked: a session is the person, a token the person within its scopes."""
    scopes: Any = request.auth
    return scopes is None or scope in scopes


def require_scope(request: Request, scope: str) -> None:
    """Refuse a token that lacks a scope."""
    # A session is the person; a token is the person within its scopes.
    scopes: Any = request.auth
    if scopes is not None and scope == SESSION:
        raise PermissionDenied("Sign in for this; no token will do.", "session_needed")
    if scopes is not None and scope not in scopes:
        raise PermissionDenied(f"This token lacks the scope “{scope}”.", "scope_missing")


def _read(
    shape: type[Strict], data: Any, refuse: Callable[[Serializer, Any], None] | None = None
) -> dict[str, Any]:
    serializer = shape(data=data)
    if refuse is not None:
        refuse(serializer, data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _composed(*shapes: type[Serializer] | None) -> type[Strict]:
    parts = [shape for shape in shapes if shape is not None]
    if not parts:
        return Strict
    return cast(type[Strict], type("".join(part.__name__ for part in parts), (*parts, Strict), {}))


def _format(request: Request, named: str) -> str:
    """Return what the answer shall be. `?format=` wins over the Accept header."""
    accepted = cast(Any, request)
    format = named or accepted.accepted_renderer.format
    accepted.accepted_renderer = JSONRenderer()  # what is not a file is JSON, a refusal too
    accepted.accepted_media_type = JSONRenderer.media_type
    return str(format)


def _shown(said: Any, answers: type[Serializer] | None, asked: Asked) -> Any:
    if answers is None:
        return None
    if isinstance(said, Controlled):
        return _chosen(shower(answers)(said.paper), answers, asked) | _control_shown(said)
    if not isinstance(said, Listed):
        return _chosen(shower(answers)(said), answers, asked)
    shown: dict[str, Any] = {
        "items": [_chosen(row, answers, asked) for row in map(shower(answers), said.items)],
        "next": said.next and _address(asked.request, said.next),
        "prev": said.prev and _address(asked.request, said.prev),
    }
    if not said.items:
        _chosen({}, answers, asked)  # a wrong name is wrong on an empty page, too
    return shown if said.control is None else shown | _control_shown(said)


def _control_shown(said: Listed | Controlled) -> dict[str, Any]:
    return {"control": shower(ControlOut)(said.control), "period_status": said.period_status}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _chosen(row: dict[str, Any], answers: type[Serializer], asked: Asked) -> dict[str, Any]:
    """Return the fields that were asked for. :raises ValidationError: there is none of a name."""
    if not asked.fields:
        return row
    known = list(answers().fields)
    unknown = sorted(set(asked.fields) - set(known))
    if unknown:
        message = f"There is no field {', '.join(unknown)}. There is: {', '.join(known)}."
        raise ValidationError({"fields": [message]}, "unknown_name")
    return {name: value for name, value in row.items() if name in asked.fields}


def _address(request: Request, cursor: str) -> str:
    """Return the path of a neighbouring page: the same question with another cursor."""
    question = request.query_params.copy()
    question["cursor"] = cursor
    return f"{request.path}?{question.urlencode()}"


def _response(status: int, data: Any) -> Response:
    if data is None:
        return Response(status=204)
    response = Response(data, status)
    if isinstance(data, dict) and {"items", "next", "prev"} <= set(data):
        links = [f'<{data[rel]}>; rel="{rel}"' for rel in ("next", "prev") if data[rel]]
        if links:
            response["Link"] = ", ".join(links)
    return response


def _as_text(status: int, data: Any) -> tuple[int, str]:
    return status, JSONRenderer().render(data).decode()


def _conditional(request: Request, rendered: HttpResponse) -> HttpResponse | None:
    """Tag what this caller sees, and answer 304 to one who has it already."""
    etag = f'"{sha256(rendered.content).hexdigest()[:32]}"'
    rendered["ETag"] = etag
    return get_conditional_response(cast(Any, request), etag=etag, response=rendered)
