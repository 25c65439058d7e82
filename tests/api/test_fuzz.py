"""Whatever is asked, by the description or beside it, the answer is an answer: never a fault."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import jsonschema_rs
import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.api.conftest import Machine
from tests.api.stories import awarded, open_job
from tests.cast import Cast
from tests.ledger import builders as ledger

PREFIX = "/api/v1"


@cache
def description() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(
        json.dumps(SchemaGenerator().get_schema(public=True), default=str)
    )
    return said


@cache
def operations() -> dict[str, Any]:
    """Every operation of the description, by name."""
    schema = schemathesis.openapi.from_dict(description())
    found = [each.ok() for each in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in found if "openapi" not in one.path}


@cache
def shape_of(path: str, method: str, status: int) -> Any:
    """Return what the description promises of an answer; none where it is no JSON."""
    answers = description()["paths"][path][method]["responses"]
    assert str(status) in answers, f"{method} {path} answers {status}, which is not described"
    for kind, told in answers[str(status)].get("content", {}).items():
        if kind.endswith("json") and "ndjson" not in kind:
            whole = {**told["schema"], "components": description()["components"]}
            return jsonschema_rs.validator_for(whole)
    return None


@cache
def body_of(path: str, method: str) -> Any:
    """Return what the description wants of a body; none where it takes no JSON."""
    taken = description()["paths"][path][method].get("requestBody", {}).get("content", {})
    told = taken.get("application/json", {}).get("schema")
    whole = {**told, "components": description()["components"]} if told else {}
    return jsonschema_rs.validator_for(whole) if told else None


def judge(operation: Any, query: dict[str, Any], body: Any, answer: Any) -> None:
    """No fault, no answer that is not described, no nonsense taken."""
    asked = f"{operation.method} {operation.path} {query} {body!r}"
    assert answer.status_code < 500, asked
    shape = shape_of(operation.path, operation.method, answer.status_code)
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "code", "detail"} <= set(answer.json())
    if shape is not None and not answer.streaming and "json" in answer["Content-Type"]:
        found = shape.iter_errors(answer.json())
        assert [f"{one.message[:200]} at {one.instance_path}" for one in found] == [], asked
    if 200 <= answer.status_code < 300:
        wanted = body_of(operation.path, operation.method)
        assert wanted is None or wanted.is_valid(body or {}), f"{asked} was taken"
        told = description()["paths"][operation.path][operation.method].get("parameters", ())
        assert set(query) <= {one["name"] for one in told}, f"{asked} was taken"


@pytest.fixture
def ids(cast: Cast) -> dict[str, Any]:
    """A thing of each kind, so that a fuzzed request gets past the door."""
    award = awarded(cast)
    milestone = ledger.milestones(award)[0]
    return {
        "job_id": open_job(cast).pk,
        "bid_id": award.bid_id,
        "award_id": award.pk,
        "milestone_id": milestone.pk,
        "provider_id": cast.vera_co.pk,
        "department_id": cast.marketing.pk,
        "user_id": cast.otto.pk,
    }


@pytest.fixture
def people(maya: Machine, vera: Machine, fin: Machine, adam: Machine) -> list[Machine]:
    return [maya, vera, fin, adam]


@pytest.fixture
def nine(cast: Cast, nobody: Machine, machine_of: Any) -> list[Machine]:
    """The nine: each with a token, and somebody without one."""
    named = ("rolf", "maya", "pia", "paul", "vera", "fin", "ada", "adam")
    return [nobody, *(machine_of(getattr(cast, name)) for name in named)]


def knock(machines: list[Machine], operation: Any, ids: dict[str, Any], examples: int) -> None:
    strategy = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, machine=st.sampled_from(machines), is_known=st.booleans())
    def once(case: Any, machine: Machine, is_known: bool) -> None:
        path = operation.path
        for name in case.path_parameters or {}:
            known = ids.get(name, uuid4()) if is_known else uuid4()
            path = path.replace("{" + name + "}", str(known))
        question = urlencode(case.query or {}, doseq=True)
        body = case.body if isinstance(case.body, dict | list | str | int) else None
        answer = machine.ask(
            operation.method.upper(), f"{path}?{question}" if question else path, body
        )
        judge(operation, case.query or {}, body, answer)

    once()


@pytest.mark.parametrize("third", [0, 1, 2])
def test_no_request_ends_in_a_fault(third, ids, people):
    for _, operation in sorted(operations().items())[third::3]:
        knock(people, operation, ids, examples=4)


@pytest.mark.proof
@pytest.mark.parametrize("third", [0, 1, 2])
def test_no_request_of_any_of_the_nine_ends_in_a_fault(third, ids, nine):
    for _, operation in sorted(operations().items())[third::3]:
        knock(nine, operation, ids, examples=150)
