"""Drawings from numbers: what is shown is what is counted."""

from __future__ import annotations

import pytest

from frontend.charts.budget import budget_bar
from frontend.charts.burndown import MonthEnd, burndown
from frontend.charts.needs import Need, needs_profile
from frontend.charts.reasons import Reason, wins_and_losses
from frontend.charts.share import SharePoint, share_over_time
from frontend.charts.spread import Priced, price_spread
from marketplace.money import Money


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


def test_a_share_stands_as_high_as_it_is() -> None:
    drawing = share_over_time(
        [SharePoint("Q1", 0, 4), SharePoint("Q2", 2, 4), SharePoint("Q3", 4, 4)]
    )

    low, half, full = drawing.wide.dots
    assert low.y == drawing.wide.frame.bottom
    assert full.y == drawing.wide.frame.top
    assert half.y == pytest.approx((low.y + full.y) / 2)


def test_a_quarter_without_contests_is_left_out_and_not_drawn_as_nothing() -> None:
    drawing = share_over_time(
        [SharePoint("Q1", 1, 2), SharePoint("Q2", 0, 0), SharePoint("Q3", 1, 1)]
    )

    assert [dot.label for dot in drawing.wide.dots] == ["Q1", "Q3"]
    assert drawing.points[1].percent == "–"


def test_a_share_without_any_point_draws_nothing() -> None:
    assert share_over_time([]).wide.dots == ()


def test_the_parts_of_a_budget_fill_its_bar() -> None:
    bar = budget_bar(granted=eur(100), charged=eur(50), committed=eur(20), free=eur(30))

    assert [(part.kind, part.width) for part in bar.parts] == [
        ("charged", 380.0),
        ("committed", 152.0),
        ("available", 228.0),
    ]
    assert not bar.is_over


def test_more_promised_than_granted_runs_past_the_end() -> None:
    bar = budget_bar(granted=eur(100), charged=eur(90), committed=eur(60), free=eur(-50))

    assert bar.is_over
    assert bar.limit_x < bar.frame.right
    assert bar.parts[2].width == 0


def test_a_need_that_too_few_rated_has_no_dot() -> None:
    rows = needs_profile([Need("Informed", None, None), Need("Choices", 5, 1)]).wide.rows

    assert rows[0].ours_x is None
    assert (rows[1].theirs_x, rows[1].ours_x) == (130, 742)


def month(label: str, *, promised: int, charged: int) -> MonthEnd:
    free = eur(100 - promised - charged)
    return MonthEnd(label, eur(100), eur(promised), eur(charged), free)


def test_a_budget_burns_down_from_its_grant_to_nothing() -> None:
    chart = burndown([month("1", promised=0, charged=0), month("2", promised=50, charged=50)])

    first, last = chart.wide.levels
    assert first.free_y == first.uncharged_y == chart.wide.frame.top
    assert last.free_y == chart.wide.zero_y == chart.wide.frame.bottom
    assert last.uncharged_y == pytest.approx((first.free_y + last.free_y) / 2, abs=0.1)


def test_an_overdrawn_budget_falls_below_its_zero_line() -> None:
    chart = burndown([month("1", promised=0, charged=0), month("2", promised=0, charged=150)])

    assert chart.wide.levels[1].free_y > chart.wide.zero_y


def test_prices_stand_in_their_order_between_nothing_and_the_ceiling() -> None:
    chart = price_spread(
        [Priced("dear", eur(75)), Priced("cheap", eur(50))], ceiling=eur(100), median=eur(60)
    )

    assert [row.name for row in chart.wide.rows] == ["cheap", "dear"]
    assert chart.wide.ceiling_x == chart.wide.frame.right
    assert chart.wide.median_x is not None
    assert chart.wide.rows[0].x < chart.wide.median_x < chart.wide.rows[1].x


def test_a_ceiling_that_is_not_known_draws_no_line() -> None:
    chart = price_spread([Priced("a", eur(75)), Priced("b", eur(50))], ceiling=None, median=None)

    assert chart.narrow.ceiling_x is chart.narrow.median_x is None


def test_what_decided_oftenest_has_the_longest_bar() -> None:
    chart = wins_and_losses([Reason("Quality", 4, 1), Reason("Price", 0, 2)])

    assert (chart.won, chart.lost) == (4, 3)
    assert chart.rows[0].won_width == chart.frame.right
    assert chart.rows[1].won_width == 0
    assert chart.rows[1].lost_width == pytest.approx(chart.frame.right / 2)
