"""Whatever is asked, by the description or beside it, the answer is an answer: never a fault."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

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


def operations() -> dict[str, Any]:
    """Every operation of the description, by name."""
    described = json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))
    schema = schemathesis.openapi.from_dict(described)
    found = [each.ok() for each in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in found if "openapi" not in one.path}


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
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert {"type", "title", "status", "code", "detail"} <= set(answer.json())

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
