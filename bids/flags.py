"""What a careful buyer would notice. Flags inform, they never block. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from bids.evaluation import Evaluation
from marketplace.money import Money, total

UNDER_MEAN = Fraction(60, 100)  # 40 % under the mean of the others …
UNDER_NEXT = Fraction(70, 100)  # … or 30 % under the next
LOW_SPREAD = Fraction(2, 100)  # standard deviation, as a share of the mean
LOW_SPREAD_BIDS = 4
SHORT_NOTICE = timedelta(days=5)
SPLIT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at, and the bids it is about."""

    code: str
    text: str
    bid_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class FlaggedBid:
    """An opened bid as the flags see it. Without a price, it had none or it is sealed."""

    bid_id: UUID
    name: str
    quoted: Money | None
    is_valid: bool
    is_above_ceiling: bool = False


def flags(
    bids: Sequence[FlaggedBid],
    *,
    published_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> list[Flag]:
    """Return what stands out among the opened bids of one job."""
    valid = [(bid, bid.quoted) for bid in bids if bid.is_valid and bid.quoted is not None]
    valid.sort(key=lambda pair: (pair[1].minor, str(pair[0].bid_id)))
    found = [
        *_abnormally_low(valid),
        *_few(bids, valid),
        *_identical(valid),
        *_low_spread(valid),
        *_lowest_disqualified(bids, valid),
        *_above_ceiling(bids),
    ]
    if published_at is not None and closes_at is not None:
        notice = closes_at - published_at
        if notice < SHORT_NOTICE:
            days = notice.days
            found.append(Flag("short_notice", f"Bidders had {days} full days to answer."))
    return found


def split_under_limit(
    *, limit: Money, this: Money, earlier: Sequence[Money], days: int = SPLIT_WITHIN.days
) -> list[Flag]:
    """Return a flag when jobs of one kind, each under a limit, are above it together."""
    under = [amount for amount in earlier if amount < limit]
    if not under or this >= limit or total([this, *under], limit.currency) < limit:
        return []
    text = (
        f"With {len(under)} like it within {days} days this job is worth "
        f"{total([this, *under], limit.currency)}; above {limit} a formal procedure applies."
    )
    return [Flag("split_under_limit", text)]


def against_both_views(chosen: UUID, evaluation: Evaluation) -> list[Flag]:
    """Return a flag when the bid chosen leads in neither view of money."""
    if chosen in {*evaluation.leaders_charged, *evaluation.leaders_spent}:
        return []
    return [Flag("against_both_views", "Another bid leads in both views of money.", (chosen,))]


Priced = Sequence[tuple[FlaggedBid, Money]]


def _abnormally_low(valid: Priced) -> list[Flag]:
    found = []
    for position, (bid, price) in enumerate(valid):
        others = [other.minor for each, other in valid if each is not bid]
        if not others:
            break
        mean = Fraction(sum(others), len(others))
        following = valid[position + 1][1].minor if position + 1 < len(valid) else None
        if price.minor < UNDER_MEAN * mean:
            text = f"{bid.name}: {price} is more than 40 % under the mean of the others."
        elif following is not None and price.minor < UNDER_NEXT * following:
            text = f"{bid.name}: {price} is more than 30 % under the next bid."
        else:
            continue
        found.append(Flag("abnormally_low", text, (bid.bid_id,)))
    return found


def _few(bids: Sequence[FlaggedBid], valid: Priced) -> list[Flag]:
    if len(valid) != 1:
        return []
    only = (valid[0][0].bid_id,)
    if len(bids) == 1:
        return [Flag("single_bid", "There is one bid only.", only)]
    return [Flag("all_others_disqualified", "Every other bid is out.", only)]


def _identical(valid: Priced) -> list[Flag]:
    counts = Counter(price.minor for _, price in valid)
    found = []
    for minor, count in counts.items():
        if count > 1:
            same = tuple(bid.bid_id for bid, price in valid if price.minor == minor)
            price = next(price for _, price in valid if price.minor == minor)
            found.append(Flag("identical_prices", f"{count} bids ask for {price}.", same))
    return found


def _low_spread(valid: Priced) -> list[Flag]:
    prices = [price.minor for _, price in valid]
    n, sum_ = len(prices), sum(prices)
    # (standard deviation / mean)² < LOW_SPREAD², without a root or a division.
    variance = n * sum(price * price for price in prices) - sum_ * sum_
    if n < LOW_SPREAD_BIDS or variance >= LOW_SPREAD**2 * sum_ * sum_:
        return []
    text = f"The {n} prices lie unusually close together."
    return [Flag("low_spread", text, tuple(bid.bid_id for bid, _ in valid))]


def _lowest_disqualified(bids: Sequence[FlaggedBid], valid: Priced) -> list[Flag]:
    out = [(bid, bid.quoted) for bid in bids if not bid.is_valid and bid.quoted is not None]
    if not out:
        return []
    lowest = min(price.minor for _, price in out)
    if valid and lowest >= valid[0][1].minor:
        return []
    ids = tuple(bid.bid_id for bid, price in out if price.minor == lowest)
    return [Flag("lowest_disqualified", "The lowest bid is out.", ids)]


def _above_ceiling(bids: Sequence[FlaggedBid]) -> list[Flag]:
    return [
        Flag("above_ceiling", f"{bid.name}: {bid.quoted} is above the ceiling.", (bid.bid_id,))
        for bid in bids
        if bid.is_above_ceiling
    ]
