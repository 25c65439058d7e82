"""The choice over HTTP: what was opened, compared, chosen, and told to those not chosen."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import awarded, contest, granted, money, open_job
from tests.cast import Cast
from tests.ledger import builders as ledger


@pytest.fixture
def opened(cast: Cast) -> ledger.Contest:
    return contest(cast)


def choice(opened: ledger.Contest, **changes: object) -> dict[str, object]:
    criterion = opened.job.criteria.order_by("position").first()
    usual: dict[str, object] = {
        "bid_id": str(opened.vendor_bid.pk),
        "reason_code": "quality",
        "reason": "Their idea for the rain convinced us.",
        "decisive_criterion_id": str(criterion.pk),
        "followed_view": "charged",
    }
    return usual | changes


def test_the_minutes_count_the_bids_and_match_the_receipts(opened, maya: Machine):
    paper = maya.get(f"jobs/{opened.job.pk}/opening/").json()

    assert (paper["bids_counted"], paper["receipts_matched"]) == (2, 2)


def test_opened_bids_are_the_departments_and_the_auditors(
    opened, maya: Machine, ada: Machine, vera: Machine
):
    path = f"jobs/{opened.job.pk}/opening/bids/"

    for machine in (maya, ada):
        assert len(machine.get(path).json()["items"]) == 2
    assert vera.get(path).status_code == 404


def test_bids_stand_side_by_side(opened, maya: Machine, vera: Machine):
    path = f"jobs/{opened.job.pk}/comparison/"
    paper = maya.get(path).json()

    assert {bid["provider_name"] for bid in paper["bids"]} == {"Events", "Vera & Co"}
    assert {bid["quoted"]["amount"] for bid in paper["bids"]} == {"40000.00"}
    assert len(paper["digest"]) == 64
    assert vera.get(path).status_code in {403, 404}
    lines = b"".join(maya.get(f"{path}?format=csv").streaming_content).decode().splitlines()
    assert len(lines) == 3


def test_nothing_is_compared_before_the_opening(cast: Cast, maya: Machine):
    job = open_job(cast)

    answer = maya.get(f"jobs/{job.pk}/comparison/")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_sealed")


def test_a_score_comes_with_its_reason(opened, maya: Machine, vera: Machine):
    criterion = opened.job.criteria.order_by("position").first()
    path = f"bids/{opened.vendor_bid.pk}/scores/"
    body = {
        "criterion_id": str(criterion.pk),
        "quarters": 3,
        "reason": "Three parties of this size, with photographs and names.",
    }

    assert maya.post(path, body).status_code == 201
    assert maya.post(path, body | {"reason": "Good."}).status_code == 409
    assert maya.post(path, body | {"quarters": 5}).status_code == 400
    assert vera.post(path, body).json()["code"] == "own_provider"


def test_the_head_chooses_and_the_others_get_their_debrief(
    opened, maya: Machine, pia: Machine, vera: Machine
):
    chosen = maya.post(f"jobs/{opened.job.pk}/award/", choice(opened))

    assert chosen.status_code == 201, chosen.content
    assert chosen.json()["price"] == money("40000.00")
    debrief = pia.get(f"jobs/{opened.job.pk}/debrief/").json()
    assert debrief["outcome"] == "not_chosen"
    assert debrief["chosen_name"] == "Vera & Co"
    assert debrief["reason"] == "Their idea for the rain convinced us."
    assert vera.get(f"jobs/{opened.job.pk}/debrief/").json()["outcome"] == "chosen"


def test_there_is_no_debrief_before_the_choice(opened, pia: Machine, otto: Machine):
    path = f"jobs/{opened.job.pk}/debrief/"

    assert pia.get(path).json()["code"] == "not_decided"
    assert otto.get(path).status_code == 404


def test_a_bid_is_chosen_once(opened, maya: Machine):
    path = f"jobs/{opened.job.pk}/award/"
    maya.post(path, choice(opened))

    again = maya.post(path, choice(opened, bid_id=str(opened.team_bid.pk)))
    assert (again.status_code, again.json()["code"]) == (409, "already_awarded")


def test_only_the_head_chooses(opened, rolf: Machine, vera: Machine, otto: Machine):
    path = f"jobs/{opened.job.pk}/award/"

    assert rolf.post(path, choice(opened)).status_code == 403
    assert vera.post(path, choice(opened)).status_code == 403
    assert otto.post(f"jobs/{uuid4()}/award/", choice(opened)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"reason": " "}, 400, "/reason"),
        ({"reason_code": "friendship"}, 400, "/reason_code"),
        ({"bid_id": str(uuid4())}, 409, "/bid_id"),
    ],
)
def test_a_choice_without_grounds_is_refused(opened, maya: Machine, changes, status, pointer):
    answer = maya.post(f"jobs/{opened.job.pk}/award/", choice(opened, **changes))

    assert answer.status_code in {status, 404}, answer.content
    if answer.status_code != 404:
        assert pointer in {error["pointer"] for error in answer.json()["errors"]}


def test_a_job_ends_without_a_choice_and_says_why(opened, maya: Machine, rolf: Machine):
    path = f"jobs/{opened.job.pk}/no-award/"

    assert rolf.post(path, {"reason": "The fair is off."}).status_code == 403
    assert maya.post(path, {"reason": "The fair is off."}).status_code == 201
    assert maya.post(path, {"reason": "The fair is off."}).status_code == 409


def test_a_bid_is_disqualified_with_a_reason(opened, maya: Machine, vera: Machine):
    path = f"bids/{opened.vendor_bid.pk}/disqualification/"
    body = {"reason": "The insurance that the job asks for is missing."}

    assert vera.post(path, body).status_code == 403
    assert maya.post(path, body).status_code == 201
    assert maya.post(path, body).status_code == 409


def test_both_sides_rate_and_read_the_other_at_the_reveal(
    cast: Cast, rolf: Machine, vera: Machine, otto: Machine
):
    award = awarded(cast)
    ledger.finish(cast, award, at=NOW - DAY)
    paper = rolf.get(f"jobs/{award.job_id}/ratings/").json()
    assert paper["can_rate"] is True
    body = {"side": "department", "points": {"informed": 5}, "again": "yes", "text": "Lovely."}

    assert otto.post(f"awards/{award.pk}/ratings/", body).status_code == 404
    assert vera.post(f"awards/{award.pk}/ratings/", body).status_code == 403
    assert rolf.post(f"awards/{award.pk}/ratings/", body).status_code == 201
    assert rolf.post(f"awards/{award.pk}/ratings/", body).status_code == 409
    assert "Lovely." not in vera.get(f"jobs/{award.job_id}/ratings/").content.decode()

    reply = {"side": "provider", "points": {"clear_need": 4}, "again": "yes"}
    assert vera.post(f"awards/{award.pk}/ratings/", reply).status_code == 201
    assert vera.get(f"jobs/{award.job_id}/ratings/").json()["other"]["text"] == "Lovely."


def test_a_point_is_one_to_five(cast: Cast, rolf: Machine):
    award = awarded(cast)
    ledger.finish(cast, award, at=NOW - DAY)
    body = {"side": "department", "points": {"informed": 6}, "again": "yes"}

    answer = rolf.post(f"awards/{award.pk}/ratings/", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/points/informed"


def test_a_job_without_an_award_has_no_milestones(cast: Cast, maya: Machine):
    granted(cast)
    job = contest(cast).job

    assert maya.get(f"jobs/{job.pk}/milestones/").status_code == 404
