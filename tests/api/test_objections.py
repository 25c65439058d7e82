"""The standstill over HTTP: objecting, deciding, declining."""

from __future__ import annotations

from ledger.models.objections import Objection
from tests.api.conftest import NOW, Machine
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.formal import WRONG, chosen_lately


def test_an_objection_is_raised_and_decided(
    cast: Cast, maya: Machine, vera: Machine, machine_of
) -> None:
    builders.grant(cast)
    contest, award = chosen_lately(cast, NOW)
    path = f"jobs/{contest.job.pk}/objections/"
    paper = vera.get(path).json()
    assert (paper["is_over"], paper["objecting_for"]) == (False, [str(cast.vera_co.pk)])

    body = {"provider_id": str(cast.vera_co.pk), "reason": WRONG}
    made = vera.post(path, body)
    assert made.status_code == 201, made.content
    assert (vera.post(path, body).status_code, vera.post(path, body).json()["code"]) == (
        409,
        "already_objected",
    )
    ruling = f"objections/{Objection.objects.get().pk}/ruling/"
    decided = {"upheld": True, "reason": "It was overlooked."}
    assert maya.post(ruling, decided).status_code == 403
    said = machine_of(cast.gerd).post(ruling, decided)
    assert (said.status_code, said.json()["upheld"]) == (201, True)

    (row,) = vera.get(path).json()["objections"]
    assert (row["upheld"], row["award_id"]) == (True, str(award.pk))
    assert vera.get(f"jobs/{contest.job.pk}/debrief/").json()["code"] == "not_decided"
    assert machine_of(cast.otto).get(path).json()["objections"] == []


def test_work_waits_and_the_provider_may_decline(cast: Cast, maya: Machine, machine_of) -> None:
    builders.grant(cast)
    contest, award = chosen_lately(cast, NOW)
    pia = machine_of(cast.pia)
    board = pia.get(f"jobs/{contest.job.pk}/milestones/").json()
    assert (board["is_waiting"], board["can_decline"]) == (True, True)
    milestone = board["milestones"][0]["milestone_id"]
    early = pia.post(f"milestones/{milestone}/deliveries/", {})
    assert (early.status_code, early.json()["code"]) == (409, "standstill_runs")

    made = pia.post(f"awards/{award.pk}/decline/", {"reason": "Two of us are ill."})

    assert (made.status_code, made.json()["cause"]) == (201, "declined")
    assert maya.get(f"jobs/{contest.job.pk}/milestones/").status_code == 404
