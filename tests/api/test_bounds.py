"""How large anything may be is said in the description, and what is larger is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from api.examples import sample
from tests.api.conftest import Machine
from tests.api.limits import (
    Place,
    api,
    as_large_as,
    asked_of,
    body_of,
    followed,
    is_measured,
    limit_of,
    limited,
    of_kind,
)
from tests.cast import Cast
from tests.permissions.operations import Operation, shapes

SPECTRAL = ("@stoplight/spectral-cli@6.16.3", "@stoplight/spectral-owasp-ruleset@2.0.1")
RULES = Path(__file__).with_name("spectral.yaml")
TOO_LARGE = {"max_length", "many"}
# What is read on once its length is fine, and how it is then refused.
READ_ON = {"cursor": {"not_a_cursor"}, "fields": {"unknown_name"}, "known_at": {"invalid"}}


def test_every_text_and_list_that_is_sent_has_a_limit():
    for operation in api():
        for place, schema in limited(body_of(operation)):
            limit = "maxItems" if of_kind(schema, "array") else "maxLength"
            assert schema[limit] > 0, f"{operation} {place}"
        for one in asked_of(operation):
            for _, schema in limited(one["schema"]):
                assert {"maxItems", "maxLength"} & schema.keys(), f"{operation} {one['name']}"


def with_larger(body: Any, place: Place, value: Any) -> None:
    for name in place[:-1]:
        body = body.setdefault(name, {"amount": "1.00", "currency": "EUR"})
    body[place[-1]] = value


def refused(answer: Any, name: str) -> set[str]:
    """Return the codes of what an answer says to be wrong with what is called so."""
    if answer.status_code != 400:
        return set()
    told = answer.json()["errors"]
    return {one["code"] for one in told if name in one["pointer"].split("/")}


def wrong_at(schema: dict[str, Any], name: str, send: Callable[[Any], Any]) -> str:
    """Send what is as large as described, and one more; return what came instead of its refusal."""
    fits, larger = (
        refused(send(as_large_as(schema, limit_of(schema) + more)), name) for more in (0, 1)
    )
    if fits - READ_ON.get(name, set()):
        return f"as large as described, and refused as {fits}"
    return "" if larger & TOO_LARGE else f"one more, and refused as {larger or 'nothing'}"


def some_ids(some: list[Operation]) -> dict[str, Any]:
    """Return what fills the addresses: there is nothing of these names."""
    ids: dict[str, Any] = {part: uuid4() for one in some for part in one.parts}
    ids |= {"year": 2026, "number": 1, "level": 0, "event_id": 1, "period_id": 202611}
    return ids | {"code": "standard"}


def put_in(machine: Machine, operation: Operation, path: str, place: Place, value: Any) -> Any:
    body = sample(body_of(operation), shapes())
    with_larger(body, place, value)
    return machine.ask(operation.verb, path, body)


def asked_with(machine: Machine, path: str, name: str, value: Any) -> Any:
    return machine.get(f"{path}?{urlencode({name: value}, doseq=isinstance(value, list))}")


def sent(machine: Machine, some: list[Operation]) -> Iterator[tuple[Operation, str, str]]:
    """Send each limited thing as large as described, and one larger; yield what was wrong."""
    ids = some_ids(some)
    for operation in some:
        path = operation.path(ids)
        for place, schema in limited(body_of(operation)):
            if is_measured(schema):
                send = partial(put_in, machine, operation, path, place)
                yield operation, "/".join(place), wrong_at(schema, place[0], send)
        for one in asked_of(operation):
            for _, schema in limited(one["schema"]):
                if is_measured(schema):
                    send = partial(asked_with, machine, path, one["name"])
                    yield operation, one["name"], wrong_at(schema, one["name"], send)


def wrong_with(machine: Machine, some: list[Operation], *, least: int) -> list[str]:
    found = list(sent(machine, some))
    assert len(found) >= least
    return [f"{operation} {name}: {said}" for operation, name, said in found if said]


@pytest.fixture
def signed_in(cast: Cast) -> Machine:
    """Maya by her session: the shape is read before anybody asks who may."""
    machine = Machine()
    machine.client.force_login(cast.maya)
    return machine


def test_what_is_as_large_as_described_fits_and_one_sign_more_is_refused(signed_in: Machine):
    assert wrong_with(signed_in, api()[::16], least=12) == []


@pytest.mark.proof
def test_it_fits_and_one_sign_more_is_refused_everywhere(signed_in: Machine):
    assert wrong_with(signed_in, api(), least=250) == []


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
    wrong, ids = [], some_ids(some)
    for operation in some:
        path = operation.path(ids)
        body = sample(body_of(operation), shapes())
        for where in strangers(body_of(operation), body):
            answer = machine.ask(operation.verb, path, body)
            # An amount is refused whole, by the name of its field.
            is_amount = {"amount", "currency"} <= where.keys()
            is_refused = answer.status_code == 400 if is_amount else refused(answer, "is_head")
            wrong += [] if is_refused else [f"{operation}: {answer.status_code}"]
    return wrong


def test_a_name_that_nobody_knows_is_refused(signed_in: Machine):
    writes = [one for one in api() if body_of(one)]
    assert taken(signed_in, writes[::8]) == []


@pytest.mark.proof
def test_a_name_that_nobody_knows_is_refused_everywhere(signed_in: Machine):
    writes = [one for one in api() if body_of(one)]
    assert len(writes) > 90
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
