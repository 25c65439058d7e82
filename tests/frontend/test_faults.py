"""When something breaks: nothing is revealed, and nothing else is needed to say so."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from frontend.pages.faults import server_error


def answered(request: HttpRequest, fault: Exception) -> HttpResponse:
    try:
        raise fault
    except type(fault):
        return server_error(request)


def test_a_fault_reveals_nothing(rf: RequestFactory) -> None:
    answer = answered(rf.get("/jobs/"), ValueError("secret 7341219.37"))

    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
    assert "Something broke on our side" in answer.content.decode()


def test_without_its_database_the_site_asks_to_come_back(rf: RequestFactory) -> None:
    answer = answered(rf.get("/"), OperationalError("connection refused"))

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "not available just now" in answer.content.decode()


def test_a_machine_gets_a_problem_and_no_page(rf: RequestFactory) -> None:
    answer = answered(rf.get("/api/v1/jobs/"), ValueError("x"))

    assert answer["Content-Type"] == "application/problem+json"


def test_the_site_uses_these_pages() -> None:
    from importlib import import_module

    urls = import_module(settings.ROOT_URLCONF)
    handler: str | Callable[..., HttpResponse] = urls.handler500
    assert handler == "frontend.pages.faults.server_error"
