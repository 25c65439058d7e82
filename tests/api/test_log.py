"""/log/: what machines fetch, to keep it and to prove with it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from marketplace.log import verify
from marketplace.log.sealer import seal
from marketplace.models.events import Event
from tests.api.conftest import DAY, NOW, Machine
from tests.cast import Cast, assemble


@pytest.fixture
def company(committed: str, as_role: Callable[[str], None]) -> Cast:
    """The company of the tests, its founding sealed."""
    as_role("replay")
    cast = assemble(at=NOW - 300 * DAY)
    as_role("worker")
    seal(at=NOW)
    as_role("web")
    return cast


def test_a_receipt_is_fetched_and_checked_with_the_sites_own_keys_and_program(
    company: Cast, machine_of: Callable[..., Machine]
):
    ada, size = machine_of(company.ada), Event.objects.count()
    subject = company.events_team.pk

    listed = ada.get(f"log/proofs/?subject={subject}").json()["items"]
    assert [(one["kind"], one["is_sealed"]) for one in listed][:1] == [("team.registered", True)]
    proof = ada.get(f"log/proofs/{listed[0]['event_id']}/").json()
    checkpoint = ada.get("log/checkpoint/").json()

    keys = verify.read_keys(Client().get("/log/keys.txt").content.decode().split())
    assert proof["file_name"].endswith(".tlog-proof")
    assert (checkpoint["size"], proof["size"]) == (size, size)
    assert "team.registered" in verify.check_receipt(proof["text"], keys, checkpoint["note"])
    assert checkpoint["verifier_key"] in Client().get("/log/keys.txt").content.decode()
    program = Client().get("/log/verify.py")
    assert "attachment" in program["Content-Disposition"]
    assert b"def check_receipt" in program.content


def test_growth_is_proved_between_two_sizes(company: Cast, machine_of: Callable[..., Machine]):
    ada = machine_of(company.ada)
    size = ada.get("log/checkpoint/").json()["size"]

    answer = ada.get(f"log/consistency/?from=3&to={size}").json()

    assert (answer["from_size"], answer["to_size"]) == (3, size)
    assert answer["text"].startswith("old 3\n")
    assert ada.get(f"log/consistency/?from={size + 1}").json()["code"] == "not_a_log_size"
    assert ada.get("log/consistency/?from=1&to=2").status_code == 404
    assert ada.get("log/consistency/").status_code == 400
    assert ada.get("log/consistency/?from=0").status_code == 400


def test_tiles_are_for_finance_and_auditors(company: Cast, machine_of: Callable[..., Machine]):
    tile = machine_of(company.fin).get("log/tiles/0/0/").json()

    assert len(tile["hashes"]) == Event.objects.count()
    assert not tile["is_complete"]
    assert machine_of(company.maya).get("log/tiles/0/0/").status_code == 403
    assert machine_of(company.fin).get("log/tiles/99999999999/0/").status_code == 404


@pytest.mark.parametrize(
    ("person", "status"), [("ada", 200), ("fin", 200), ("maya", 200), ("pia", 200), ("adam", 200)]
)
def test_whoever_can_have_a_receipt_reads_checkpoints(
    company: Cast, machine_of: Callable[..., Machine], person: str, status: int
):
    assert machine_of(getattr(company, person)).get("log/checkpoint/").status_code == status


def test_a_requester_reads_none(company: Cast, machine_of: Callable[..., Machine]):
    rolf = machine_of(company.rolf)

    assert rolf.get("log/checkpoint/").status_code == 403
    assert rolf.get("log/consistency/?from=1").status_code == 403
    assert rolf.get(f"log/proofs/?subject={uuid4()}").json()["items"] == []


def test_an_event_that_is_not_yours_is_answered_like_one_that_is_not_there(
    company: Cast, machine_of: Callable[..., Machine]
):
    one = Event.objects.order_by("pk").first()
    assert one is not None
    vera = machine_of(company.vera)

    hidden, missing = vera.get(f"log/proofs/{one.pk}/"), vera.get("log/proofs/99999999/")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    assert vera.get(f"log/proofs/{10**30}/").status_code == 404


def test_before_anything_is_sealed_it_says_so(cast: Cast, machine_of: Callable[..., Machine]):
    event = Event.objects.order_by("pk").first()
    assert event is not None
    ada = machine_of(cast.ada)

    nothing = ada.get("log/checkpoint/")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_sealed")
    assert "Nothing was sealed yet" in nothing.json()["detail"]
    answer = ada.get(f"log/proofs/{event.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_sealed_yet")


def test_nobody_unknown_is_told_anything(nobody: Machine):
    assert nobody.get("log/checkpoint/").status_code == 401
    assert nobody.get("log/proofs/1/").status_code == 401
