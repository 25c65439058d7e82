"""Declining to bid: what a provider has under seal goes back, and then the department is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.models.bids import Bid
from bids.permissions import may_bid_for
from bids.submission import Superseded, take_back
from marketplace.declining import decline_invitation
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.openness import refuse_not_open
from marketplace.refusals import require


@transaction.atomic(savepoint=False)
def decline_to_bid(
    *, actor: User, job_id: UUID, provider_id: UUID, reason: str, at: datetime
) -> Invitation:
    """
    Say that a provider will not bid, and why. Its standing bids are withdrawn, still sealed.

    :raises Unknown: the actor cannot see the job or the provider, or it is not invited.
    :raises Forbidden: the actor does not lead the provider.
    :raises BiddingOver, AlreadyCancelled, AlreadyClosed, Superseded: too late, or overtaken.
    :raises AlreadyDeclined, ReasonMissing: the rules say no.
    """
    job = Job.objects.visible_to(actor).published().lock(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_bid_for(actor, provider), "Only the lead declines to bid.")
    refuse_not_open(job, at)
    standing = list(Bid.objects.standing().filter(job=job, provider=provider))
    if any(bid.submitted_at > at for bid in standing):
        raise Superseded("A bid of yours arrived after this, and stands.")

    for bid in standing:
        take_back(bid=bid, actor=actor, at=at)
    return decline_invitation(
        actor=actor, job_id=job.pk, provider_id=provider.pk, reason=reason, at=at
    )
