"""Bids over HTTP: sealed, and nobody's but their author's until the opening."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from bids.models.bids import Bid
from marketplace.models.jobs import Job
from tests.api.conftest import Machine
from tests.api.stories import bid_body, contest, money, open_job
from tests.cast import Cast

CANARY = "A unicorn called Balduin"


@pytest.fixture
def job(cast: Cast) -> Job:
    return open_job(cast)


@pytest.fixture
def bid(cast: Cast, job: Job, vera: Machine) -> str:
    made = vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co, "7341.37", approach=CANARY))
    assert made.status_code == 201, made.content
    return made.json()["id"]


def test_a_bid_is_sealed_and_its_receipt_is_the_answer(bid: str, cast: Cast, vera: Machine):
    receipt = vera.get(f"bids/{bid}/receipt/").json()["receipt"]
    paper = vera.get(f"bids/{bid}/").json()

    assert paper["content"]["quoted"] == money("7341.37")
    assert paper["content"]["approach"] == CANARY
    assert paper["receipt"] == receipt
    assert paper["bid"]["state"] == "sealed"
    assert "read" in {access["kind"] for access in paper["accesses"]}
    assert [row["bid_id"] for row in vera.get("bids/").json()["items"]] == [bid]


def test_a_new_bid_replaces_the_earlier_one(bid: str, cast: Cast, job: Job, vera: Machine):
    vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co, "7000.00"))

    states = [row["state"] for row in vera.get(f"bids/?job={job.pk}").json()["items"]]
    assert sorted(states) == ["sealed", "withdrawn"]


def test_a_bid_is_withdrawn_once(bid: str, vera: Machine):
    assert vera.post(f"bids/{bid}/withdrawal/").json()["withdrawn_at"] is not None

    assert vera.post(f"bids/{bid}/withdrawal/").status_code == 409


def test_a_bid_is_confirmed_after_an_addendum(bid: str, job: Job, vera: Machine, maya: Machine):
    assert vera.post(f"bids/{bid}/confirmation/").json()["code"] == "nothing_to_confirm"

    maya.post(f"jobs/{job.pk}/addenda/", {"text": "Two hundred guests."})

    assert vera.post(f"bids/{bid}/confirmation/").json()["confirmed_addendum"] == 1


def test_a_member_of_the_team_does_not_submit_for_it(cast: Cast, job: Job, machine_of):
    answer = machine_of(cast.paul).post(f"jobs/{job.pk}/bids/", bid_body(cast.events_team))

    assert answer.status_code == 403
    assert not Bid.objects.exists()


def test_a_provider_that_was_not_asked_gets_the_answer_of_a_missing_job(cast: Cast, otto: Machine):
    job = open_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))
    body = bid_body(cast.otto_co)

    foreign = otto.post(f"jobs/{job.pk}/bids/", body)
    missing = otto.post(f"jobs/{uuid4()}/bids/", body)

    assert foreign.status_code == 404
    assert foreign.content == missing.content


@pytest.mark.parametrize(
    ("changes", "refused_at"),
    [
        ({"lines": []}, (409, "/lines")),
        ({"lines": [{"kind": "labour", "amount": money("45000.01")}]}, (409, "/lines")),
        ({"lines": [{"kind": "labour", "amount": money("9", "USD")}]}, (400, "/lines")),
        ({"lines": [{"kind": "bribe", "amount": money("9")}]}, (400, "/lines/0/kind")),
        ({"lines": [{"kind": "labour", "amount": 9}]}, (400, "/lines/0/amount")),
        ({"lines": [{"kind": "labour", "amount": money("9.001")}]}, (400, "/lines/0/amount")),
        ({"lines": [{"kind": "labour", "amount": money("-9")}]}, (400, "/lines/0/amount")),
        ({"lines": [{"kind": "labour", "amount": money("1e9")}]}, (400, "/lines/0/amount")),
        ({"currency": "euro"}, (400, "/currency")),
        ({"price": money("5")}, (400, "/price")),
        ({"milestones": [{"title": "All", "amount": money("1")}]}, (409, "/milestones")),
    ],
)
def test_a_bid_that_does_not_fit_says_where(cast, job, vera, changes, refused_at):
    answer = vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co, **changes))

    assert refused_at in [
        (answer.status_code, error["pointer"]) for error in answer.json()["errors"]
    ]
    assert not Bid.objects.exists()


def test_a_late_bid_is_refused(cast: Cast, otto: Machine):
    over = contest(cast)

    answer = otto.post(f"jobs/{over.job.pk}/bids/", bid_body(cast.otto_co))

    assert (answer.status_code, answer.json()["code"]) == (409, "bidding_closed")


def test_a_draft_is_kept_read_and_thrown_away(cast: Cast, job: Job, vera: Machine, otto: Machine):
    path = f"jobs/{job.pk}/bid-drafts/{cast.vera_co.pk}/"
    body = bid_body(cast.vera_co, lines=[])
    del body["provider_id"]

    assert vera.get(path).status_code == 404
    assert vera.put(path, body).status_code == 200
    assert vera.get(path).json()["approach"] == body["approach"]
    assert otto.get(path).status_code == 404
    assert vera.delete(path).status_code == 204
    assert vera.get(path).status_code == 404


ROUTES = [
    "me/",
    "desk/",
    "notices/",
    "jobs/",
    "bids/",
    "people/",
    "departments/",
    "providers/",
    "jobs/{job}/",
    "jobs/{job}/timeline/",
    "jobs/{job}/opening/",
    "jobs/{job}/opening/bids/",
    "jobs/{job}/comparison/",
    "jobs/{job}/debrief/",
    "jobs/{job}/milestones/",
    "jobs/{job}/bid-drafts/{vera_co}/",
    "bids/{bid}/",
    "bids/{bid}/receipt/",
    "providers/{vera_co}/",
    "providers/{vera_co}/scorecard/",
    "providers/{vera_co}/performance/",
    "reports/choices/",
    "reports/choices/totals/",
    "reports/choice-share/",
    "reports/ratings/",
    "reports/spend/",
    "reports/budget-status/",
    "reports/commitments/",
    "reports/journal/",
    "reports/trial-balance/",
]


# Ids and digests, in which any four figures turn up by chance.
CHANCE = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{40,}\b")


@pytest.mark.parametrize(
    "name", ["adam", "fin", "ada", "gerd", "maya", "rolf", "sam", "pia", "otto"]
)
def test_nothing_of_a_sealed_bid_reaches_anyone_else(bid, job, cast, machine_of, name):
    machine = machine_of(getattr(cast, name))
    reference = Bid.objects.get(pk=bid).reference

    for route in ROUTES:
        path = route.format(job=job.pk, bid=bid, vera_co=cast.vera_co.pk)
        said = CHANCE.sub("#", machine.get(path).content.decode())
        for secret in (CANARY, "7341", reference):
            assert secret not in said, (name, route)
        # A foreign bid answers exactly like a missing one.
        if "{bid}" in route:
            missing = machine.get(route.format(bid=uuid4()))
            assert said == missing.content.decode()
            assert missing.status_code == 404


@pytest.mark.parametrize("name", ["maya", "rolf", "ada", "fin", "adam", "pia", "otto"])
def test_the_world_with_rival_bids_looks_like_the_world_without(cast, job, machine_of, vera, name):
    machine = machine_of(getattr(cast, name))
    routes = [route for route in ROUTES if "{bid}" not in route]

    def world() -> list[bytes]:
        ids = {"job": job.pk, "vera_co": cast.vera_co.pk}
        seen = []
        for route in routes:
            answer = machine.get(route.format(**ids))
            problem = answer.status_code >= 400 and answer.status_code != 404
            seen.append(answer.json()["code"].encode() if problem else answer.content)
        return seen

    before = world()
    vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co))
    vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co, "8000.00"))

    assert world() == before
