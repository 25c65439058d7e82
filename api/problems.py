"""Every no as `application/problem+json` (RFC 9457). Refusals are translated here and only here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse
from rest_framework import exceptions, serializers

from ledger.reports.paging import NotACursor
from ledger.reports.trial_balance import UnknownPeriod
from marketplace.answers import KeyUsedOtherwise
from marketplace.money import CurrencyMismatch, NotAnAmount
from marketplace.readiness import NotReady
from marketplace.refusals import Forbidden, Refusal, Unknown
from marketplace.saying import said

MEDIA_TYPE = "application/problem+json"
# Any refusal that is not named here is a conflict with the state of things: 409.
STATUS: dict[type[Refusal], int] = {
    Unknown: 404,
    Forbidden: 403,
    KeyUsedOtherwise: 422,
    NotACursor: 400,
    UnknownPeriod: 400,
    NotAnAmount: 400,
    CurrencyMismatch: 400,
}
CODES = {404: "unknown", 403: "forbidden", 401: "not_signed_in", 400: "malformed"}
log = structlog.stdlib.get_logger("choicebook.api")


class ProblemErrorOut(serializers.Serializer[Any]):
    """One thing that is wrong, and where."""

    pointer = serializers.CharField(help_text="JSON pointer into the body, or the parameter.")
    code = serializers.CharField()
    message = serializers.CharField(help_text="Says what would be accepted.")


class ProblemOut(serializers.Serializer[Any]):
    """Why the request was not done (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = ProblemErrorOut(many=True)  # type: ignore[assignment]  # the framework's word too
    request_id = serializers.CharField(
        required=False, help_text="Left out of a 404, which is the same for hidden and missing."
    )


def handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Return the problem for whatever a view raised. Django REST framework calls this."""
    if isinstance(exc, Refusal):
        return _refused(exc)
    if isinstance(exc, Http404):
        return problem(404, "There is nothing at this address.")
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_errors_of(exc.detail, exc.get_codes()))
        return problem(400, "The request is not complete or not readable.", errors=errors)
    if isinstance(exc, exceptions.APIException):
        return _framework(exc)
    log.error("unexpected", exc_info=exc)
    got_request_exception.send(sender=None, request=context["request"])
    return problem(500, "This should not have happened. It has been noted.", code="fault")


def problem(
    status: int, detail: str, *, code: str = "", errors: Sequence[Mapping[str, str]] = ()
) -> HttpResponse:
    """Return one problem. A 404 carries nothing that differs from one request to the next."""
    code = code or CODES.get(status, HTTPStatus(status).phrase.lower().replace(" ", "_"))
    body: dict[str, Any] = {
        "type": f"urn:choicebook:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": said(detail, exact=True),
        "errors": list(errors),
    }
    if status != 404:
        body["request_id"] = request_id()
    return HttpResponse(json.dumps(body, ensure_ascii=False), MEDIA_TYPE, status)


def request_id() -> str:
    """Return the id that the log's lines of this request carry."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status for a refusal, by its class or the nearest one above it."""
    for known in type(refusal).__mro__:
        if known in STATUS:
            return STATUS[known]
    return 409


def _refused(refusal: Refusal) -> HttpResponse:
    status = status_of(refusal)
    if status == 404:
        return problem(404, "There is no such thing, or it is not yours to see.")
    errors = []
    if isinstance(refusal, NotReady) and refusal.missing:
        errors = [_error(each.field, each.rule.code, each.text) for each in refusal.missing]
    elif refusal.field:
        errors = [_error(refusal.field, refusal.code, refusal.text)]
    return problem(status, refusal.text, code=refusal.code, errors=errors)


def _error(field: str, code: str, message: str) -> dict[str, str]:
    pointer = "/" + field.replace(".", "/")
    return {"pointer": pointer, "code": code, "message": said(message, exact=True)}


def _framework(exc: exceptions.APIException) -> HttpResponse:
    code = exc.get_codes()
    response = problem(exc.status_code, str(exc.detail), code=code if isinstance(code, str) else "")
    if challenge := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def _errors_of(detail: Any, codes: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Flatten the framework's nested messages into pointers."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            below = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from _errors_of(inner, codes[name], below)
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            # A list of messages belongs to one place; a list of mappings has a place for each.
            nested = isinstance(inner, Mapping | list)
            below = f"{pointer}/{position}" if nested else pointer
            yield from _errors_of(inner, codes[position], below)
    else:
        yield {"pointer": pointer, "code": str(codes), "message": said(str(detail), exact=True)}
