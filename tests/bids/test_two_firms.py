"""Somebody who belongs to two bidders of one job carries nothing from the one to the other."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from bids.bidding import SitsWithTwo
from bids.declining import decline_to_bid
from bids.discarding import discard_bid_draft, discarded_bid_draft, restore_bid_draft
from bids.drafts import begun_bids, bid_draft, save_bid_draft
from bids.files import attach_file, attached_files, detach_file
from bids.reading import my_bid
from bids.submission import submit_bid
from marketplace.admission import register_team
from marketplace.membership import add_member, end_membership
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, User
from marketplace.models.providers import Provider
from marketplace.people import add_person
from marketplace.publishing import cancel_job
from tests.bids.builders import MORNING_AFTER, offer, open_all, refused, submit
from tests.builders import DEADLINE, HOUR, NOON, a_published_job
from tests.cast import Cast


@pytest.fixture
def print_team(cast: Cast) -> Provider:
    """Another team of Services, led by Paul, who belongs to the Events team, too."""
    team = register_team(
        actor=cast.adam,
        name="Print",
        department_id=cast.services.pk,
        at=NOON - HOUR,
        category_ids=[cast.events.pk],
    )
    add_member(
        actor=cast.adam, user_id=cast.paul.pk, provider_id=team.pk, role="lead", at=NOON - HOUR
    )
    return team


@pytest.fixture
def job(cast: Cast, print_team: Provider) -> Job:
    invited = (cast.events_team.pk, cast.vera_co.pk, print_team.pk)
    return a_published_job(cast, invited=invited)


def test_he_writes_the_bid_of_neither_and_is_told_why(cast: Cast, job: Job, print_team: Provider):
    for team in (cast.events_team, print_team):
        ours = {"actor": cast.paul, "job_id": job.pk, "provider_id": team.pk, "at": MORNING_AFTER}
        with refused(SitsWithTwo, match="You belong to Events and Print"):
            save_bid_draft(**ours, content=offer())
        with refused(SitsWithTwo):
            attach_file(**ours, name="plan.txt", content=b"A plan.")
        with refused(SitsWithTwo):
            detach_file(**ours, file_id=uuid4())
        with refused(SitsWithTwo):
            discard_bid_draft(**ours)
        with refused(SitsWithTwo):
            restore_bid_draft(**ours)
        with refused(SitsWithTwo):
            discarded_bid_draft(**ours)
    with refused(SitsWithTwo):
        submit_bid(**ours, content=offer())


def test_he_reads_neither_bid_while_sealed_ones_may_come_and_the_others_go_on(
    cast: Cast, job: Job, print_team: Provider
):
    bid = submit(cast, job)
    ours = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
    save_bid_draft(**ours, content=offer("8000"), at=MORNING_AFTER + HOUR)
    his = ours | {"actor": cast.paul}

    with refused(SitsWithTwo):
        my_bid(actor=cast.paul, bid_id=bid.pk, at=MORNING_AFTER + HOUR)
    with refused(SitsWithTwo):
        bid_draft(**his, at=MORNING_AFTER + HOUR)
    with refused(SitsWithTwo):
        attached_files(**his)
    begun = {"job_id": job.pk, "at": MORNING_AFTER + HOUR}
    assert begun_bids(actor=cast.paul, **begun) == frozenset(), "nor that one is being written"
    assert begun_bids(actor=cast.pia, **begun) == {cast.events_team.pk}
    assert my_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR).content.is_priced

    open_all(job)
    with refused(SitsWithTwo):  # best and final bids may be asked for
        my_bid(actor=cast.paul, bid_id=bid.pk, at=DEADLINE + HOUR)


def test_once_one_of_the_two_has_said_no_he_works_for_the_other(
    cast: Cast, job: Job, print_team: Provider
):
    decline_to_bid(
        actor=cast.paul,
        job_id=job.pk,
        provider_id=print_team.pk,
        reason="Events knows more of parties.",
        at=MORNING_AFTER,
    )

    save_bid_draft(
        actor=cast.paul,
        job_id=job.pk,
        provider_id=cast.events_team.pk,
        content=offer(),
        at=MORNING_AFTER + HOUR,
    )

    begun = begun_bids(actor=cast.paul, job_id=job.pk, at=MORNING_AFTER + HOUR)
    assert begun == {cast.events_team.pk}


def join(cast: Cast, person: User, team: Provider, at: datetime) -> Membership:
    """Adam's and each lead's way: nobody asks the person."""
    return add_member(actor=cast.adam, user_id=person.pk, provider_id=team.pk, role="member", at=at)


def _another_of(cast: Cast, team: Provider) -> User:
    """Somebody new, who sits with no other bidder."""
    person = add_person(actor=cast.adam, email="lea@northmere.example", name="Lea", at=NOON)
    join(cast, person, team, NOON)
    return person


def test_a_place_that_a_rival_gives_after_the_invitation_keeps_nobody_from_their_own_bid(
    cast: Cast, job: Job, print_team: Provider
):
    bid = submit(cast, job)
    join(cast, cast.pia, print_team, MORNING_AFTER)

    ours = {"actor": cast.pia, "job_id": job.pk, "at": MORNING_AFTER + HOUR}
    for team in (cast.events_team, print_team):  # hers, and one of those who gave her the place
        writer = cast.pia if team == cast.events_team else _another_of(cast, team)
        words = ours | {"actor": writer, "provider_id": team.pk}
        save_bid_draft(**words, content=offer("8700"))
    assert begun_bids(**ours) == {cast.events_team.pk}
    submit_bid(**ours, provider_id=cast.events_team.pk, content=offer("8500"))
    with refused(SitsWithTwo):
        save_bid_draft(**ours, provider_id=print_team.pk, content=offer())
    bid.refresh_from_db()
    assert bid.withdrawn_at == MORNING_AFTER + HOUR


def test_who_was_given_a_place_before_the_invitation_ends_it_and_bids(
    cast: Cast, print_team: Provider
):
    seat = join(cast, cast.pia, print_team, NOON - HOUR)
    job = a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk, print_team.pk))
    with refused(SitsWithTwo):
        submit(cast, job)

    end_membership(actor=cast.pia, membership_id=seat.pk, at=MORNING_AFTER)

    assert submit(cast, job).withdrawn_at is None


def test_once_the_job_is_cancelled_they_read_what_they_sent(
    cast: Cast, job: Job, print_team: Provider
):
    bid = submit(cast, job)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="No party.", at=MORNING_AFTER + HOUR)

    assert my_bid(actor=cast.paul, bid_id=bid.pk, at=DEADLINE).content.is_priced
