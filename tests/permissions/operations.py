"""Every operation that has an address: each page with each verb it takes, and each of the API's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

# Django's own, the signing in, what a machine asks about the process, and what Stripe knocks at:
# nobody's role is asked there.
LEFT_OUT = ("accounts/", "admin/", "metrics", "stripe/")
API = "api/v1/"
PART = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """One verb of HTTP at one address."""

    address: str  # with its parts in pointed brackets
    verb: str

    def __str__(self) -> str:
        return f"{self.verb} {self.address}"

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(PART.findall(self.address))

    @property
    def is_api(self) -> bool:
        return self.address.startswith(API)

    def path(self, ids: dict[str, Any]) -> str:
        """Return the address with its parts filled in."""
        return "/" + PART.sub(lambda part: str(ids[part[1]]), self.address)


@cache
def operations() -> tuple[Operation, ...]:
    """Return each operation of the URL configuration and of the API's description."""
    pages = {
        Operation(route, verb)
        for route, view in _pages(get_resolver().url_patterns, "")
        for verb in _verbs(view)
    }
    return tuple(sorted(pages | {Operation(*key) for key in described()}))


@cache
def description() -> dict[str, Any]:
    """Return the API's description, drawn once."""
    whole: dict[str, Any] = json.loads(
        json.dumps(SchemaGenerator().get_schema(public=True), default=str)
    )
    return whole


@cache
def described() -> dict[tuple[str, str], dict[str, Any]]:
    """Return what the description says of each operation of the API."""
    return {
        (path.lstrip("/").replace("{", "<").replace("}", ">"), verb.upper()): told
        for path, verbs in description()["paths"].items()
        for verb, told in verbs.items()
    }


def shapes() -> dict[str, Any]:
    """Return the shapes that the description names."""
    found: dict[str, Any] = description()["components"]["schemas"]
    return found


def _pages(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for one in patterns:
        route = before + str(one.pattern)
        if route.startswith((*LEFT_OUT, API)) and route != API + "reference/":
            if isinstance(one, URLResolver) and API.startswith(route):
                yield from _pages(one.url_patterns, route)
            continue
        if isinstance(one, URLResolver):
            yield from _pages(one.url_patterns, route)
        elif isinstance(one, URLPattern) and "(?" not in route:
            yield PART.sub(r"<\1>", route), one.callback


def _verbs(view: Any) -> tuple[str, ...]:
    """Return what a page takes, as its decorators say: they close over the list of methods."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            held = cell.cell_contents
            if isinstance(held, list | tuple) and {"GET", "POST"} & {str(one) for one in held}:
                return tuple(one for one in held if one != "HEAD")
        view = getattr(view, "__wrapped__", None)
    return ("GET",)
