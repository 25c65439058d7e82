"""What the bids that could be chosen asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from bids.models.bids import OpenedPrice
from bids.models.panels import FinalBid
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class ValidPrice:
    """What one bid that could have been chosen asked."""

    bid_id: UUID
    provider_id: UUID
    is_in_house: bool
    quoted: Money


def valid_prices(job_ids: Iterable[UUID]) -> defaultdict[UUID, list[ValidPrice]]:
    """Return the prices of these jobs that stand: opened, and not disqualified."""
    found: defaultdict[UUID, list[ValidPrice]] = defaultdict(list)
    prices = standing_prices().filter(bid__job__in=list(job_ids))
    names = ("bid__job", "bid", "bid__provider", "bid__provider__department", "quoted_minor")
    for job, bid, provider, department, minor, currency in prices.values_list(*names, "currency"):
        price = ValidPrice(bid, provider, department is not None, Money(minor, currency))
        found[job].append(price)
    return found


def standing_prices() -> QuerySet[OpenedPrice]:
    """Return the prices of bids that could be chosen, in the currency of their job."""
    # That a row is missing is asked as such: by a join, PostgreSQL takes it for a rare thing.
    last_word_is_another = FinalBid.objects.filter(earlier=OuterRef("bid"))
    return OpenedPrice.objects.filter(
        ~Exists(last_word_is_another),
        bid__withdrawn_at=None,
        bid__disqualified=None,
        currency=F("bid__job__currency"),
    )
