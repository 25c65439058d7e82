"""The work over HTTP: delivered, accepted, returned, changed, contested."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ledger.models.awards import Award
from tests.api.conftest import NOW, Machine
from tests.api.stories import HOUR, awarded, first_milestone, money
from tests.cast import Cast
from tests.ledger import builders as ledger


@pytest.fixture
def award(cast: Cast) -> Award:
    return awarded(cast)


@pytest.fixture
def milestone(award: Award) -> str:
    return f"milestones/{first_milestone(award).pk}/"


def board_of(machine: Machine, award: Award) -> dict:
    return machine.get(f"jobs/{award.job_id}/milestones/").json()


def test_both_sides_and_finance_see_the_milestones(
    award, maya: Machine, vera: Machine, fin: Machine, otto: Machine
):
    for machine in (maya, vera, fin):
        prices = [part["price"]["amount"] for part in board_of(machine, award)["milestones"]]
        assert prices == ["15000.00", "20000.00", "5000.00"]
    foreign = otto.get(f"jobs/{award.job_id}/milestones/")
    missing = otto.get(f"jobs/{uuid4()}/milestones/")
    assert foreign.status_code == 404
    assert foreign.content == missing.content


def test_what_is_accepted_is_charged(award, milestone, vera: Machine, rolf: Machine, fin: Machine):
    delivered = vera.post(f"{milestone}deliveries/", {"note": "All set up."})
    assert delivered.status_code == 201, delivered.content

    accepted = rolf.post(f"deliveries/{delivered.json()['id']}/acceptance/")

    assert accepted.status_code == 201, accepted.content
    assert board_of(rolf, award)["accepted"] == money("15000.00")
    kinds = [entry["kind"] for entry in fin.get("reports/journal/").json()["items"]]
    assert kinds[0] == "charged"


def test_a_delivery_is_accepted_once(milestone, vera: Machine, rolf: Machine):
    delivery = vera.post(f"{milestone}deliveries/").json()["id"]
    rolf.post(f"deliveries/{delivery}/acceptance/")

    again = rolf.post(f"deliveries/{delivery}/acceptance/")
    assert (again.status_code, again.json()["code"]) == (409, "already_accepted")


def test_a_delivery_comes_back_with_what_is_missing(award, milestone, vera, rolf):
    delivery = vera.post(f"{milestone}deliveries/").json()["id"]

    assert rolf.post(f"deliveries/{delivery}/return/", {"missing": "The tent."}).status_code == 201
    board = board_of(vera, award)
    assert board["milestones"][0]["deliveries"][0]["missing"] == "The tent."


def test_only_the_provider_delivers_and_only_the_department_accepts(milestone, vera, rolf, otto):
    assert rolf.post(f"{milestone}deliveries/").status_code == 403
    assert otto.post(f"{milestone}deliveries/").status_code == 404
    delivery = vera.post(f"{milestone}deliveries/").json()["id"]

    assert vera.post(f"deliveries/{delivery}/acceptance/").status_code == 403
    assert otto.post(f"deliveries/{delivery}/acceptance/").status_code == 404


def test_no_more_is_charged_than_was_agreed(milestone, vera: Machine):
    answer = vera.post(f"{milestone}deliveries/", {"amount": money("15000.01")})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/amount"


def test_a_change_counts_once_the_other_side_agrees(award, milestone, maya, vera, otto):
    body = {"difference": money("-500.00"), "reason": "One table fewer."}
    proposed = maya.post(f"{milestone}changes/", body)
    assert proposed.status_code == 201, proposed.content
    path = f"changes/{proposed.json()['id']}/agreement/"

    assert otto.post(path).status_code == 404
    assert maya.post(path).status_code == 403
    assert vera.post(path).status_code == 201
    assert vera.post(path).status_code == 409
    assert board_of(maya, award)["changes"] == money("-500.00")


def test_a_change_of_nothing_is_refused(milestone, maya: Machine):
    body = {"difference": money("0.00"), "reason": "Nothing."}

    assert maya.post(f"{milestone}changes/", body).status_code == 409


def test_a_charge_is_contested_and_finance_settles_it(cast, award, milestone, maya, fin):
    ledger.accept(cast, first_milestone(award), at=NOW - 25 * HOUR)
    body = {"amount": money("1000.00"), "reason": "The tent leaked."}
    assert fin.post(f"{milestone}disputes/", body).status_code == 403
    raised = maya.post(f"{milestone}disputes/", body)
    assert raised.status_code == 201, raised.content
    path = f"disputes/{raised.json()['id']}/resolution/"
    settled = {"credit": money("600.00"), "reason": "It leaked on one side."}

    assert maya.post(path, settled).status_code == 403
    assert fin.post(path, settled | {"credit": money("1000.01")}).status_code == 409
    assert fin.post(path, settled).status_code == 201
    assert fin.post(path, settled).status_code == 409
    assert board_of(maya, award)["credited"] == money("600.00")


def test_what_was_never_charged_cannot_be_contested(milestone, maya: Machine):
    body = {"amount": money("1.00"), "reason": "Just so."}

    assert maya.post(f"{milestone}disputes/", body).json()["code"] == "nothing_charged"
