"""What a careful buyer would notice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bids.evaluation import Evaluation
from bids.flags import FlaggedBid, against_both_views, flags, split_under_limit
from marketplace.money import Money

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def bid(number: int, price: str | None, *, is_valid: bool = True, above: bool = False):
    quoted = None if price is None else Money.of(price, "EUR")
    return FlaggedBid(UUID(int=number), f"Bidder {number}", quoted, is_valid, above)


def codes(*bids: FlaggedBid) -> list[str]:
    return [flag.code for flag in flags(bids)]


def test_three_ordinary_bids_raise_no_flag():
    assert codes(bid(1, "100"), bid(2, "110"), bid(3, "125")) == []


def test_a_price_40_percent_under_the_mean_of_the_others_is_abnormally_low():
    assert "abnormally_low" in codes(bid(1, "59.99"), bid(2, "100"), bid(3, "100.50"))


def test_a_price_30_percent_under_the_next_is_abnormally_low():
    assert codes(bid(1, "69.99"), bid(2, "100")) == ["abnormally_low"]


def test_a_price_just_30_percent_under_is_not():
    assert codes(bid(1, "70"), bid(2, "100")) == []


def test_a_single_bid_is_flagged():
    assert codes(bid(1, "100")) == ["single_bid"]


def test_the_last_one_left_is_flagged():
    assert codes(bid(1, "100"), bid(2, None, is_valid=False)) == ["all_others_disqualified"]


def test_identical_prices_are_flagged_with_the_bids_that_ask_for_them():
    [flag] = flags([bid(1, "100"), bid(2, "100"), bid(3, "120")])

    assert (flag.code, flag.bid_ids) == ("identical_prices", (UUID(int=1), UUID(int=2)))


@pytest.mark.parametrize(("last", "found"), [("101", ["low_spread"]), ("110", [])])
def test_four_prices_that_lie_together_are_flagged(last, found):
    assert codes(bid(1, "100"), bid(2, "100.30"), bid(3, "100.60"), bid(4, last)) == found


def test_three_prices_may_lie_together():
    assert codes(bid(1, "100"), bid(2, "100.30"), bid(3, "100.60")) == []


def test_a_disqualified_lowest_bid_is_flagged():
    assert codes(bid(1, "90", is_valid=False), bid(2, "100"), bid(3, "110")) == [
        "lowest_disqualified"
    ]


def test_a_disqualified_bid_that_is_not_the_lowest_is_not():
    assert codes(bid(1, "105", is_valid=False), bid(2, "100"), bid(3, "110")) == []


def test_a_bid_above_a_hidden_ceiling_is_marked():
    assert codes(bid(1, "100"), bid(2, "110", above=True)) == ["above_ceiling"]


def test_short_notice_is_flagged():
    found = flags([], published_at=NOON, closes_at=NOON + timedelta(days=4, hours=23))

    assert [flag.code for flag in found] == ["short_notice"]
    assert flags([], published_at=NOON, closes_at=NOON + timedelta(days=5)) == []


def test_jobs_that_are_above_a_limit_together_are_flagged():
    limit, this = Money.of("50000", "EUR"), Money.of("30000", "EUR")

    found = split_under_limit(limit=limit, this=this, earlier=[Money.of("20000", "EUR")])

    assert [flag.code for flag in found] == ["split_under_limit"]
    assert split_under_limit(limit=limit, this=this, earlier=[Money.of("19999", "EUR")]) == []
    assert split_under_limit(limit=limit, this=limit, earlier=[this]) == []


def test_a_choice_that_leads_in_neither_view_is_flagged():
    first, second, third = UUID(int=1), UUID(int=2), UUID(int=3)
    evaluation = Evaluation((), (first,), (second,), None, None)

    assert [flag.code for flag in against_both_views(third, evaluation)] == ["against_both_views"]
    assert against_both_views(second, evaluation) == []
