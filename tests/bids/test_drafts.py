"""A bid that is being written is as secret as one submitted."""

from __future__ import annotations

from functools import partial

import pytest

from bids import bidding, duties, offering
from bids.discarding import (
    KEPT_FOR,
    DraftUnderWay,
    NothingDiscarded,
    discard_bid_draft,
    discarded_bid_draft,
    forget_bid_drafts,
    restore_bid_draft,
)
from bids.drafts import begun_bids, bid_draft, save_bid_draft
from bids.models.bids import BidDraft
from marketplace.models.events import Event
from marketplace.refusals import Forbidden, Unknown
from tests.bids.builders import MORNING_AFTER, offer, refused
from tests.builders import DEADLINE, HOUR


@pytest.fixture
def words(cast, job):
    return {"actor": cast.paul, "job_id": job.pk, "provider_id": cast.events_team.pk}


@pytest.fixture
def save(words):
    return partial(save_bid_draft, **words, at=MORNING_AFTER)


def test_a_draft_is_kept_and_found_by_its_side(save, words, cast):
    save(content=offer("8000"))

    found = bid_draft(**(words | {"actor": cast.pia}), at=MORNING_AFTER)
    assert found == offer("8000")


def test_a_draft_is_saved_over_and_over(save, words):
    save(content=offer("8000"))
    save(content=offer("7500"))

    assert BidDraft.objects.count() == 1
    assert bid_draft(**words, at=MORNING_AFTER) == offer("7500")


def test_an_unfinished_draft_is_kept_as_it_is(save, words):
    save(content=offer(lines=(), approach=""))

    assert bid_draft(**words, at=MORNING_AFTER) == offer(lines=(), approach="")


def test_where_nothing_was_written_there_is_no_draft(words):
    assert bid_draft(**words, at=MORNING_AFTER) is None


def test_that_a_draft_is_begun_is_known_to_its_side_alone(save, words, cast, job):
    def begun(person, at=MORNING_AFTER):
        return begun_bids(actor=person, job_id=job.pk, at=at)

    assert begun(cast.paul) == frozenset()
    save(content=offer())

    assert begun(cast.paul) == begun(cast.pia) == {cast.events_team.pk}
    assert begun(cast.paul, at=MORNING_AFTER - HOUR) == frozenset()
    others = (cast.vera, cast.otto, cast.maya, cast.rolf, cast.fin, cast.ada, cast.adam)
    assert [begun(person) for person in others] == [frozenset()] * len(others)

    discard_bid_draft(**words, at=MORNING_AFTER)
    assert begun(cast.paul) == frozenset()


def test_a_draft_lies_sealed(save):
    save(content=offer(approach="plumeriablossom"))

    assert b"plumeriablossom" not in bytes(BidDraft.objects.get().envelope)


def test_a_discarded_draft_is_gone_until_it_is_had_back(save, words, cast):
    save(content=offer("8000", approach="plumeriablossom"))
    discard_bid_draft(**words, at=MORNING_AFTER + HOUR)

    later = {"at": MORNING_AFTER + 2 * HOUR}
    assert bid_draft(**words, **later) is None
    assert discarded_bid_draft(**words, **later).leaves_at == MORNING_AFTER + HOUR + KEPT_FOR
    assert b"plumeriablossom" not in bytes(BidDraft.objects.get().envelope)
    assert not Event.objects.filter(kind__startswith="bid.").exists()
    restore_bid_draft(**(words | {"actor": cast.pia}), **later)
    assert bid_draft(**words, **later) == offer("8000", approach="plumeriablossom")
    assert discarded_bid_draft(**words, **later) is None
    with refused(NothingDiscarded):
        restore_bid_draft(**words, **later)


def test_a_draft_being_written_is_not_written_over_by_a_discarded_one(save, words):
    save(content=offer("8000"))
    discard_bid_draft(**words, at=MORNING_AFTER)
    save(content=offer("7500"))

    with refused(DraftUnderWay):
        restore_bid_draft(**words, at=MORNING_AFTER)
    assert discarded_bid_draft(**words, at=MORNING_AFTER) is None
    discard_bid_draft(**words, at=MORNING_AFTER + HOUR)
    restore_bid_draft(**words, at=MORNING_AFTER + HOUR)

    assert bid_draft(**words, at=MORNING_AFTER + HOUR) == offer("7500"), "the last one"
    assert BidDraft.objects.count() == 1


def test_a_discarded_draft_is_had_back_only_while_bids_may_come(save, words, job):
    save(content=offer())
    discard_bid_draft(**words, at=MORNING_AFTER)

    assert discarded_bid_draft(**words, at=DEADLINE) is None
    with refused(bidding.BiddingClosed):
        restore_bid_draft(**words, at=DEADLINE)


def test_a_discarded_draft_is_forgotten_after_thirty_days_and_nobody_is_told(save, words):
    save(content=offer())
    discard_bid_draft(**words, at=MORNING_AFTER)

    forget_bid_drafts(at=MORNING_AFTER + KEPT_FOR - HOUR)
    assert BidDraft.objects.exists()
    with refused(NothingDiscarded):  # before the clock comes by, too
        restore_bid_draft(**words, at=MORNING_AFTER + KEPT_FOR)
    told = duties.run(at=MORNING_AFTER + KEPT_FOR)
    assert not BidDraft.objects.exists()
    assert told.keys() == {"jobs_at_their_deadline", "jobs_opened", "final_rounds"}


def test_submitting_ends_the_draft(save, submit):
    save(content=offer())
    submit()

    assert not BidDraft.objects.exists()


@pytest.mark.parametrize(
    ("person", "refusal"), [("vera", Unknown), ("maya", Forbidden), ("ada", Forbidden)]
)
def test_nobody_else_reads_writes_or_discards_a_draft(save, words, cast, person, refusal):
    save(content=offer())
    other = words | {"actor": getattr(cast, person), "at": MORNING_AFTER}

    with refused(refusal):
        bid_draft(**other)
    with refused(refusal):
        save_bid_draft(**other, content=offer())
    with refused(refusal):
        discard_bid_draft(**other)
    discard_bid_draft(**words, at=MORNING_AFTER)
    with refused(refusal):
        discarded_bid_draft(**other)
    with refused(refusal):
        restore_bid_draft(**other)


def test_after_the_deadline_nothing_is_drafted(words):
    with refused(bidding.BiddingClosed):
        save_bid_draft(**words, content=offer(), at=DEADLINE)


def test_a_draft_has_limits_too(save):
    with refused(offering.TooLong):
        save(content=offer(approach="x" * 20_001))


def test_a_provider_that_was_not_invited_drafts_nothing(cast, job):
    job.invitations.filter(provider=cast.events_team).delete()

    with refused(Unknown):
        save_bid_draft(
            actor=cast.pia,
            job_id=job.pk,
            provider_id=cast.events_team.pk,
            content=offer(),
            at=MORNING_AFTER,
        )
