"""How large anything may be is said in the description, and what is larger is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from api.examples import sample
from tests.api.conftest import Machine
from tests.cast import Cast
from tests.permissions.operations import Operation, described, operations, shapes

SPECTRAL = ("@stoplight/spectral-cli@6.16.3", "@stoplight/spectral-owasp-ruleset@2.0.1")
RULES = Path(__file__).with_name("spectral.yaml")
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


def test_every_text_and_list_that_is_sent_has_a_limit():
    for operation in api():
        for place, schema in limited(body_of(operation)):
            limit = "maxItems" if of_kind(schema, "array") else "maxLength"
            assert schema[limit] > 0, f"{operation} {place}"
        for one in asked_of(operation):
            for _, schema in limited(one["schema"]):
                assert {"maxItems", "maxLength"} & schema.keys(), f"{operation} {one['name']}"


def longer(schema: dict[str, Any]) -> Any:
    """Return one sign, or one thing, more than there may be."""
    if of_kind(schema, "array"):
        one = sample(schema["items"], shapes())
        return [deepcopy(one) for _ in range(schema["maxItems"] + 1)]
    fine = str(sample(schema, shapes()))
    return fine + fine[-1] * (schema["maxLength"] + 1 - len(fine))


def with_larger(body: Any, place: Place, value: Any) -> Any:
    for name in place[:-1]:
        body = body.setdefault(name, {"amount": "1.00", "currency": "EUR"})
    body[place[-1]] = value


def refused(answer: Any, name: str) -> str:
    """Return what is wrong with an answer that should name this as too large."""
    if answer.status_code != 400:
        return str(answer.status_code)
    pointers = [one["pointer"] for one in answer.json()["errors"]]
    return "" if any(name in one.split("/") for one in pointers) else f"names {pointers}"


def wrong_with(machine: Machine, some: list[Operation]) -> list[str]:
    """Send each limited thing one larger than described; return what was not refused by name."""
    wrong, ids = [], {part: uuid4() for one in some for part in one.parts}
    ids |= {"year": 2026, "number": 1, "level": 0, "event_id": 1, "period_id": 202611}
    for operation in some:
        path, tried = operation.path(ids | {"code": "standard"}), 0
        for place, schema in limited(body_of(operation)):
            if schema.get("maxLength", 0) > LARGEST_ASKED:
                continue
            body = sample(body_of(operation), shapes())
            with_larger(body, place, longer(schema))
            said = refused(machine.ask(operation.verb, path, body), place[0])
            wrong += [f"{operation} {place}: {said}"] * bool(said)
            tried += 1
        for one in asked_of(operation):
            for _, schema in limited(one["schema"]):
                value = longer(schema)
                question = urlencode({one["name"]: value}, doseq=isinstance(value, list))
                said = refused(machine.get(f"{path}?{question}"), one["name"])
                wrong += [f"{operation} ?{one['name']}: {said}"] * bool(said)
    return wrong


@pytest.fixture
def signed_in(cast: Cast) -> Machine:
    """Maya by her session: the shape is read before anybody asks who may."""
    machine = Machine()
    machine.client.force_login(cast.maya)
    return machine


def test_one_sign_more_than_described_is_refused_by_name(signed_in: Machine):
    assert wrong_with(signed_in, api()[::16]) == []


@pytest.mark.proof
def test_one_sign_more_than_described_is_refused_everywhere(signed_in: Machine):
    assert wrong_with(signed_in, api()) == []


def strangers(schema: dict[str, Any], said: Any) -> Iterator[Any]:
    """Each object of a body, to which a name is added that nobody knows."""
    schema = followed(schema)
    if isinstance(said, dict) and schema.get("properties"):
        said["is_head"] = True
        yield said
        del said["is_head"]
        for name, inner in schema["properties"].items():
            if name in said:
                yield from strangers(inner, said[name])
    elif isinstance(said, list) and said:
        yield from strangers(schema["items"], said[0])


def taken(machine: Machine, some: list[Operation]) -> list[str]:
    """Send each body with a name too many, wherever it could stand; return who took it."""
    wrong, ids = [], {part: uuid4() for one in some for part in one.parts}
    ids |= {"year": 2026, "number": 1, "level": 0, "event_id": 1, "period_id": 202611}
    for operation in some:
        path = operation.path(ids | {"code": "standard"})
        body = sample(body_of(operation), shapes())
        for where in strangers(body_of(operation), body):
            answer = machine.ask(operation.verb, path, body)
            name = "" if {"amount", "currency"} <= where.keys() else "is_head"
            said = refused(answer, name) if name else str(answer.status_code)
            wrong += [f"{operation}: {said}"] * (said not in ("", "400"))
    return wrong


def test_a_name_that_nobody_knows_is_refused(signed_in: Machine):
    writes = [one for one in api() if body_of(one)]
    assert taken(signed_in, writes[::8]) == []


@pytest.mark.proof
def test_a_name_that_nobody_knows_is_refused_everywhere(signed_in: Machine):
    writes = [one for one in api() if body_of(one)]
    assert len(writes) > 100
    assert taken(signed_in, writes) == []


def test_an_id_is_written_in_one_way(maya: Machine):
    for said in (
        7,
        "urn:uuid:3f0a1c52-6f0e-4d0b-9a53-0d6b5b1f7c11",
        "3f0a1c526f0e4d0b9a530d6b5b1f7c11",
    ):
        answer = maya.post("templates/", {"job_id": said, "name": "A party"})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "/job_id"


def test_a_header_of_tags_has_an_end(maya: Machine):
    answer = maya.get("me/", If_None_Match='"a", ' * 1_000)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "tags_too_long")


@pytest.mark.proof
@pytest.mark.skipif(not shutil.which("npm"), reason="Spectral comes from npm, which is not here")
def test_spectral_finds_no_error(tmp_path: Path, client: Any):
    """OpenAPI's rules and OWASP's, of which `spectral.yaml` says what is left out and why."""
    from django.core.management import call_command

    shutil.copy(RULES, tmp_path / "spectral.yaml")
    call_command("spectacular", "--format", "openapi-json", "--file", tmp_path / "openapi.json")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *SPECTRAL]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run(
        [
            *("node_modules/.bin/spectral", "lint", "--fail-severity", "error", "-D"),
            *("--ruleset", "spectral.yaml", "--format", "json", "openapi.json"),
        ],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    found = [f"{one['code']} {'/'.join(map(str, one['path']))}" for one in _list(said.stdout)]
    assert (found, said.returncode) == ([], 0), said.stderr


def _list(text: str) -> list[dict[str, Any]]:
    """Return the list that the answer begins with: words follow where it is empty."""
    found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(text)[0]
    return found
