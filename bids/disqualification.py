"""Taking an opened bid out of the running, for a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.bidding import refuse_decided
from bids.models.bids import Bid, Disqualification
from bids.permissions import may_disqualify
from bids.unsealing import rule_out
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.notices import people_of_provider, tell
from marketplace.refusals import NotOpened, ReasonMissing, Refusal, require


class AlreadyDisqualified(Refusal):
    """The bid is out already."""

    code = "already_disqualified"


@transaction.atomic(savepoint=False)
def disqualify_bid(*, actor: User, bid_id: UUID, reason: str, at: datetime) -> Disqualification:
    """
    Say that an opened bid cannot be chosen, and why.

    :raises Unknown, Forbidden: not theirs to see, or not theirs to judge.
    :raises NotOpened, JudgingOver, AlreadyDisqualified, ReasonMissing: the rules say no.
    """
    found = Bid.objects.visible_to(actor).one(bid_id)
    job = Job.objects.lock(found.job_id)
    bid = Bid.objects.select_related("provider").get(pk=bid_id)
    require(may_disqualify(actor, job))
    if job.opened_at is None or at < job.opened_at or bid.withdrawn_at is not None:
        raise NotOpened(f"The bid {bid.reference} is not open.")
    refuse_decided(job)
    if Disqualification.objects.filter(bid=bid).exists():
        raise AlreadyDisqualified(f"The bid {bid.reference} is out already.")
    if not reason.strip():
        raise ReasonMissing("Say why the bid cannot be chosen.")
    ruled = rule_out(bid=bid, reason=reason.strip(), actor=actor, job=job, at=at)
    tell(
        "bid.disqualified",
        recipients=people_of_provider(bid.provider),
        text=f"Your bid {bid.reference} on “{job.title}” is out: {reason.strip()}",
        because=f"you belong to {bid.provider.name}",
        at=at,
        job=job,
        subject=bid,
    )
    return ruled
