"""What a provider sees of its own bids."""

from __future__ import annotations

import pytest

from bids.offers import my_bids, receipt
from bids.reading import CannotBeRead, my_bid
from bids.receipts import verify_receipt
from bids.seals import SealBroken
from bids.submission import confirm_bid, withdraw_bid
from marketplace.addenda import add_addendum
from marketplace.publishing import cancel_job
from marketplace.system import the_importer
from tests.bids import builders
from tests.bids.builders import MORNING_AFTER, close, offer, open_all, refused
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, NOON, an_imported_job


def states(cast, job, at=DEADLINE + DAY):
    return [bid.state for bid in my_bids(actor=cast.paul, at=at, job_id=job.pk)]


def test_a_bid_is_sealed_then_opened(submit, cast, job):
    submit()
    assert states(cast, job) == ["sealed"]
    close(job)
    assert states(cast, job) == ["sealed"]
    open_all_closed(job)
    assert states(cast, job) == ["opened"]


def open_all_closed(job):
    from bids.opening import open_bids
    from marketplace.system import the_clock

    open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)


def test_a_replaced_bid_is_withdrawn_and_the_newest_comes_first(submit, cast, job):
    submit()
    submit(at=MORNING_AFTER + MINUTE)

    assert states(cast, job) == ["sealed", "withdrawn"]


def test_a_bid_asks_for_its_confirmation(submit, cast, job):
    bid = submit()
    add_addendum(actor=cast.maya, job_id=job.pk, text="Rain.", at=MORNING_AFTER + HOUR)
    assert states(cast, job) == ["to_confirm"]

    confirm_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + 2 * HOUR)
    assert states(cast, job) == ["sealed"]


def test_a_bid_on_a_cancelled_job_is_never_opened(submit, cast, job):
    submit()
    cancel_job(actor=cast.maya, job_id=job.pk, reason="No party.", at=MORNING_AFTER + HOUR)

    assert states(cast, job) == ["never_opened"]


def test_a_bid_that_is_out_says_why(cast):
    job = an_imported_job(cast)
    builders.submit(cast, job, actor=the_importer(), content=offer(lines=(), is_priced=False))
    open_all(job)

    [mine] = my_bids(actor=cast.pia, at=DEADLINE)
    assert (mine.state, mine.disqualified) == ("disqualified", "It has no price.")


def test_bids_are_listed_up_to_a_moment(submit, cast):
    submit()

    assert my_bids(actor=cast.pia, at=NOON) == []


def test_the_receipt_is_there_whenever_it_is_wanted(submit, cast):
    bid = submit()

    assert verify_receipt(receipt(actor=cast.paul, bid_id=bid.pk)).bid_id == bid.pk


def test_an_author_reads_the_own_bid_and_that_is_written_down(submit, cast):
    bid = submit(content=offer("8123.45"))

    paper = my_bid(actor=cast.paul, bid_id=bid.pk, at=MORNING_AFTER + HOUR)

    assert paper.content == offer("8123.45")
    assert paper.receipt == bid.receipt
    assert [(line.kind, line.actor_name) for line in paper.accesses] == [
        ("submitted", "Pia"),
        ("read", "Paul"),
    ]


def test_a_withdrawn_bid_can_still_be_read_by_its_author(submit, cast):
    bid = submit()
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR)

    paper = my_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + 2 * HOUR)
    assert paper.bid.state == "withdrawn"


def test_the_author_sees_who_opened_the_bid(submit, cast, job):
    bid = submit()
    open_all(job)

    paper = my_bid(actor=cast.pia, bid_id=bid.pk, at=DEADLINE + HOUR)
    assert [line.kind for line in paper.accesses] == ["submitted", "opened", "read"]


def test_a_bid_that_does_not_open_says_so_to_its_author(submit, cast, monkeypatch):
    bid = submit()

    def broken(_bid):
        raise SealBroken("altered")

    monkeypatch.setattr("bids.reading.seals.open_bid", broken)
    with refused(CannotBeRead, match=bid.reference):
        my_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER)


@pytest.mark.parametrize("number_of_bids", [2, 6])
def test_a_list_takes_one_query_however_long(
    submit, cast, django_assert_num_queries, number_of_bids
):
    for n in range(number_of_bids):
        submit(at=MORNING_AFTER + n * MINUTE)

    with django_assert_num_queries(1):
        assert len(my_bids(actor=cast.pia, at=DEADLINE)) == number_of_bids
