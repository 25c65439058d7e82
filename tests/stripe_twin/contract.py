"""Holding what is asked and answered against Stripe's own description, where that is at hand."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DESCRIPTION = (
    Path(__file__).parents[2].parent / "shared/data/stripe/spec3.connect-subset.2023-08-16.json.gz"
)
IS_HERE = DESCRIPTION.is_file()


@cache
def description() -> dict[str, Any]:
    with gzip.open(DESCRIPTION, "rt", encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.sub(r"{[^}]*}", "[^/]+", path)), path)
        for path in sorted(description()["paths"], key=lambda path: path.count("{"))
    ]


@dataclass
class Contract:
    """Collects what differs from the description; without it, nothing can."""

    wrong: list[str] = field(default_factory=list)
    checked: int = 0

    def check_request(self, method: str, path: str, said: dict[str, Any]) -> None:
        if not IS_HERE:
            return
        operation = _operation(method, path)
        if operation is None:
            self.wrong.append(f"{method} {path}: Stripe has no such address")
            return
        self.checked += 1
        if method == "POST":
            content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
            schema = content["schema"]
        else:
            inside = [one for one in operation.get("parameters", []) if one["in"] == "query"]
            schema = {
                "type": "object",
                "additionalProperties": False,
                "properties": {one["name"]: one["schema"] for one in inside},
                "required": [one["name"] for one in inside if one.get("required")],
            }
        self._note(f"{method} {path}", differences(said, schema, is_form=True))

    def check_answer(self, method: str, path: str, status: int, thing: dict[str, Any]) -> None:
        if not IS_HERE or (operation := _operation(method, path)) is None:
            return
        answers = operation["responses"]
        answer = answers["200"] if status == 200 else answers["default"]
        schema = answer["content"]["application/json"]["schema"]
        self._note(f"{method} {path} → {status}", differences(thing, schema))

    def _note(self, where: str, found: Iterator[str]) -> None:
        self.wrong += [f"{where}: {each}" for each in found]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, name in patterns():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = description()["paths"][name].get(method.lower())
            return found
    return None


KINDS = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def differences(
    value: Any, schema: dict[str, Any], where: str = "", *, is_form: bool = False
) -> Iterator[str]:
    """Yield where a value is not what the description says. A form holds texts only."""
    schema = _resolved(schema)
    if value is None:
        if not schema.get("nullable"):
            yield f"{where}: is null"
        return
    if "anyOf" in schema:
        found = [list(differences(value, one, where, is_form=is_form)) for one in schema["anyOf"]]
        if all(found):
            yield from min(found, key=len)
        return
    kind = schema.get("type")
    if is_form and kind in ("integer", "boolean", "number"):
        if not re.fullmatch(r"-?\d+(\.\d+)?|true|false", str(value)):
            yield f"{where}: {value!r} is no {kind}"
        return
    if kind in KINDS and not isinstance(value, KINDS[kind]):
        yield f"{where}: {value!r} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum'][:5]}"
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from differences(one, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict):
        yield from _of_object(value, schema, where, is_form=is_form)


def _of_object(
    value: dict[str, Any], schema: dict[str, Any], where: str, *, is_form: bool
) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}.{name}: is missing"
    for name, inner in value.items():
        if name in known:
            yield from differences(inner, known[name], f"{where}.{name}", is_form=is_form)
        elif schema.get("additionalProperties") is False:
            yield f"{where}.{name}: Stripe knows no such name"


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema
