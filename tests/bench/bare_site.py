"""
The site, and beside it bare Django views that run the SQL of its answers: for the bench of the
API. The statements stand in the file that BARE_SQL names, one list for each question.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path

from marketplace.project.wsgi import application as site

SQL: list[list[str]] = json.loads(Path(os.environ["BARE_SQL"]).read_text())


def bare(_: HttpRequest, nth: int) -> JsonResponse:
    """Run the statements of a question, and answer what they return."""
    answers = []
    with connection.cursor() as cursor:
        for statement in SQL[nth]:
            cursor.execute(statement)
            answers.append(cursor.fetchall() if cursor.description else [])
    return JsonResponse({"rows": answers}, json_dumps_params={"default": str})


urlpatterns = [path("bare/<int:nth>/", bare)]


def alone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Know no address but ours."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return answer


with override_settings(MIDDLEWARE=[f"{__name__}.alone"]):
    bare_site = WSGIHandler()


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the site, or as a site of one bare view without any middleware."""
    if environ["PATH_INFO"].startswith("/bare/"):
        return bare_site(environ, start)
    return site(environ, start)
