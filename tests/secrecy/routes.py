"""Every way in: each operation, what stands beside them, and what each may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.asking import People, body_of
from tests.permissions.forms import Forms
from tests.permissions.operations import Operation, described, operations
from tests.permissions.situations import situations
from tests.permissions.world import WORDS, Ids

# What stands beside the operations, and is asked by its path.
BESIDE = (
    *("/healthz", "/readyz", "/metrics", "/admin/", "/stripe/events/"),
    *("/api/v1/", "/api/v1/openapi/"),
    *("/accounts/sign-in/", "/accounts/confirm-it-is-you/", "/accounts/inactive/"),
    *("/accounts/password/", "/accounts/sign-up/", "/accounts/sign-out/"),
)
# It finds what begins so. An answer gives it back, and is told from one that says the whole word.
LOOKED_FOR = "plumer"
NOTHING = UUID("0190a1b2-0000-7000-8000-000000000000")  # no thing is called so
# Models' paths that a careless filter would follow. Nobody knows these words: each is refused.
CARELESS = (
    "ordering=bids__amount",
    "bid__price__gt=7341219",
)
TOKEN = "for tests alone"
FORMAT = "format"  # each file is packed in a way of its own, so each is asked for
Said = tuple[bytes, bytes]  # what stands before the body, and the body as it came


def everything(answer: Any) -> Said:
    """Return all that a browser gets: headers and cookies; and the body, which may be a file."""
    headers = "\n".join(f"{name}: {text}" for name, text in answer.headers.items())
    head = f"{answer.status_code}\n{headers}\n{answer.cookies}\n"
    return head.encode(), bytes(answer.whole)


def parameters(operation: Operation) -> list[str]:
    """Return each parameter that an address of the API takes, asked for the rival's things."""
    if not operation.is_api or operation.verb != "GET":
        return []
    found = []
    for one in described().get((operation.address, "GET"), {}).get("parameters", ()):
        if one["in"] != "query":
            continue
        values = one["schema"].get("enum") or [LOOKED_FOR]
        few = values if one["name"] == FORMAT else values[:2]
        found += [f"{one['name']}={value}" for value in few]
    return found


def questions_of(operation: Operation) -> list[str]:
    """Return what an address is asked: its parameters, and what no address knows."""
    known = parameters(operation)
    return [*known, *CARELESS] if operation.is_api and operation.verb == "GET" else []


def sent_with(operation: Operation, ids: dict[str, Any]) -> Any:
    """Return what an operation of the API wants; a form is sent empty."""
    return body_of(operation, ids) if operation.is_api and operation.verb != "GET" else None


def sent_by(people: People, operation: Operation, ids: dict[str, Any]) -> Any:
    """Return what is sent: a form that this person saw is sent as they would fill it in."""
    page = people.seen.get(operation.path(ids)) if operation.verb == "POST" else None
    if operation.is_api or page is None:
        return sent_with(operation, ids)
    return Forms(page.decode(), operation.path(ids)).fields


def things(operation: Operation, told: Ids) -> dict[str, dict[str, Any]]:
    """Return what an operation is asked about: each situation that it has a word for, or none."""
    found = situations(operation, told)
    if found:
        return found
    lacking: dict[str, Any] = {
        part: "csv" if part == "kind" else NOTHING for part in operation.parts - WORDS.keys()
    }
    return {"nothing": WORDS | lacking | told["own"]}


def about_nothing(told: Ids) -> list[Operation]:
    """Return the operations whose thing the story does not hold."""
    return [one for one in operations() if not situations(one, told)]


def beside(people: People, role: str) -> Iterator[tuple[str, Said]]:
    """Return what comes back from the addresses that are no operation, the admin site's too."""
    client = people.clients[role]
    for path in [*BESIDE, *_of_the_admin_site()]:
        answer = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        streamed = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.whole = streamed
        yield path, everything(answer)


def _of_the_admin_site() -> Iterator[str]:
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = reverse(f"admin:{name}_changelist")
        yield listed
        yield f"{listed}?q={LOOKED_FOR}"
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)[:8]:
            yield reverse(f"admin:{name}_change", args=[pk])
            yield reverse(f"admin:{name}_history", args=[pk])


def unasked() -> list[str]:
    """Return the addresses of the site that are neither an operation nor beside them."""
    asked = {_plain(one.address) for one in operations()} | {path.lstrip("/") for path in BESIDE}
    return sorted(
        route
        for route in _routes(get_resolver().url_patterns, "")
        if _plain(route) not in asked and not route.startswith("admin/")
    )


def _plain(route: str) -> str:
    parts = route.split("<")
    return "<".join([parts[0], *(one.partition(":")[2] or one for one in parts[1:])])


def _routes(patterns: list[Any], before: str) -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route
