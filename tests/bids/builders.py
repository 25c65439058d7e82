"""Bids on Marketing's summer party, made with the verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from bids.closing import close_due_job
from bids.content import BidContent, PriceLine
from bids.models.bids import Bid, Opening
from bids.opening import open_bids
from bids.submission import submit_bid
from marketplace.models.jobs import Criterion, Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.refusals import Refusal
from marketplace.system import the_clock
from tests.builders import DAY, NOON, eur
from tests.cast import Cast

MORNING_AFTER = NOON + DAY
REASON = "They showed three parties of this size, with photographs and names."


@contextmanager
def refused(
    refusal: type[Refusal] | tuple[type[Refusal], ...], *, match: str | None = None
) -> Iterator[None]:
    """A verb says no, in a transaction of its own as every request has one."""
    with pytest.raises(refusal, match=match), transaction.atomic():
        yield


def offer(price: str = "9000", **changes: Any) -> BidContent:
    """Return what a bidder offers: half labour, half materials, unless a test says otherwise."""
    half = eur(price).minor // 2
    usual: dict[str, Any] = {
        "approach": "A long table under the lindens, and a tent if it rains.",
        "currency": "EUR",
        "lines": (
            PriceLine("labour", eur(price).minor - half, "Four people, two days"),
            PriceLine("materials", half, "Tables, lights"),
        ),
        "starts_on": date(2026, 6, 1),
        "finishes_on": date(2026, 6, 20),
    }
    return BidContent(**(usual | changes))


def bidder(cast: Cast, provider: Provider) -> User:
    """Who submits for this provider."""
    leads = {
        cast.events_team.pk: cast.pia,
        cast.vera_co.pk: cast.vera,
        cast.otto_co.pk: cast.otto,
    }
    return leads[provider.pk]


def submit(
    cast: Cast,
    job: Job,
    *,
    provider: Provider | None = None,
    content: BidContent | None = None,
    at: datetime = MORNING_AFTER,
    **changes: Any,
) -> Bid:
    """Pia bids for the Events team, unless a test says otherwise."""
    provider = provider or cast.events_team
    words: dict[str, Any] = {
        "actor": changes.get("actor") or bidder(cast, provider),
        "job_id": job.pk,
        "provider_id": provider.pk,
        "content": content or offer(),
        "at": at,
    }
    return submit_bid(**(words | changes))


def close(job: Job, *, at: datetime | None = None) -> Job:
    """The clock does what is due at the deadline."""
    job.refresh_from_db()
    assert job.closes_at is not None
    close_due_job(job_id=job.pk, at=at or job.closes_at)
    job.refresh_from_db()
    return job


def open_all(job: Job) -> Opening:
    """The clock closes the job at its deadline and opens its bids."""
    close(job)
    assert job.closed_at is not None
    opening = open_bids(actor=the_clock(), job_id=job.pk, at=job.closed_at)
    job.refresh_from_db()
    return opening


def criterion(job: Job, name: str) -> Criterion:
    return job.criteria.get(name=name)
