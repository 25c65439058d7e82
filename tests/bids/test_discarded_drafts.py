"""A bid's discarded draft goes with its files, and is offered where it may come back."""

from __future__ import annotations

from functools import partial

import pytest

from bids import bidding, discarding, duties
from bids.declining import decline_to_bid
from bids.discarding import (
    KEPT_FOR,
    DraftUnderWay,
    discard_bid_draft,
    discarded_bid_draft,
    forget_bid_drafts,
    restore_bid_draft,
)
from bids.drafts import bid_draft, save_bid_draft
from bids.files import attach_file, attached_files, detach_file
from bids.models.bids import BidDraft
from bids.models.files import SealedFile
from bids.submission import withdraw_bid
from marketplace.models.providers import Provider
from tests.bids.builders import MORNING_AFTER, offer, refused
from tests.builders import DEADLINE, HOUR, MINUTE, a_published_job

PDF = b"%PDF-1.7\nA long table under the lindens."


@pytest.fixture
def words(cast, job):
    return {"actor": cast.paul, "job_id": job.pk, "provider_id": cast.events_team.pk}


@pytest.fixture
def save(words):
    return partial(save_bid_draft, **words, at=MORNING_AFTER)


def test_a_draft_discarded_before_the_clock_gave_more_time_is_had_back_with_its_files(cast):
    job = a_published_job(cast, too_few_rule="extend_once", bids_wanted=3)
    words = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
    save_bid_draft(**words, content=offer("8000"), at=MORNING_AFTER)
    file = attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER)

    discard_bid_draft(**words, at=DEADLINE + MINUTE)
    assert attached_files(**words) == []
    assert discarded_bid_draft(**words, at=DEADLINE + MINUTE) is None
    duties.run(at=DEADLINE + 2 * MINUTE)

    assert discarded_bid_draft(**words, at=DEADLINE + HOUR) is not None
    discard_bid_draft(**words, at=DEADLINE + HOUR)  # once more: there is nothing to throw away
    restore_bid_draft(**words, at=DEADLINE + HOUR)
    assert bid_draft(**words, at=DEADLINE + HOUR) == offer("8000", files=(file,))


def test_a_draft_of_a_job_that_is_over_goes_with_its_files_too(save, words):
    save(content=offer())
    attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER)

    discard_bid_draft(**words, at=DEADLINE + HOUR)
    forget_bid_drafts(at=DEADLINE + HOUR + KEPT_FOR)

    assert not BidDraft.objects.exists()
    assert not SealedFile.objects.exists()


def test_what_was_saved_after_the_press_is_not_thrown_away_and_keeps_its_files(save, words):
    attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER)
    save_bid_draft(**words, content=offer("7500"), at=MORNING_AFTER + 2 * HOUR)

    assert not discard_bid_draft(**words, at=MORNING_AFTER + HOUR), "it arrived late"

    (file,) = attached_files(**words)
    found = bid_draft(**words, at=MORNING_AFTER + 2 * HOUR)
    assert found == offer("7500", files=(file,))


def a_file_too_many(cast, job, words):
    attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER + HOUR)


def declining(cast, job, words):
    lead = words | {"actor": cast.pia}
    decline_to_bid(**lead, reason="No time this summer.", at=MORNING_AFTER + HOUR)


def writing_another(cast, job, words):
    save_bid_draft(**words, content=offer("7500"), at=MORNING_AFTER + HOUR)


def suspension(cast, job, words):
    Provider.objects.filter(pk=cast.events_team.pk).update(suspended_at=MORNING_AFTER + HOUR)


@pytest.mark.parametrize(
    ("happened", "refusal", "why"),
    [
        (a_file_too_many, DraftUnderWay, "Files are attached that the discarded draft did not"),
        (writing_another, DraftUnderWay, "Another draft is being written. Submit it first"),
        (declining, bidding.DeclinedBefore, "declined to bid"),
        (suspension, bidding.ProviderSuspended, "is suspended"),
    ],
)
def test_a_draft_is_offered_to_be_had_back_only_where_it_may_be(
    save, words, cast, job, happened, refusal, why
):
    save(content=offer("8000"))
    discard_bid_draft(**words, at=MORNING_AFTER)
    assert discarded_bid_draft(**words, at=MORNING_AFTER + 2 * HOUR) is not None

    happened(cast, job, words)

    assert discarded_bid_draft(**words, at=MORNING_AFTER + 2 * HOUR) is None
    with refused(refusal, match=why):
        restore_bid_draft(**words, at=MORNING_AFTER + 2 * HOUR)


def test_files_that_were_attached_since_are_taken_away_and_the_draft_is_back(save, words):
    save(content=offer("8000"))
    discard_bid_draft(**words, at=MORNING_AFTER)
    file = attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER)
    with refused(DraftUnderWay, match="Take them away first"):
        restore_bid_draft(**words, at=MORNING_AFTER)

    detach_file(**words, file_id=file.file_id, at=MORNING_AFTER)
    restore_bid_draft(**words, at=MORNING_AFTER)

    assert bid_draft(**words, at=MORNING_AFTER) == offer("8000")


def test_after_another_draft_was_submitted_the_discarded_one_is_had_back(save, words, submit):
    save(content=offer("8000"))
    discard_bid_draft(**words, at=MORNING_AFTER)
    save(content=offer("7500"))
    with refused(DraftUnderWay, match="Submit it first"):
        restore_bid_draft(**words, at=MORNING_AFTER)

    submit(at=MORNING_AFTER + HOUR)
    restore_bid_draft(**words, at=MORNING_AFTER + HOUR)

    assert bid_draft(**words, at=MORNING_AFTER + HOUR) == offer("8000")


def test_after_the_bid_was_withdrawn_its_discarded_draft_is_had_back_with_its_files(
    save, words, cast, submit
):
    file = attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER)
    bid = submit(at=MORNING_AFTER)
    save(content=offer("8000"))
    discard_bid_draft(**words, at=MORNING_AFTER)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR)

    assert discarded_bid_draft(**words, at=MORNING_AFTER + HOUR) is not None
    restore_bid_draft(**words, at=MORNING_AFTER + HOUR)

    assert bid_draft(**words, at=MORNING_AFTER + HOUR) == offer("8000", files=(file,))


def test_one_that_cannot_be_forgotten_keeps_neither_jobs_open_nor_the_next_one(
    save, words, cast, job, monkeypatch
):
    save(content=offer())
    attach_file(**words, name="plan.pdf", content=PDF, at=MORNING_AFTER)
    discard_bid_draft(**words, at=MORNING_AFTER)
    vera = {"actor": cast.vera, "job_id": job.pk, "provider_id": cast.vera_co.pk}
    save_bid_draft(**vera, content=offer(), at=MORNING_AFTER)
    discard_bid_draft(**vera, at=MORNING_AFTER + HOUR)

    def broken_where_there_are_files(files):
        if files:
            raise OSError("the disk is gone")

    monkeypatch.setattr(discarding, "forget_files", broken_where_there_are_files)
    duties.run(at=MORNING_AFTER + HOUR + KEPT_FOR)

    job.refresh_from_db()
    assert job.closed_at is not None
    assert [one.provider for one in BidDraft.objects.all()] == [cast.events_team]
    assert SealedFile.objects.count() == 1, "draft and files stay together"
    monkeypatch.undo()
    duties.run(at=MORNING_AFTER + 2 * HOUR + KEPT_FOR)
    assert not BidDraft.objects.exists()
    assert not SealedFile.objects.exists()
