"""How bids compare. Figures are worked by hand beside each test."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random
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


def test_where_nobody_leads_yet_the_two_views_of_money_do_not_disagree():
    bids = [in_house("42000", "12000"), candidate(VERA, "38000")]

    evaluation = evaluate([replace(bid, levels={}) for bid in bids], terms())

    assert (evaluation.leaders_charged, evaluation.leaders_spent) == ((), ())
    assert not evaluation.views_disagree


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


def random_jobs(count: int):
    """Random jobs, always the same ones: two to seven bids, any weights, worth and table."""
    dice = Random(4)
    for _ in range(count):
        first = dice.randint(1, 99)
        rules = terms(
            point=Money(dice.choice([0, 1, 75_00, 300_00, 5_000_00]), "EUR"),
            weights=(Weight(IDEA, first, dice.choice([None, 1])), Weight(TEAM, 100 - first)),
            administration=Money(dice.choice([0, 1_500_00]), "EUR"),
            changeover=Money(dice.choice([0, 800_00]), "EUR"),
            mode=dice.choice(["quality_to_price", "lowest_cost", "fixed_price"]),
        )
        # Prices often a few cents apart, so that there are ties.
        base = dice.randint(1, 10**7)
        bids = [
            replace(
                candidate(UUID(int=n), "0", idea=dice.randint(0, 4), team=dice.randint(0, 4)),
                quoted=Money(base + dice.choice([0, 1, 99, 100, 5_000, 90_000]) * n, "EUR"),
                is_in_house=dice.random() < 0.5,
            )
            for n in range(1, dice.randint(3, 8))
        ]
        yield bids, rules, dice


def order_of(bids, rules) -> dict[UUID, int | None]:
    return {row.bid_id: row.rank for row in evaluate(bids, rules).rows}


def check_random_jobs(count: int) -> None:
    seen: Counter[str] = Counter()
    for bids, rules, dice in random_jobs(count):
        before = order_of(bids, rules)
        seen["jobs"] += 1
        seen["bids"] += len(bids)
        seen["with a tie for the first place"] += list(before.values()).count(1) > 1
        losers = [bid for bid in bids if before[bid.bid_id] != 1]
        if losers:
            seen["one loser taken away"] += 1
            gone = dice.choice(losers)
            after = order_of([bid for bid in bids if bid is not gone], rules)
            # Nobody passes anybody, and the best stay the best.
            for one, place in after.items():
                assert (place == 1) == (before[one] == 1)
                for other, their in after.items():
                    if place is not None and their is not None and place < their:
                        assert before[one] <= before[other]
        swapped = [replace(bid, is_in_house=not bid.is_in_house) for bid in bids]
        none = {"administration": eur("0"), "changeover": eur("0")}
        assert order_of(swapped, replace(rules, **none)) == order_of(bids, replace(rules, **none))
    print(", ".join(f"{name}: {number}" for name, number in seen.items()))  # noqa: T201


def test_in_random_jobs_no_loser_reorders_the_rest_and_a_bids_kind_changes_nothing():
    check_random_jobs(800)


@pytest.mark.proof
def test_in_10000_random_jobs_no_loser_reorders_the_rest_and_a_bids_kind_changes_nothing():
    check_random_jobs(10_000)
