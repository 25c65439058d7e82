"""What bids are compared by: what was fixed at publication, finance's table, who judged what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from uuid import UUID

from bids.evaluation import Terms, Weight, level_of
from bids.judging import Judging
from bids.models.bids import Bid, OpenedPrice
from bids.models.panels import Score
from marketplace.models.jobs import Criterion, Job
from marketplace.money import Money

LABOUR = frozenset({"labour", "hired_labour"})
Levels = defaultdict[UUID, dict[UUID, Fraction]]


def is_valid(bid: Bid, currency: str) -> bool:
    """Whether a bid may be chosen: opened, priced in the job's currency, in, and the last."""
    price = price_of(bid)
    is_in = not hasattr(bid, "disqualified") and not hasattr(bid, "final")
    return price is not None and price.currency == currency and is_in


def price_of(bid: Bid) -> OpenedPrice | None:
    """Return a bid's opened price; None where it was never opened."""
    price: OpenedPrice | None = getattr(bid, "price", None)
    return price


def terms_of(job: Job, criteria: Iterable[Criterion]) -> Terms:
    """Return what was fixed at publication, with finance's table for work that goes outside."""
    policy = job.policy
    # Finance states its table in the department's currency; another one has no table.
    stated = job.currency == job.department.currency
    return Terms(
        mode=job.mode,
        point=job.point_value,
        weights=tuple(Weight(item.pk, item.weight, item.knock_out) for item in criteria),
        administration=Money(policy.administration_minor if stated else 0, job.currency),
        changeover=Money(policy.changeover_minor if stated else 0, job.currency),
    )


def differential_of(job: Job, valid: Iterable[Bid]) -> Money | None:
    """
    Return what protects in-house bids: a share of the labour of the lowest of them, added to each
    outside bid. None where finance states none, or nobody bids in-house.
    """
    inside = [bid for bid in valid if bid.provider.is_in_house]
    if not job.policy.differential_basis_points or not inside:
        return None
    lowest = min(inside, key=lambda bid: (bid.price.quoted_minor, str(bid.pk)))
    labour = sum(line.amount_minor for line in lowest.price.lines.all() if line.kind in LABOUR)
    return Money(labour, job.currency).share(job.policy.differential_basis_points)


def levels_of(bids: Iterable[Bid], scores: Iterable[Score], judged: Judging) -> Levels:
    """
    Return each bid's level on each criterion: what the panel agreed on; without a panel, the mean.
    A best and final bid has the levels of the one that it follows.
    """
    levels = _agreed_levels(judged) if judged.has_panel else _mean_levels(scores)
    for bid in bids:
        if hasattr(bid, "final_of"):
            levels[bid.pk] = levels[bid.final_of.earlier_id]
    return levels


def _agreed_levels(judged: Judging) -> Levels:
    levels: Levels = defaultdict(dict)
    for (bid, criterion), one in judged.agreed.items() if judged.is_agreed else ():
        levels[bid][criterion] = level_of([one.quarters])
    return levels


def _mean_levels(scores: Iterable[Score]) -> Levels:
    given: defaultdict[tuple[UUID, UUID], list[int]] = defaultdict(list)
    for score in scores:
        given[score.bid_id, score.criterion_id].append(score.quarters)
    levels: Levels = defaultdict(dict)
    for (bid, criterion), quarters in given.items():
        levels[bid][criterion] = level_of(quarters)
    return levels
