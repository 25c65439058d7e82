"""How prices are told to whoever did not ask for them: by bands, and none of a few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from uuid import UUID

from bids.evaluation import rounded
from bids.models.bids import Bid
from marketplace.money import Money

# The R10 series: ten steps from a hundred to a thousand, each a quarter above the one before.
PREFERRED = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000)
ENOUGH_BIDS = 5  # of fewer, a median or a spread would tell a rival's price


@dataclass(frozen=True, slots=True)
class PriceSpread:
    """
    The prices of a contest together: bands that hold the median, and all of them. They are bands
    by each rule, for exact figures would tell prices of bids that were not chosen.
    """

    bids: int
    median_from: Money
    median_to: Money
    lowest: Money
    highest: Money


def price_spread(valid: Iterable[Bid]) -> PriceSpread | None:
    """Return how far these bids, all of one currency, lie apart; None under five bidders."""
    bids = list(valid)
    providers: set[UUID] = {bid.provider_id for bid in bids}
    if len(providers) < ENOUGH_BIDS:
        return None
    prices = sorted(bid.price.quoted_minor for bid in bids)
    currency = bids[0].price.currency
    middle = rounded(median(Fraction(price) for price in prices), currency)
    assert middle is not None
    low, high = Money(prices[0], currency), Money(prices[-1], currency)
    return PriceSpread(len(bids), *price_band(middle), price_band(low)[0], price_band(high)[1])


def price_band(price: Money) -> tuple[Money, Money]:
    """
    Return the band in which a price lies: between two preferred numbers (1, 1.25, 1.6, 2, 2.5,
    3.15, 4, 5, 6.3, 8, 10 …), so that it is a fifth wide at least and its middle tells nothing.
    """
    if price.minor <= 0:
        return price, price
    scale = 1
    while scale * 1000 <= price.minor:
        scale *= 10
    # Below ten units of a step the preferred numbers would not be whole.
    steps = [number * scale for number in PREFERRED] if price.minor >= 100 else [1, 100]
    upper = next(step for step in steps if step > price.minor)
    lower = max(step for step in steps if step <= price.minor)
    return Money(lower, price.currency), Money(upper, price.currency)
