"""Every address there is, visited by whoever is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from marketplace.models.people import User

# What stands for the parts of an address. An address with a part that is not here fails the walk.
NUMBERS = {
    "period_id": "202603",
    "event_id": "1",
    "level": "0",
    "number": "0",
    "year": "2026",
    "office": "finance",
}
# Addresses that do something when they are looked at, that are not pages, or that are Django's.
LEFT_OUT = ("accounts/sign-out/", "metrics", "admin/", "log/verify.py", "api/v1/openapi/")
PART = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")
MASKED = (
    (re.compile(rb'nonce[-=]"?[A-Za-z0-9_+/=-]+'), b"nonce"),
    (re.compile(rb'csrfmiddlewaretoken" value="[A-Za-z0-9]+'), b"csrf"),
    (re.compile(rb'"request_id": ?"[0-9a-f-]+"'), b"request"),
    (re.compile(rb'"X-CSRFToken":\s*"[A-Za-z0-9]+'), b"csrf"),
)


def addresses() -> list[str]:
    """Return the form of every address, with its parts in pointed brackets."""
    found = [route for route in _routes(get_resolver().url_patterns, "") if route]
    return sorted({route for route in found if not route.startswith(LEFT_OUT)})


def _routes(patterns: list[Any], before: str) -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and "(?" not in route:
            yield route.replace("^", "").replace("$", "")


def filled(route: str, ids: dict[str, UUID]) -> str:
    """Return an address with its parts filled in; a thing that is not given is one that is not."""

    def put(part: re.Match[str]) -> str:
        name = part[1]
        if name in NUMBERS:
            return NUMBERS[name]
        assert name.endswith("_id"), f"what stands for {name} in {route}?"
        return str(ids.get(name) or uuid4())

    return "/" + PART.sub(put, route)


class Visitor:
    """Somebody who looks at everything."""

    def __init__(self, person: User | None) -> None:
        self.client = Client(raise_request_exception=False)
        self.person = person

    def sign_in(self) -> None:
        """Sign in now, unless it is nobody."""
        if self.person is not None:
            self.client.force_login(self.person)

    def look(self, path: str) -> bytes:
        """Return all that comes back: status, headers and body, what is random masked."""
        answer = self.client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        kept = sorted(
            f"{name}: {text}"
            for name, text in answer.headers.items()
            if name not in ("X-Request-Id", "Content-Security-Policy")
        )
        said = f"{answer.status_code} {' '.join(kept)}\n".encode() + body
        for pattern, word in MASKED:
            said = pattern.sub(word, said)
        return said
