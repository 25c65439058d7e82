"""Means that few voices cannot swing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

PRIOR = 5  # as if so many had said what the market says
HALF_LIFE_DAYS = 365
THOUSANDTH = Decimal("0.001")


def shrunk_mean(points: Iterable[tuple[int, float]], market: float) -> Decimal:
    """
    Return `(k·μ + Σ wⱼ rⱼ) / (k + Σ wⱼ)` of points with their ages in days, where μ is the
    market's mean and a point weighs half as much each year.
    """
    weights = PRIOR * 1.0
    weighted = PRIOR * market
    for point, age_days in points:
        weight = 0.5 ** (max(age_days, 0.0) / HALF_LIFE_DAYS)
        weights += weight
        weighted += weight * point
    return Decimal(weighted / weights).quantize(THOUSANDTH)


def shrunk_share(part: int, whole: int, market: float) -> Decimal:
    """Return the Beta mean of so many of so many, with a prior at the market's share."""
    return Decimal((PRIOR * market + part) / (PRIOR + whole)).quantize(THOUSANDTH)
