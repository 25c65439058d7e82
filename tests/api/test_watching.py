"""Those who watch over the record: checks, redactions, questions, a sample, evidence."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

from marketplace.log.sealer import seal
from marketplace.redacting import TOMBSTONE
from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import awarded
from tests.cast import Cast, assemble

Machines = Callable[..., Machine]


def test_a_check_is_asked_for_once(cast: Cast, machine_of: Machines):
    ada = machine_of(cast.ada)
    assert ada.get("log/checks/").json()["items"] == []

    assert ada.post("log/checks/").status_code == 201

    again = ada.post("log/checks/")
    assert (again.status_code, again.json()["code"]) == (409, "asked_already")
    assert machine_of(cast.maya).get("log/checks/").status_code == 403


def test_two_people_take_words_off_the_record(cast: Cast, machine_of: Machines):
    award = awarded(cast)
    ada, adam = machine_of(cast.ada), machine_of(cast.adam)
    body = {"words_id": str(award.reason_id), "reason": "It names a person."}
    assert machine_of(cast.fin).post("log/redactions/", body).status_code == 403

    assert ada.post("log/redactions/", body).status_code == 201

    (waiting,) = adam.get("log/redactions/").json()["items"]
    assert (waiting["reason"], waiting["is_own"]) == ("It names a person.", False)
    path = f"log/redactions/{waiting['wanted_id']}/agreement/"
    own = ada.post(path)
    assert (own.status_code, own.json()["code"]) == (409, "own_redaction")
    assert adam.post(path).status_code == 201
    award.reason.refresh_from_db()
    assert award.reason.text == TOMBSTONE


def test_an_auditor_reads_the_questions_and_draws_the_same_sample_twice(
    cast: Cast, machine_of: Machines
):
    award = awarded(cast)
    ada = machine_of(cast.ada)

    asked = ada.get("log/questions/").json()
    first, second = (ada.get("log/sample/?seed=November").json()["items"] for _ in range(2))

    assert set(asked) == {"both_sides", "single_bids", "splits", "flags"}
    assert first == second
    assert [one["award_id"] for one in first] == [str(award.pk)]
    assert machine_of(cast.fin).get("log/questions/").status_code == 403
    assert machine_of(cast.adam).get("log/sample/?seed=x").status_code == 403


def test_nothing_is_proved_of_a_job_that_is_not_there(cast: Cast, machine_of: Machines):
    missing = machine_of(cast.ada).get(f"jobs/{cast.house.pk}/evidence/")

    assert missing.status_code == 404


def test_a_machine_fetches_the_evidence_of_a_job(
    committed: str, as_role: Callable[[str], None], machine_of: Machines
):
    as_role("replay")
    cast = assemble(at=NOW - 300 * DAY)
    award = awarded(cast)
    as_role("worker")
    seal(at=NOW)
    as_role("web")

    answer = machine_of(cast.ada).get(f"jobs/{award.job_id}/evidence/")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with ZipFile(BytesIO(answer.content)) as pack:
        assert {"README.txt", "verify.py", "keys.txt", "checkpoint.txt"} <= set(pack.namelist())
