"""What the database refuses, whoever asks and with whatever clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from bids.closing import close_due_job
from bids.models.bids import Bid, BidAccess, BidDraft, FewBids, OpenedPrice, Opening
from bids.opening import open_bids
from bids.submission import confirm_bid, submit_bid, withdraw_bid
from marketplace.project.clock import database_now
from marketplace.system import the_clock
from tests.bids.builders import offer, open_all, submit
from tests.builders import DAY, HOUR, MINUTE, NOON, a_published_job
from tests.cast import Cast

SECOND = timedelta(seconds=1)


@pytest.fixture
def now_open(founded: Cast, as_role: Any) -> Any:
    """A job that is open at this very moment, with a bid on it; the role is then `web`."""
    cast = founded
    now = database_now()
    job = a_published_job(cast, at=now - 6 * DAY, closes_at=now + DAY, questions_until=now + HOUR)
    bid = submit(cast, job, at=now - HOUR)
    as_role("web")
    return cast, job, bid


def a_row(job, provider, at):
    """A bid past every verb."""
    return Bid(
        id=uuid4(),
        reference=f"B-{uuid4().hex[:9]}",
        job=job,
        provider=provider,
        submitted_by_id=job.author_id,
        submitted_at=at,
        quality_envelope=b"q",
        price_envelope=b"p",
        quality_key=b"k",
        price_key=b"k",
        key_name="none",
        fingerprint=b"f" * 32,
        receipt="none",
    )


def test_a_bid_in_time_is_taken(now_open):
    cast, job, _ = now_open

    with transaction.atomic():
        a_row(job, cast.vera_co, database_now()).save(force_insert=True)


@pytest.mark.parametrize(
    ("off_by", "says"),
    [(MINUTE, "in the future"), (-61 * SECOND, "in the past"), (-7 * DAY, "in the past")],
)
def test_a_bid_is_neither_dated_ahead_nor_back(now_open, off_by, says):
    cast, job, _ = now_open

    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        a_row(job, cast.vera_co, database_now() + off_by).save(force_insert=True)


def test_not_even_replay_writes_a_bid_after_the_deadline_or_on_a_closed_job(now_open, as_role):
    cast, job, _ = now_open
    as_role("replay")
    early = job.published_at - MINUTE
    with pytest.raises(DatabaseError, match="takes no bids"), transaction.atomic():
        a_row(job, cast.vera_co, early).save(force_insert=True)
    past = a_published_job(cast)
    for at in (past.closes_at, past.closes_at + HOUR):
        with pytest.raises(DatabaseError, match="takes no bids"), transaction.atomic():
            a_row(past, cast.vera_co, at).save(force_insert=True)
    close_due_job(job_id=past.pk, at=past.closes_at)
    with pytest.raises(DatabaseError, match="takes no bids"), transaction.atomic():
        a_row(past, cast.vera_co, NOON + HOUR).save(force_insert=True)


def test_the_web_submits_confirms_and_withdraws(now_open):
    cast, job, bid = now_open
    at = database_now()
    other = submit_bid(
        actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk, content=offer(), at=at
    )
    withdraw_bid(actor=cast.vera, bid_id=other.pk, at=database_now())

    assert Bid.objects.standing().get() == bid
    assert confirm_bid  # nothing to confirm here; the privilege is the same column grant


@pytest.mark.parametrize("role", ["web", "worker", "replay"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bids_bid SET price_envelope = 'x'",
        "UPDATE bids_bid SET submitted_at = submitted_at - interval '1 hour'",
        "DELETE FROM bids_bid",
        "TRUNCATE bids_bid CASCADE",
        "UPDATE bids_bidaccess SET kind = 'nothing'",
        "DELETE FROM bids_bidaccess",
        "DELETE FROM bids_opening",
        "UPDATE bids_openedprice SET quoted_minor = 1",
        "DELETE FROM bids_disqualification",
        "UPDATE bids_score SET quarters = 4",
        "DELETE FROM bids_fewbids",
    ],
)
def test_no_role_that_works_may_rewrite_bids(now_open, as_role, role, statement):
    as_role(role)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bids_bid SET price_envelope = 'x'",
        "UPDATE bids_bid SET withdrawn_at = now() + interval '40 days'",
        "DELETE FROM bids_bid",
        "TRUNCATE bids_bid CASCADE",
        "UPDATE bids_bidaccess SET kind = 'nothing'",
        "DELETE FROM bids_bidaccess",
        "TRUNCATE bids_bidaccess",
    ],
)
def test_the_owner_is_stopped_by_triggers(now_open, as_role, statement):
    as_role("owner")

    with pytest.raises(DatabaseError, match=r"never changed|append-only"), transaction.atomic():
        execute(statement)


def test_what_was_opened_is_not_rewritten_by_the_owner_either(founded, as_role):
    cast = founded
    job = a_published_job(cast)
    submit(cast, job)
    open_all(job)
    as_role("owner")

    for statement in (
        "UPDATE bids_opening SET minutes = ''",
        "DELETE FROM bids_openedpriceline",
        "UPDATE bids_openedprice SET quoted_minor = 1",
        "UPDATE bids_openedbid SET approach = ''",
        "TRUNCATE bids_opening",
        "UPDATE bids_bid SET withdrawn_at = submitted_at",
    ):
        with pytest.raises(DatabaseError, match=r"append-only|never changed"), transaction.atomic():
            execute(statement)


def test_a_withdrawal_cannot_be_undone(now_open, as_role):
    cast, _, bid = now_open
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=database_now())

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(withdrawn_at=None)


@pytest.mark.parametrize("role", ["worker", "replay", "owner"])
def test_nobody_opens_early_with_a_forged_clock(now_open, as_role, role):
    _, job, bid = now_open
    as_role(role)
    forged = job.closes_at + MINUTE

    with pytest.raises(DatabaseError, match="before its deadline"), transaction.atomic():
        close_due_job(job_id=job.pk, at=forged)
        open_bids(actor=the_clock(), job_id=job.pk, at=forged)

    assert not Opening.objects.exists()
    with pytest.raises(DatabaseError, match="before its deadline"), transaction.atomic():
        OpenedPrice.objects.create(
            bid=bid, opened_at=forged, currency="EUR", quoted_minor=1, milestones=[]
        )


def test_drafts_may_be_saved_over_and_thrown_away(now_open):
    cast, job, _ = now_open
    draft = BidDraft.objects.create(
        job=job,
        provider=cast.vera_co,
        saved_by=cast.vera,
        saved_at=database_now(),
        envelope=b"",
        key=b"",
        key_name="",
    )
    BidDraft.objects.filter(pk=draft.pk).update(envelope=b"x")
    draft.delete()

    assert BidAccess.objects.count() == 1
    assert not FewBids.objects.exists()


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
