"""What follows a choice over HTTP: overriding, signing, ending early, releasing, rates."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ledger.granting import grant_budget
from ledger.models.awards import Award
from marketplace.policies import state_policy
from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import awarded, contest, first_milestone, money
from tests.builders import eur
from tests.cast import Cast
from tests.ledger import builders as ledger


@pytest.fixture
def award(cast: Cast) -> Award:
    return awarded(cast)


def board_of(machine: Machine, award: Award) -> dict:
    return machine.get(f"jobs/{award.job_id}/milestones/").json()


@pytest.fixture
def gerd(cast: Cast, machine_of) -> Machine:
    return machine_of(cast.gerd)


def test_a_head_above_overrides_a_choice(cast: Cast, maya: Machine, gerd: Machine):
    here = contest(cast, vendor=("16000", "20000", "9000"))
    grant_budget(
        actor=cast.fin,
        department_id=cast.house.pk,
        fiscal_year=NOW.year,
        amount=eur("20000"),
        at=NOW - DAY,
        grant_id=uuid4(),
    )
    ledger.choose(cast, here.team_bid, at=NOW - DAY)
    body = {
        "bid_id": str(here.vendor_bid.pk),
        "reason_code": "capacity",
        "reason": "The team is needed elsewhere.",
        "decisive_criterion_id": str(here.job.criteria.order_by("position")[0].pk),
        "followed_view": "charged",
    }
    path = f"jobs/{here.job.pk}/override/"

    assert maya.post(path, body).status_code == 403
    made = gerd.post(path, body)

    assert made.status_code == 201, made.content
    assert made.json()["provider_id"] == str(cast.vera_co.pk)
    told = board_of(maya, Award.objects.get())["override"]
    assert told["first_provider_name"] == "Events"
    assert (told["payer_name"], told["difference"]) == ("House", money("5000.00"))
    again = gerd.post(path, body)
    assert (again.status_code, again.json()["code"]) == (409, "already_overridden")


def test_a_large_change_is_signed(award, maya: Machine, vera: Machine, gerd: Machine):
    body = {"difference": money("5000.00"), "reason": "A second stage."}
    change = maya.post(f"milestones/{first_milestone(award).pk}/changes/", body).json()
    path = f"changes/{change['id']}/"
    early = vera.post(f"{path}agreement/")
    assert (early.status_code, early.json()["code"]) == (409, "second_signature_missing")

    signed = gerd.post(f"{path}signature/")

    assert signed.status_code == 201, signed.content
    assert board_of(vera, award)["milestones"][0]["changes"][0]["signed_by"] == "Gerd"
    assert vera.post(f"{path}agreement/").status_code == 201


def test_work_is_ended_for_a_fee(award, maya: Machine, vera: Machine, fin: Machine):
    body = {"fee": money("4000.00"), "reason": "The fair was called off."}
    offered = maya.post(f"awards/{award.pk}/cancellation-offers/", body)
    assert offered.status_code == 201, offered.content
    path = f"cancellation-offers/{offered.json()['id']}/agreement/"
    assert maya.post(path).status_code == 403

    agreed = vera.post(path)

    assert agreed.status_code == 201, agreed.content
    paper = board_of(fin, award)
    assert (paper["end"]["fee"], paper["end"]["agreed_by"]) == (money("4000.00"), "Vera")
    assert paper["can_offer_end"] is False
    assert {part["state"] for part in paper["milestones"]} == {"called_off"}
    assert maya.get(f"jobs/{award.job_id}/timeline/").json()["state"] == "cancelled"


def test_what_is_kept_back_is_released(cast: Cast, maya: Machine, vera: Machine):
    state_policy(
        actor=cast.fin,
        code="careful",
        at=NOW - 20 * DAY,
        in_force_on=(NOW - 20 * DAY).date(),
        explanation="What is built must stand.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        retention_basis_points=1_000,
        retention_days=30,
    )
    award = awarded(cast, policy_code="careful")
    ledger.accept(cast, first_milestone(award), at=NOW - DAY)
    kept = board_of(vera, award)["milestones"][0]["retention"]
    assert (kept["amount"], kept["can_release"]) == (money("1500.00"), False)
    assert board_of(vera, award)["retained"] == money("1500.00")
    path = f"retentions/{kept['retention_id']}/release/"
    assert vera.post(path).status_code == 403

    assert maya.post(path).json()["amount_minor"] == 150_000
    assert board_of(vera, award)["retained"] == money("0.00")


def test_finance_states_a_rate_and_allows_a_late_charge(award, maya: Machine, fin: Machine):
    body = {"currency": "USD", "into": "EUR", "rate": "0.9215", "in_force_on": NOW.date()}
    body |= {"reason": "The central bank's rate of yesterday."}
    assert maya.post("currency-rates/", body).status_code == 403
    stated = fin.post("currency-rates/", body)
    assert stated.status_code == 201, stated.content
    assert (stated.json()["numerator"], stated.json()["denominator"]) == (1_843, 2_000)

    path = f"milestones/{first_milestone(award).pk}/late-charge/"
    refused = fin.post(path, {"reason": "The storm."})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_too_late")


def test_a_stranger_finds_nothing(award, otto: Machine):
    for path in (
        f"awards/{award.pk}/cancellation-offers/",
        f"milestones/{first_milestone(award).pk}/late-charge/",
    ):
        body = {"reason": "Why not."}
        if "offers" in path:
            body |= {"fee": money("0.00")}
        assert otto.post(path, body).status_code == 404
