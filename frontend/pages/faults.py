"""The pages for what nobody foresaw. They ask neither database nor session for anything."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 60


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault, or, when the database cannot be reached, to come back soon."""
    is_away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.INTERNAL_SERVER_ERROR
    answer = _for_machines(status) if request.path.startswith("/api/") else _for_people(status)
    if is_away:
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _for_people(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(render_to_string(f"{status.value}.html"), status=status)


def _for_machines(status: HTTPStatus) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return JsonResponse(body, status=status, content_type="application/problem+json")
