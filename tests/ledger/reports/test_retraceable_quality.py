"""Whoever reads a comparison can work its evaluated costs out again from what it shows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from bids.content import PriceLine
from bids.evaluation import Candidate, EvaluatedBid, Terms, Weight, evaluate
from frontend.templatetags.choicebook import in_full
from ledger.reports.bid_columns import retraceable_quality
from marketplace.money import Money
from tests.builders import eur

IDEA, CARE = UUID(int=1), UUID(int=2)


def judged(
    level: Fraction, point: Money, *, mode: str = "quality_to_price", care: int = 40
) -> EvaluatedBid:
    """A bid of 20,000.00 whose care, so many of 100, was judged so, and its idea fully."""
    price = eur("20000")
    bid = Candidate(
        bid_id=UUID(int=9),
        quoted=price,
        lines=(PriceLine("materials", price.minor),),
        is_in_house=False,
        levels={IDEA: Fraction(1), CARE: level},
    )
    terms = Terms(
        mode=mode,
        point=point,
        weights=(Weight(IDEA, 100 - care), Weight(CARE, care)),
        administration=eur("1500"),
        changeover=eur("0"),
    )
    (row,) = evaluate([bid], terms).rows
    return row


@pytest.mark.parametrize("point", ["75", "300", "4999.99", "5000", "1000000"])
@pytest.mark.parametrize("level", [Fraction(1, 2), Fraction(5, 6), Fraction(7, 12), Fraction(2, 7)])
def test_the_evaluated_cost_is_worked_out_from_the_quality_shown(
    level: Fraction, point: str
) -> None:
    row, worth = judged(level, eur(point)), eur(point)

    shown = retraceable_quality(row, worth)

    assert shown is not None
    assert row.evaluated is not None
    left = Decimal(row.comparable.minor) - worth.minor * shown
    # As the house rounds: of 5,000.00 a point and 93.333333 exactly a half is left.
    assert left.quantize(Decimal(1), ROUND_HALF_UP) == row.evaluated.minor


def test_a_dear_point_takes_more_decimals_and_no_more_than_it_takes() -> None:
    cheap, dear = eur("75"), eur("5000")
    row = judged(Fraction(5, 6), dear)

    assert retraceable_quality(judged(Fraction(5, 6), cheap), cheap) == Decimal("93.3333")
    assert retraceable_quality(row, dear) == Decimal("93.333333")
    assert in_full(Decimal("93.333333")) == "93.333333"
    assert in_full(Decimal("65.0000")) == "65.00"


@pytest.mark.parametrize("mode", ["quality_to_price", "lowest_cost"])
def test_the_quality_shown_is_rounded_as_amounts_are(mode: str) -> None:
    """Eight judges gave fifteen quarters for 39 of 100: 79.28125."""
    row, worth = judged(Fraction(15, 32), eur("0.01"), mode=mode, care=39), eur("0.01")

    assert row.quality == Fraction("79.28125")
    assert retraceable_quality(row, worth) == Decimal("79.2813")


def test_where_the_price_alone_decides_four_decimals_are_enough() -> None:
    dear = eur("5000")

    row = judged(Fraction(5, 6), dear, mode="lowest_cost")

    assert retraceable_quality(row, dear) == Decimal("93.3333")
