"""A provider's own bids, each with what became of it; known to them once the job is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from bids.offers import MyBid, my_bids
from ledger.models.awards import Award
from ledger.reports.choosing import to_decide
from ledger.reports.states import noted
from marketplace.models.jobs import Job
from marketplace.models.people import User

CHOSEN, NOT_CHOSEN, NOT_AWARDED = "chosen", "not_chosen", "not_awarded"
OUTCOMES = frozenset({CHOSEN, NOT_CHOSEN, NOT_AWARDED})


@dataclass(frozen=True, slots=True)
class OwnBid(MyBid):
    """One bid, as its own side sees it, and what became of it."""

    outcome: str  # chosen, not_chosen, not_awarded; empty before the choice, or where it has none

    @property
    def stands(self) -> str:
        """One word: the outcome where there is one, else the state."""
        return self.outcome or self.state


def own_bids(
    *, actor: User, at: datetime, begin: int = 0, count: int | None = None
) -> list[OwnBid]:
    """Return the bids of the person's providers up to a moment, newest first; see `my_bids`."""
    found = my_bids(actor=actor, at=at, begin=begin, count=count)
    chosen = _decided(bid.job_id for bid in found if bid.state == "opened")
    return [_with(bid, _outcome(bid, chosen)) for bid in found]


def _decided(job_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Return the bid chosen of each decided job, or None where it ended without a choice."""
    award = Award.objects.standing().filter(job=OuterRef("pk"))
    jobs = Job.objects.filter(pk__in=set(job_ids)).exclude(to_decide())
    told = jobs.annotate(chosen_id=Subquery(award.values("bid")[:1])).only("pk")
    return {job.pk: noted(job, "chosen_id") for job in told}


def _outcome(bid: MyBid, chosen: dict[UUID, UUID | None]) -> str:
    if bid.state != "opened" or bid.job_id not in chosen or bid.is_followed:
        return ""
    if chosen[bid.job_id] is None:
        return NOT_AWARDED
    return CHOSEN if chosen[bid.job_id] == bid.bid_id else NOT_CHOSEN


def _with(bid: MyBid, outcome: str) -> OwnBid:
    return OwnBid(**{one.name: getattr(bid, one.name) for one in fields(bid)}, outcome=outcome)
