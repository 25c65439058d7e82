"""
`If-Match`: a change is made only while the thing is as the caller saw it, else 412.

What is compared is what a GET of the same address would answer this caller now; where it has
none, that of the nearest address above it: `POST /jobs/7/award/` goes by `GET /jobs/7/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from marketplace.answers import one_at_a_time

TAGS_LENGTH_MAX = 4_000  # of a header that names what the caller has


def refuse_long_tags(request: Request) -> None:
    """:raises ValidationError: a header of conditions is longer than the description allows."""
    for name in ("If-Match", "If-None-Match"):
        if len(request.headers.get(name, "")) > TAGS_LENGTH_MAX:
            message = f"Name at most {TAGS_LENGTH_MAX} characters of tags."
            raise ValidationError({name: [message]}, "tags_too_long")


class Changed(APIException):
    """It is no longer what the caller saw."""

    status_code = 412
    default_code = "changed_since"
    default_detail = "This has changed since you read it. Read it again, and decide anew."


@contextmanager
def unchanged(request: Request) -> Iterator[None]:
    """Do what follows only if `If-Match`, where one was sent, names what there is now."""
    wanted = request.headers.get("If-Match", "").strip()
    if not wanted:
        yield
        return
    path, handle = _readable(request.path)
    # Of two who saw the same, the second waits here, and then reads what the first one made of it.
    with one_at_a_time(path):
        tag = _tag_now(request, path, handle)
        if not tag or (wanted != "*" and tag not in [one.strip() for one in wanted.split(",")]):
            raise Changed
        yield


def _readable(path: str) -> tuple[str, Any]:
    """Return the address itself or the nearest above it that can be read."""
    while path.count("/") > 4:  # below /api/v1/
        try:
            found = resolve(path)
        except Resolver404:
            found = None
        if found is not None and hasattr(getattr(found.func, "view_class", None), "get"):
            return path, found
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return path, None


def _tag_now(request: Request, path: str, found: Any) -> str:
    if found is None:
        return ""
    plain = cast(Any, copy(request._request))  # noqa: SLF001 - the framework wraps it so
    plain.method, plain.path, plain.path_info = "GET", path, path
    plain.GET = QueryDict()
    plain.META = {
        name: text for name, text in plain.META.items() if not name.startswith("HTTP_IF_")
    }
    plain.__dict__.pop("headers", None)  # read once and kept
    plain._force_auth_user, plain._force_auth_token = request.user, request.auth  # noqa: SLF001
    answer = found.func(cast(HttpRequest, plain), **found.kwargs)
    if hasattr(answer, "render"):
        answer.render()
    return str(answer.headers.get("ETag", "")) if answer.status_code == 200 else ""
