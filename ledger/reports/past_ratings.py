"""
Past ratings as a criterion: what departments said of a provider's results before the opening.

Derived, and yet fixed: only ratings that could be read when the bids were opened count, and each
is as old as it was then. Ratings are append-only, so the figure never moves afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from ledger.reports.opinions import DAY, ENOUGH, market_of, markets, opinions_of
from ledger.reports.shrinkage import THOUSANDTH, shrunk_mean
from marketplace.models.jobs import Job
from marketplace.together import together

MIDDLE = 3.0  # of 1 to 5: what counts as usual where too few have rated anybody
STEPS = 4  # from 1 to 5
PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class PastRating:
    """What a provider's results were rated, as it stood when the bids were opened."""

    mean: Decimal  # 1 to 5, shrunk toward what is usual; of a newcomer, what is usual
    ratings: int
    usual: Decimal  # the mean of this kind of work, or the middle where under three have rated
    usual_ratings: int
    is_neutral: bool  # a newcomer, with fewer than three ratings: neither better nor worse

    @property
    def level(self) -> Fraction:
        """0 to 1, as judges give it."""
        return (Fraction(self.mean) - 1) / STEPS

    def points(self, weight: int) -> Decimal:
        """Return what it gives of a criterion's weight, to four decimals."""
        given = weight * self.level
        return (Decimal(given.numerator) / given.denominator).quantize(PLACES)


def past_ratings(job: Job, provider_ids: Iterable[UUID]) -> Mapping[UUID, PastRating]:
    """Return what each of these providers brings to an opened job from before its opening."""
    at, ids = job.opened_at, set(provider_ids)
    assert at is not None
    said, all_markets = together(lambda: opinions_of(ids, until=at), lambda: markets(until=at))
    usual, n = market_of(all_markets, {job.category_id}).needs["result"]
    usual = usual if n >= ENOUGH else MIDDLE
    found = {}
    for id in ids:
        points = [
            (one.points["result"], (at - one.rated_at) / DAY)
            for one in said.get(id, [])
            if "result" in one.points
        ]
        is_new = len(points) < ENOUGH
        found[id] = PastRating(
            mean=shrunk_mean([] if is_new else points, usual),
            ratings=len(points),
            usual=Decimal(usual).quantize(THOUSANDTH),
            usual_ratings=n,
            is_neutral=is_new,
        )
    return found
