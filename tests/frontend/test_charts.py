"""Drawings from numbers: what is shown is what is counted."""

from __future__ import annotations

import pytest

from frontend.charts.budget import budget_bar
from frontend.charts.needs import Need, needs_profile
from frontend.charts.share import SharePoint, share_over_time
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
