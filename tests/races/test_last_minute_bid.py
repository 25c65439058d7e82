"""Bids in the last instant before a deadline, from many sides at once, on committed data."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from bids.bidding import BiddingClosed
from bids.closing import close_due_job
from bids.models.bids import Bid
from bids.opening import open_bids
from bids.submission import Superseded, submit_bid
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.project.clock import database_now
from marketplace.publishing import StillOpen
from marketplace.system import the_clock
from tests.bids.builders import offer
from tests.builders import DAY, HOUR, a_published_job
from tests.cast import Cast
from tests.races.starting import at_once

pytestmark = pytest.mark.races
MARGIN = timedelta(milliseconds=700)
PATIENCE_SECONDS = 60


@pytest.fixture
def cast(founded: Cast) -> Cast:
    return founded


def a_job_until(cast: Cast, deadline: datetime) -> Job:
    """A job whose deadline is near."""
    return a_published_job(
        cast,
        at=deadline - 6 * DAY,
        closes_at=deadline,
        questions_until=deadline - DAY,
        bids_wanted=1,
    )


def in_thread(act: Callable[[], Any]) -> Callable[[], Any]:
    def acted() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return acted


def bidding_until_refused(job: Job, provider: Provider, lead: User) -> tuple[list[Bid], int]:
    """Bid again and again, as the door stamps it, until the deadline says no."""
    taken, superseded = [], 0
    while True:
        try:
            bid = submit_bid(
                actor=lead,
                job_id=job.pk,
                provider_id=provider.pk,
                content=offer(),
                at=database_now(),
            )
        except Superseded:
            superseded += 1
        except BiddingClosed:
            return taken, superseded
        else:
            taken.append(bid)


def closing(job: Job) -> datetime:
    """Close the job as the worker would: as soon as its clock says so."""
    while True:
        at = database_now()
        try:
            close_due_job(job_id=job.pk, at=at)
        except StillOpen:
            continue
        return at


def test_a_last_minute_bid_is_in_time_and_kept_or_refused(cast, as_role):
    job = a_job_until(cast, database_now() + MARGIN)
    as_role("web")
    sides = [(cast.events_team, cast.pia), (cast.vera_co, cast.vera), (cast.otto_co, cast.otto)]

    with ThreadPoolExecutor(7) as pool:
        closed = pool.submit(in_thread(lambda: closing(job)))
        runs = [
            pool.submit(in_thread(lambda side=side: bidding_until_refused(job, *side)))
            for side in sides * 2  # two people of each side, at once
        ]
        taken = [bid for run in runs for bid in run.result(PATIENCE_SECONDS)[0]]
        closed.result(PATIENCE_SECONDS)

    job.refresh_from_db()
    stored = {bid.pk: bid for bid in Bid.objects.filter(job=job)}
    # Acknowledged is kept, and nothing is kept that was not acknowledged.
    assert {bid.pk for bid in taken} == stored.keys()
    assert all(bid.submitted_at < job.closes_at for bid in stored.values())
    # Of each side the bid that arrived last stands, and it alone.
    for provider, _ in sides:
        own = [bid for bid in stored.values() if bid.provider_id == provider.pk]
        standing = [bid for bid in own if bid.withdrawn_at is None]
        assert standing == ([max(own, key=lambda bid: bid.submitted_at)] if own else [])

    opening = open_bids(actor=the_clock(), job_id=job.pk, at=database_now())
    assert opening.bids_counted == sum(bid.withdrawn_at is None for bid in stored.values())


def test_waiting_for_the_lock_costs_nobody_the_deadline(cast, as_role):
    job = a_job_until(cast, database_now() + MARGIN)
    as_role("web")
    holds, released = threading.Event(), threading.Event()

    def hold_the_job() -> None:
        with transaction.atomic():
            Job.objects.lock(job.pk)
            holds.set()
            # Let go only after the deadline.
            while database_now() < job.closes_at + timedelta(milliseconds=50):
                released.wait(0.01)

    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(in_thread(hold_the_job))
        assert holds.wait(PATIENCE_SECONDS)
        arrived = job.closes_at - timedelta(milliseconds=1)
        while database_now() <= arrived:
            released.wait(0.001)
        bid = submit_bid(
            actor=cast.vera,
            job_id=job.pk,
            provider_id=cast.vera_co.pk,
            content=offer(),
            at=arrived,
        )
        holder.result(PATIENCE_SECONDS)

    assert bid.submitted_at == arrived
    assert database_now() > job.closes_at


def test_one_of_many_closers_closes_and_one_of_many_openers_opens(cast, as_role):
    now = database_now()
    job = a_job_until(cast, now - HOUR)
    submit_bid(
        actor=cast.vera,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        content=offer(),
        at=now - DAY,
    )
    as_role("worker")

    def counted(act: Callable[[], Any]) -> int:
        from marketplace.refusals import Refusal

        try:
            act()
        except Refusal:
            return 0
        return 1

    with ThreadPoolExecutor(6) as pool:
        closes = [
            pool.submit(in_thread(lambda: counted(lambda: close_due_job(job_id=job.pk, at=now))))
            for _ in range(6)
        ]
        assert sum(run.result(PATIENCE_SECONDS) for run in closes) == 1
        opens = [
            pool.submit(
                in_thread(
                    lambda: counted(
                        lambda: open_bids(actor=the_clock(), job_id=job.pk, at=database_now())
                    )
                )
            )
            for _ in range(6)
        ]
        assert sum(run.result(PATIENCE_SECONDS) for run in opens) == 1


@pytest.mark.parametrize("submissions", [60, pytest.param(200, marks=pytest.mark.proof)])
def test_every_answer_around_the_deadline_is_a_receipt_or_a_refusal(cast, as_role, submissions):
    job = a_job_until(cast, database_now() + MARGIN)
    as_role("web")
    sides = [(cast.events_team, cast.pia), (cast.vera_co, cast.vera), (cast.otto_co, cast.otto)]
    apart = 2 * MARGIN / submissions  # half of them before the deadline, half after it
    began = job.closes_at - MARGIN

    def submission(number: int) -> Bid:
        provider, lead = sides[number % 3]
        time.sleep(max(0.0, (began + number * apart - database_now()).total_seconds()))
        return submit_bid(
            actor=lead,
            job_id=job.pk,
            provider_id=provider.pk,
            content=offer(),
            at=database_now(),
        )

    calls = [partial(submission, number) for number in range(submissions)]
    answers = at_once(20, calls)

    receipts = {answer.pk: answer for answer in answers if isinstance(answer, Bid)}
    refusals = [answer for answer in answers if not isinstance(answer, Bid)]
    assert len(receipts) + len(refusals) == submissions
    assert {type(refusal) for refusal in refusals} <= {BiddingClosed, Superseded}
    assert any(isinstance(refusal, BiddingClosed) for refusal in refusals)
    stored = {bid.pk: bid for bid in Bid.objects.filter(job=job)}
    # Never both, never neither: what was answered with a receipt is there, and nothing else is.
    assert receipts.keys() == stored.keys()
    assert all(bid.receipt and bid.submitted_at < job.closes_at for bid in stored.values())
    closing(job)
    opening = open_bids(actor=the_clock(), job_id=job.pk, at=database_now())
    assert opening.bids_counted == len({bid.provider_id for bid in stored.values()})
    assert opening.receipts_matched == opening.bids_counted
    late = sum(isinstance(refusal, BiddingClosed) for refusal in refusals)
    print(  # noqa: T201
        f"{submissions} submissions: {len(receipts)} receipts, {late} too late, "
        f"{len(refusals) - late} overtaken by a later one of their own side"
    )
