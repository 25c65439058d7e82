"""Every address there is, and what stands for its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from tests.permissions.world import WORDS as WORDS_OF_PARTS

# What stands for the parts of an address. An address with a part that is not here fails the walk.
WORDS = WORDS_OF_PARTS | {"period_id": "202603", "kind": "csv"}
WORDS |= {"secret": "0" * 64, "proof": "0" * 64}
# Addresses that do something when they are looked at, that are not pages, or that are Django's.
LEFT_OUT = ("accounts/sign-out/", "metrics", "admin/", "log/verify.py", "api/v1/openapi/")
PART = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")


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
        if name in WORDS:
            return str(WORDS[name])
        assert name.endswith("_id"), f"what stands for {name} in {route}?"
        return str(ids.get(name) or uuid4())

    return "/" + PART.sub(put, route)
