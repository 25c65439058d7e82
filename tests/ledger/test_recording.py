"""Rows are bound to the log by the clock, and secret ones not before they stop being secret."""

from __future__ import annotations

import pytest

from bids.closing import close_due_job
from bids.models.bids import BidAccess, SealedRoot
from bids.rooting import holds
from ledger.commissioning import cancel_job
from ledger.models.record import RowBatch, UnrecordedRow
from ledger.recording import RECORDED, record_rows
from marketplace.models.events import Event
from tests.builders import DAY, DEADLINE
from tests.ledger.builders import (
    CHOICE,
    bid_of,
    choose,
    contest,
    finish,
    grant,
    open_job,
    publish,
    rate_as,
    submit,
)

AFTER = CHOICE + 40 * DAY


@pytest.fixture
def funded(cast):
    grant(cast)
    return cast


def recorded(table: str) -> list[str]:
    """The keys of a table that the log knows by now."""
    record_rows(at=AFTER, at_once=1_000_000)
    batches = RowBatch.objects.filter(table_name=table).order_by("number")
    return [key for keys in batches.values_list("keys", flat=True) for key in keys]


def test_whatever_was_written_is_recorded_once(funded):
    award = choose(funded, contest(funded).vendor_bid)

    assert record_rows(at=CHOICE, at_once=1_000_000) > 20
    assert record_rows(at=CHOICE) == 0
    assert not UnrecordedRow.objects.exists()
    assert recorded("ledger_award") == [str(award.pk)]
    assert Event.objects.filter(kind=RECORDED).count() == RowBatch.objects.count()


def test_a_draft_is_nobodys_record_and_a_publication_brings_all_that_belongs_to_it(funded):
    job = publish(funded)

    assert recorded("marketplace_job") == [str(job.pk)]
    assert len(recorded("marketplace_criterion")) == 2
    assert len(recorded("marketplace_invitation")) == 3


def test_a_row_that_is_filled_in_later_is_recorded_again(funded):
    job = publish(funded)
    recorded("marketplace_job")
    open_job(job)

    assert recorded("marketplace_job") == [str(job.pk)] * 2


def test_of_a_sealed_bid_the_log_knows_nothing_until_all_are_open(funded):
    job = publish(funded)
    bid = submit(funded, job, funded.vera_co, bid_of(["4000"]))
    assert recorded("bids_bid") == recorded("bids_bidaccess") == []
    assert not UnrecordedRow.objects.exists()

    open_job(job)
    assert recorded("bids_bid") == [str(bid.pk)]
    accesses = BidAccess.objects.filter(bid=bid).values_list("pk", flat=True)
    assert sorted(recorded("bids_bidaccess")) == sorted(map(str, accesses))


def test_that_one_side_has_rated_is_known_to_nobody_until_both_are_revealed(funded):
    award = choose(funded, contest(funded).vendor_bid)
    finish(funded, award)
    recorded("ledger_award")
    before = Event.objects.count()

    rate_as(funded, award, "department", text="They were kind.", at=AFTER)
    assert not UnrecordedRow.objects.exists()
    assert Event.objects.count() == before

    rate_as(funded, award, "provider", at=AFTER)
    assert len(recorded("ledger_rating")) == 2


def test_bids_that_are_never_opened_hang_on_a_root_that_tells_no_number(funded):
    job = publish(funded)
    submit(funded, job, funded.vera_co, bid_of(["4000"]))
    lonely = publish(funded)

    for each in (job, lonely):
        cancel_job(actor=funded.maya, job_id=each.pk, reason="Not now.", at=DEADLINE - DAY)

    roots = SealedRoot.objects.all()
    assert {root.leaves for root in roots} == {256}
    assert all(holds(root) for root in roots)
    told = Event.objects.filter(kind="bids.rooted").values_list("body", flat=True)
    assert len({len(body) for body in told}) == 1
    assert recorded("bids_bid") == []


def test_a_root_shows_that_a_bid_was_slipped_in_or_taken_away(funded):
    job = publish(funded)
    bid = submit(funded, job, funded.vera_co, bid_of(["4000"]))
    cancel_job(actor=funded.maya, job_id=job.pk, reason="Not now.", at=DEADLINE - DAY)
    root = SealedRoot.objects.get()
    assert holds(root)

    root.root = replace_last_byte(bytes(root.root))
    assert not holds(root)
    assert bid.fingerprint


def replace_last_byte(digest: bytes) -> bytes:
    return digest[:-1] + bytes([digest[-1] ^ 1])


def test_a_job_is_rooted_once_at_its_deadline_though_it_is_called_off_later(funded):
    job = publish(funded)
    close_due_job(job_id=job.pk, at=DEADLINE)
    cancel_job(actor=funded.maya, job_id=job.pk, reason="Not now.", at=DEADLINE + DAY)

    assert SealedRoot.objects.get(job=job).rooted_at == DEADLINE
