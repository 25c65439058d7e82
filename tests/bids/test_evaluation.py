"""How bids compare. Figures are worked by hand beside each test."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.content import PriceLine
from bids.evaluation import Candidate, Terms, Weight, evaluate, level_of, rounded
from marketplace.money import Money

IDEA, TEAM = UUID(int=101), UUID(int=102)
EVENTS, VERA, OTTO = UUID(int=1), UUID(int=2), UUID(int=3)
WEIGHTS = (Weight(IDEA, 60), Weight(TEAM, 40))


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def terms(**changes: object) -> Terms:
    usual = Terms(
        mode="quality_to_price",
        point=eur("300"),
        weights=WEIGHTS,
        administration=eur("1500"),
        changeover=eur("0"),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def candidate(
    bid_id: UUID,
    price: str,
    *,
    idea: int = 4,
    team: int = 4,
    is_in_house: bool = False,
    lines: tuple[PriceLine, ...] = (),
) -> Candidate:
    return Candidate(
        bid_id=bid_id,
        quoted=eur(price),
        lines=lines,
        is_in_house=is_in_house,
        levels={IDEA: Fraction(idea, 4), TEAM: Fraction(team, 4)},
    )


def in_house(price: str, avoidable: str, **levels: int) -> Candidate:
    paid = eur(avoidable).minor
    lines = (
        PriceLine("labour", eur(price).minor - paid),
        PriceLine("materials", paid),
    )
    return candidate(EVENTS, price, is_in_house=True, lines=lines, **levels)


def test_quality_is_the_weighted_sum_of_levels():
    [row] = evaluate([candidate(VERA, "40000", idea=3, team=2)], terms()).rows

    assert row.quality == 60 * Fraction(3, 4) + 40 * Fraction(1, 2) == 65


def test_the_evaluated_cost_is_the_comparable_cost_less_the_worth_of_the_quality():
    [row] = evaluate([candidate(VERA, "40000", idea=3, team=2)], terms()).rows

    assert row.comparable == eur("41500")  # outside work costs its administration too
    assert row.evaluated == eur("22000")  # 41,500 − 65 × 300


def test_a_better_bid_may_cost_more_and_still_lead():
    cheap = candidate(VERA, "38000", idea=2, team=2)  # Q 50, E 39,500 − 15,000 = 24,500
    good = in_house("42000", "12000", idea=4, team=3)  # Q 90, E 42,000 − 27,000 = 15,000

    evaluation = evaluate([cheap, good], terms())

    assert [row.bid_id for row in evaluation.rows] == [EVENTS, VERA]
    assert [row.rank for row in evaluation.rows] == [1, 2]


def test_the_turning_point_is_where_both_would_cost_the_same():
    cheap = candidate(VERA, "38000", idea=2, team=2)
    good = in_house("42000", "12000", idea=4, team=3)

    evaluation = evaluate([cheap, good], terms())

    assert evaluation.turning_point == eur("62.50")  # (42,000 − 39,500) / (90 − 50)
    assert evaluation.turning_bid_id == VERA
    at_that_worth = evaluate([cheap, good], terms(point=eur("62.50")))
    assert at_that_worth.rows[0].evaluated == at_that_worth.rows[1].evaluated


def test_the_company_spends_only_what_could_be_avoided_on_an_in_house_bid():
    [row] = evaluate([in_house("42000", "12000")], terms()).rows

    assert row.charged == eur("42000")
    assert row.spent == eur("12000")


def test_outside_work_is_spent_with_administration_and_changeover():
    [row] = evaluate([candidate(VERA, "38000")], terms(changeover=eur("700"))).rows

    assert row.spent == row.comparable == eur("40200")


def test_the_two_views_of_money_may_disagree():
    inside = in_house("42000", "12000")
    outside = candidate(VERA, "38000")

    evaluation = evaluate([inside, outside], terms())

    assert evaluation.leaders_charged == (VERA,)
    assert evaluation.leaders_spent == (EVENTS,)
    assert evaluation.views_disagree


def test_less_than_one_currency_unit_apart_is_a_tie():
    rows = evaluate([candidate(VERA, "38000"), candidate(OTTO, "38000.99")], terms()).rows

    assert [(row.rank, row.is_tied) for row in rows] == [(1, True), (1, True)]


def test_one_currency_unit_apart_is_no_tie():
    rows = evaluate([candidate(VERA, "38000"), candidate(OTTO, "38001")], terms()).rows

    assert [(row.rank, row.is_tied) for row in rows] == [(1, False), (2, False)]


def test_small_steps_do_not_chain_into_one_tie():
    third = UUID(int=4)
    bids = [candidate(VERA, "100"), candidate(OTTO, "100.60"), candidate(third, "101.20")]

    rows = evaluate(bids, terms()).rows

    assert [row.rank for row in rows] == [1, 1, 3]


def test_lowest_cost_ignores_quality():
    poor, fine = candidate(VERA, "100", idea=0, team=0), candidate(OTTO, "200")

    rows = evaluate([fine, poor], terms(mode="lowest_cost")).rows

    assert [row.bid_id for row in rows] == [VERA, OTTO]


def test_a_fixed_price_is_won_by_quality():
    poor, fine = candidate(VERA, "100", idea=0, team=0), candidate(OTTO, "200")

    evaluation = evaluate([fine, poor], terms(mode="fixed_price"))

    assert [row.bid_id for row in evaluation.rows] == [OTTO, VERA]
    assert evaluation.turning_point is None


def test_a_bid_that_is_not_scored_has_no_place_yet():
    unscored = replace(candidate(VERA, "100"), levels={IDEA: Fraction(1)})

    rows = evaluate([unscored, candidate(OTTO, "200")], terms()).rows

    assert [(row.bid_id, row.rank) for row in rows] == [(OTTO, 1), (VERA, None)]
    assert rows[1].evaluated is None


def test_where_a_point_is_worth_nothing_scores_are_not_needed():
    unscored = replace(candidate(VERA, "100"), levels={})

    [row] = evaluate([unscored], terms(point=eur("0"))).rows

    assert (row.rank, row.evaluated) == (1, eur("1600"))


def test_a_bid_under_a_knock_out_level_has_no_place():
    weights = (Weight(IDEA, 60, knock_out=2), Weight(TEAM, 40))

    rows = evaluate([candidate(VERA, "1", idea=1), candidate(OTTO, "200")], terms(weights=weights))

    assert [(row.bid_id, row.rank) for row in rows.rows] == [(OTTO, 1), (VERA, None)]
    assert rows.rows[1].is_knocked_out


def test_a_protective_differential_is_added_to_outside_bids_only():
    evaluation = evaluate(
        [in_house("1000", "0"), candidate(VERA, "1000")], terms(differential=eur("50"))
    )

    comparable = {row.bid_id: row.comparable for row in evaluation.rows}
    assert comparable == {EVENTS: eur("1000"), VERA: eur("2550")}


@pytest.mark.parametrize(("quarters", "level"), [([4], 1), ([3, 4], "7/8"), ([0, 1, 1], "1/6")])
def test_a_level_is_the_mean_of_the_scorers(quarters, level):
    assert level_of(quarters) == Fraction(level)


@pytest.mark.parametrize(("exact", "minor"), [("1/2", 1), ("-1/2", -1), ("49/100", 0), ("5/2", 3)])
def test_amounts_are_rounded_half_away_from_zero(exact, minor):
    assert rounded(Fraction(exact), "EUR") == Money(minor, "EUR")


prices = st.integers(min_value=0, max_value=10**9)
levels = st.integers(min_value=0, max_value=4)
a_bid = st.tuples(prices, levels, levels)


@given(st.lists(a_bid, min_size=1, max_size=6), a_bid)
def test_a_bid_that_loses_changes_nobodys_place(given_bids, extra):
    bids = [
        replace(candidate(UUID(int=n), "0", idea=idea, team=team), quoted=Money(price, "EUR"))
        for n, (price, idea, team) in enumerate(given_bids, start=1)
    ]
    before = evaluate(bids, terms())
    price, idea, team = extra
    worst = max(row.exact for row in before.rows if row.exact is not None)
    hopeless = replace(
        candidate(UUID(int=99), "0", idea=idea, team=team),
        quoted=Money(int(worst) + 30_000_00 + price, "EUR"),
    )

    after = evaluate([*bids, hopeless], terms())

    places = {row.bid_id: row.rank for row in after.rows}
    assert {row.bid_id: row.rank for row in before.rows} == {
        id: rank for id, rank in places.items() if id != hopeless.bid_id
    }
