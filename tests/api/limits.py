"""What the description says of how large anything may be, and things of just that size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from api.bounds import LENGTHS
from api.examples import sample
from tests.permissions.operations import Operation, described, operations, shapes

LARGEST_ASKED = 20_000  # a file of ten million characters is a test of bids/files
Place = tuple[str, ...]


def followed(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = shapes()[str(schema["$ref"]).rpartition("/")[2]]
    return schema


def of_kind(schema: dict[str, Any], kind: str) -> bool:
    kinds = schema.get("type", ())
    return kind in ([kinds] if isinstance(kinds, str) else kinds)


def limited(schema: dict[str, Any], place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Each text and list of a body, with where it stands."""
    schema = followed(schema)
    if (of_kind(schema, "string") and not {"enum", "const"} & schema.keys()) or of_kind(
        schema, "array"
    ):
        yield place, schema
    for name, inner in schema.get("properties", {}).items():
        yield from limited(inner, (*place, name))


def body_of(operation: Operation) -> dict[str, Any]:
    told = described()[operation.address, operation.verb]
    content = told.get("requestBody", {}).get("content", {})
    found: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return found


def asked_of(operation: Operation) -> list[dict[str, Any]]:
    told = described()[operation.address, operation.verb].get("parameters", ())
    return [one for one in told if one["in"] == "query"]


@cache
def api() -> list[Operation]:
    return [one for one in operations() if (one.address, one.verb) in described()]


def limit_of(schema: dict[str, Any]) -> int:
    return int(schema["maxItems" if of_kind(schema, "array") else "maxLength"])


def as_large_as(schema: dict[str, Any], size: int) -> Any:
    """Return a text of so many signs, or a list of so many things, that is fine but for that."""
    if of_kind(schema, "array"):
        one = sample(schema["items"], shapes())
        return [deepcopy(one) for _ in range(size)]
    fine = str(sample(schema, shapes()))
    if schema.get("format") == "email":  # it ends in a name of the network, which has its own end
        return fine.rjust(size, fine[0])
    return fine.ljust(size, fine[-1])


def is_measured(schema: dict[str, Any]) -> bool:
    """
    Tell whether its size alone can be wrong. An id, a date, a currency and an amount have a form
    that ends where they end: longer, they are refused for their form, so they are left out.
    """
    if schema.get("format") in LENGTHS or limit_of(schema) > LARGEST_ASKED:
        return False
    longer = as_large_as(schema, limit_of(schema) + 1)
    return "pattern" not in schema or bool(re.search(schema["pattern"], longer))
