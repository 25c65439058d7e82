"""What the pages of bidders refuse. Refusals end a transaction, so the commits here are real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from marketplace.models.jobs import Job
from tests.bids.builders import submit
from tests.builders import a_published_job
from tests.cast import Cast
from tests.frontend.bidding import NOW, address, check_and_submit, it_is, send, typed
from tests.frontend.conftest import SignIn


@pytest.fixture
def cast(company: Cast) -> Iterator[Cast]:
    """It is the day after the job was published."""
    with it_is(NOW):
        yield company


@pytest.fixture
def job(cast: Cast) -> Job:
    return a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))


def test_a_member_writes_and_only_the_lead_submits(cast: Cast, job: Job, as_person: SignIn) -> None:
    paul = as_person(cast.paul)
    send(paul, address("bid-edit", cast, job), typed(job))

    page = paul.get(address("bid-submit", cast, job)).content.decode()

    assert "Your lead submits it" in page
    assert "Submit the bid" not in page
    assert check_and_submit(paul, cast, job).status_code == 403


def test_a_price_above_the_ceiling_is_refused_on_the_check_page(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia = as_person(cast.pia)
    send(pia, address("bid-edit", cast, job), typed(job, **{"line-1-amount": "10000"}))

    answer = check_and_submit(pia, cast, job)

    assert answer.status_code == 409
    assert b"The ceiling is" in answer.content


def test_who_was_not_invited_finds_no_such_bid_to_write(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    for person in (cast.otto, cast.maya):
        assert as_person(person).get(address("bid-edit", cast, job)).status_code == 404


def test_who_declines_is_told_what_becomes_of_its_bid_and_writes_no_other(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia = as_person(cast.pia)
    bid = submit(cast, job)
    decline = address("decline", cast, job)

    assert b"the bid that stands is withdrawn" in pia.get(decline).content
    send(pia, decline, {"reason": "Our people are away that week."})

    bid.refresh_from_db()
    assert bid.withdrawn_at == NOW
    page = pia.get(reverse("job", args=[job.pk])).content.decode()
    assert "ask the department to invite you again" in page
    assert address("bid-edit", cast, job) not in page
    refused = send(pia, address("bid-edit", cast, job), typed(job))
    assert (refused.status_code, b"invite you again" in refused.content) == (409, True)


def test_a_rival_and_the_buyer_find_no_receipt(cast: Cast, job: Job, as_person: SignIn) -> None:
    bid = submit(cast, job, at=NOW)

    for person in (cast.vera, cast.maya, cast.adam, cast.ada):
        client = as_person(person)
        for name in ("bid-receipt", "bid-proof", "bid-withdraw", "bid-confirm"):
            assert client.get(reverse(name, args=[bid.pk])).status_code == 404
