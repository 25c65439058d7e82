"""Jobs over HTTP: drafted, published, asked about, amended, called off."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.models.jobs import Job
from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import bid_body, details_body, granted, money, open_job
from tests.cast import Cast


@pytest.fixture
def draft(cast: Cast, rolf: Machine) -> str:
    granted(cast)
    made = rolf.post("jobs/", details_body(cast))
    assert made.status_code == 201, made.content
    return f"jobs/{made.json()['id']}/"


def test_a_requester_drafts_and_the_department_reads_it(draft: str, maya: Machine):
    job = maya.get(draft).json()

    assert job["title"] == "Winter party"
    assert job["ceiling"] == {"amount": "10000.00", "currency": "EUR"}
    assert [(one["name"], one["weight"]) for one in job["criteria"]] == [("Idea", 60), ("Care", 40)]
    assert job["closes_at"].endswith("Z")
    assert job["published_at"] is None


def test_past_ratings_are_a_criterion_of_a_kind_of_its_own(cast: Cast, rolf: Machine):
    idea = {"name": "Idea", "weight": 80}
    past = {"name": "Past ratings", "weight": 20, "kind": "past_ratings"}
    made = rolf.post("jobs/", details_body(cast, criteria=[idea, past])).json()
    heavy = rolf.post("jobs/", details_body(cast, criteria=[idea, past | {"weight": 21}]))

    told = rolf.get(f"jobs/{made['id']}/").json()["criteria"]
    assert [(one["weight"], one["kind"]) for one in told] == [(80, "judged"), (20, "past_ratings")]
    assert (heavy.status_code, heavy.json()["code"]) == (409, "past_ratings_too_heavy")


def test_a_draft_is_saved_anew_as_a_whole(draft: str, cast: Cast, rolf: Machine):
    body = details_body(cast, title="Winter party, indoors")
    del body["department_id"]

    assert rolf.put(draft, body).status_code == 200
    assert rolf.get(draft).json()["title"] == "Winter party, indoors"


def test_a_draft_is_discarded_and_gone(draft: str, rolf: Machine):
    assert rolf.delete(draft).status_code == 204
    assert rolf.get(draft).status_code == 404


def test_a_discarded_draft_is_listed_and_had_back_once(
    draft: str, rolf: Machine, maya: Machine, fin: Machine, vera: Machine
):
    told = maya.get(draft).json()
    rolf.delete(draft)

    (listed,) = maya.get("jobs/discarded/").json()["items"]
    assert (listed["job_id"], listed["title"]) == (told["id"], told["title"])
    for other in (fin, vera):
        assert other.get("jobs/discarded/").json()["items"] == []
        foreign = other.post(draft + "restoration/")
        missing = other.post(f"jobs/{uuid4()}/restoration/")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content

    assert maya.post(draft + "restoration/").json()["id"] == told["id"]
    assert maya.get(draft).json() == told
    again = maya.post(draft + "restoration/")
    assert (again.status_code, again.json()["code"]) == (409, "not_discarded")
    assert maya.get("jobs/discarded/").json()["items"] == []


def test_a_draft_is_nobody_elses_to_see(draft: str, pia: Machine, vera: Machine, sam: Machine):
    for machine in (pia, vera, sam):
        foreign, missing = machine.get(draft), machine.get(f"jobs/{uuid4()}/")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content


def test_what_a_draft_lacks_is_listed(cast: Cast, rolf: Machine):
    body = details_body(cast, criteria=[{"name": "Idea", "weight": 60}], closes_at=None)
    made = rolf.post("jobs/", body).json()

    gaps = rolf.get(f"jobs/{made['id']}/gaps/").json()["items"]
    assert {gap["field"] for gap in gaps} >= {"criteria", "closes_at"}


def test_the_head_publishes_and_those_invited_find_it(
    draft: str, maya: Machine, vera: Machine, otto: Machine
):
    assert maya.post(f"{draft}publication/").status_code == 201

    assert vera.get(draft).json()["accepts_bids"] is True
    assert [row["title"] for row in vera.get("jobs/").json()["items"]] == ["Winter party"]
    assert otto.get(draft).status_code == 404
    assert otto.get("jobs/").json()["items"] == []


def test_a_requester_may_not_publish(draft: str, rolf: Machine):
    answer = rolf.post(f"{draft}publication/")

    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


def test_a_job_that_is_not_ready_says_all_that_is_missing(cast: Cast, maya: Machine):
    granted(cast)
    body = details_body(cast, criteria=[{"name": "Idea", "weight": 60}], need="")
    made = maya.post("jobs/", body).json()

    answer = maya.post(f"jobs/{made['id']}/publication/")

    assert answer.status_code == 409
    assert {"/criteria", "/need"} <= {error["pointer"] for error in answer.json()["errors"]}


def test_a_ceiling_beyond_the_budget_is_refused(cast: Cast, maya: Machine):
    granted(cast)
    body = details_body(cast, ceiling=money("100000.01"), procedure="formal")
    made = maya.post("jobs/", body).json()

    answer = maya.post(f"jobs/{made['id']}/publication/")

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/ceiling"


def test_a_hidden_ceiling_is_shown_to_the_department_and_not_to_bidders(
    cast: Cast, maya: Machine, vera: Machine
):
    job = open_job(cast, shows_ceiling=False)

    assert maya.get(f"jobs/{job.pk}/").json()["ceiling"] is not None
    assert vera.get(f"jobs/{job.pk}/").json()["ceiling"] is None
    (row,) = vera.get("jobs/").json()["items"]
    assert row["ceiling"] is None


def test_a_question_is_answered_to_everybody_and_the_asker_told_to_nobody(
    cast: Cast, maya: Machine, vera: Machine, otto: Machine
):
    job = open_job(cast)
    asked = vera.post(
        f"jobs/{job.pk}/questions/",
        {"provider_id": str(cast.vera_co.pk), "text": "Is there power in the courtyard?"},
    )
    assert asked.status_code == 201

    answered = maya.post(f"questions/{asked.json()['id']}/answer/", {"answer": "Yes, 32 amps."})

    assert answered.status_code == 201
    seen = otto.get(f"jobs/{job.pk}/")
    assert seen.json()["questions"][0]["answer"] == "Yes, 32 amps."
    assert "Vera" not in seen.content.decode()


def test_nobody_asks_for_a_provider_of_others(cast: Cast, vera: Machine):
    job = open_job(cast)
    body = {"provider_id": str(cast.otto_co.pk), "text": "May I?"}

    assert vera.post(f"jobs/{job.pk}/questions/", body).status_code == 404


def test_a_bidder_may_not_answer(cast: Cast, vera: Machine, pia: Machine):
    job = open_job(cast)
    body = {"provider_id": str(cast.vera_co.pk), "text": "Is there power?"}
    asked = vera.post(f"jobs/{job.pk}/questions/", body).json()

    answer = {"answer": "No."}
    assert vera.post(f"questions/{asked['id']}/answer/", answer).status_code == 403


def test_an_addendum_is_seen_by_all(cast: Cast, maya: Machine, vera: Machine):
    job = open_job(cast)

    added = maya.post(f"jobs/{job.pk}/addenda/", {"text": "Two hundred guests, not one."})

    assert (added.status_code, added.json()["number"]) == (201, 1)
    assert vera.get(f"jobs/{job.pk}/").json()["addenda"][0]["number"] == 1
    assert vera.post(f"jobs/{job.pk}/addenda/", {"text": "Mine"}).status_code == 403


def test_a_deadline_moves_later_only(cast: Cast, maya: Machine):
    job = open_job(cast)
    path = f"jobs/{job.pk}/extension/"

    assert maya.post(path, {"closes_at": (NOW + 5 * DAY).isoformat()}).status_code == 201
    earlier = maya.post(path, {"closes_at": (NOW + 4 * DAY).isoformat()})
    assert earlier.status_code == 409
    naive = maya.post(path, {"closes_at": "2099-01-01T09:00:00"})
    assert naive.status_code == 400
    assert "zone" in naive.json()["errors"][0]["message"]


def test_an_invited_provider_declines_with_a_reason(cast: Cast, vera: Machine, maya: Machine):
    job = open_job(cast)
    body = {"provider_id": str(cast.vera_co.pk), "reason": "We are on holiday."}

    assert vera.post(f"jobs/{job.pk}/decline/", body).status_code == 201
    invited = maya.get(f"jobs/{job.pk}/").json()["invited"]
    assert "We are on holiday." in {one["decline_reason"] for one in invited}


def test_who_declines_has_no_bid_left_and_bids_again_only_when_invited_again(
    cast: Cast, vera: Machine, maya: Machine
):
    job = open_job(cast)
    vera_co = {"provider_id": str(cast.vera_co.pk)}
    bid = vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co)).json()["id"]

    vera.post(f"jobs/{job.pk}/decline/", vera_co | {"reason": "We are on holiday."})

    own = {one["bid_id"]: one["state"] for one in vera.get(f"bids/?job={job.pk}").json()["items"]}
    assert own == {bid: "withdrawn"}
    again = vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co))
    assert (again.status_code, again.json()["code"]) == (409, "declined_before")
    assert maya.post(f"jobs/{job.pk}/invitations/", vera_co).json()["declined_at"] is None
    assert vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co)).status_code == 201


def test_one_more_provider_is_invited(cast: Cast, maya: Machine, otto: Machine):
    job = open_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))
    assert otto.get(f"jobs/{job.pk}/").status_code == 404

    body = {"provider_id": str(cast.otto_co.pk)}
    assert maya.post(f"jobs/{job.pk}/invitations/", body).status_code == 201
    assert otto.get(f"jobs/{job.pk}/").status_code == 200


def test_a_cancelled_job_says_why(cast: Cast, maya: Machine, vera: Machine):
    job = open_job(cast)

    cancelled = maya.post(f"jobs/{job.pk}/cancellation/", {"reason": "The fair moved."})

    assert cancelled.status_code == 201
    assert vera.get(f"jobs/{job.pk}/").json()["cancellation"] == "The fair moved."
    again = maya.post(f"jobs/{job.pk}/cancellation/", {"reason": "The fair moved."})
    assert again.status_code == 409


def test_the_timeline_is_the_same_paper_for_both_sides(cast: Cast, maya: Machine, vera: Machine):
    job = open_job(cast)

    for machine in (maya, vera):
        paper = machine.get(f"jobs/{job.pk}/timeline/").json()
        assert paper["state"] == "open"
        assert "job.published" in {fact["kind"] for fact in paper["facts"]}


@pytest.mark.parametrize(
    "question", ["state=open", "state=any_open", "search=party", "mine=true", "order=deadline"]
)
def test_the_list_of_jobs_is_filtered(cast: Cast, maya: Machine, question: str):
    open_job(cast)

    assert len(maya.get(f"jobs/?{question}").json()["items"]) == 1
    assert maya.get("jobs/?state=cancelled").json()["items"] == []


def test_the_list_of_jobs_is_a_file_too(cast: Cast, maya: Machine):
    job = open_job(cast)

    answer = maya.get("jobs/?format=csv")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("reference,title,state")
    assert lines[1].startswith(Job.objects.get(pk=job.pk).reference)
