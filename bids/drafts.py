"""A bid that is being written: sealed like one submitted, saved over and over, seen by its side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bids import seals
from bids.bidding import lock_job, refuse_bidder, refuse_closed, refuse_two_bidders
from bids.content import BidContent
from bids.files import with_files
from bids.models.bids import BidDraft
from bids.offering import faults, refuse_too_much
from bids.permissions import may_draft_bid_for
from bids.reading import CannotBeRead
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, User
from marketplace.models.providers import Provider
from marketplace.refusals import Refusal, require


@transaction.atomic(savepoint=False)
def save_bid_draft(
    *, actor: User, job_id: UUID, provider_id: UUID, content: BidContent, at: datetime
) -> BidDraft:
    """
    Keep what was written so far, whole or not. The provider has one draft per job.

    :raises Unknown, NotInvited, Forbidden: not their job, or not their provider.
    :raises BiddingClosed, DeclinedBefore, ProviderSuspended: not now, or not any more.
    :raises OwnJob, ConflictOfSides, SitsWithTwo: not them.
    :raises TooLong, NotAPriceLine: more than a bid can hold.
    """
    job = lock_job(actor, job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    refuse_closed(job, at=at)
    refuse_bidder(job, provider)
    refuse_two_bidders(actor, job, provider.pk)
    refuse_too_much(content)
    known = BidDraft.objects.kept().filter(job=job, provider=provider).first()
    draft = known or BidDraft(id=uuid4(), job=job, provider=provider)
    identity = seals.Identity(draft.pk, job.pk, provider.pk)
    sealed = seals.seal_draft(content, identity)
    draft.envelope, draft.key, draft.key_name = sealed.envelope, sealed.key, sealed.key_name
    draft.saved_by, draft.saved_at = actor, at
    draft.save(force_insert=known is None)
    return draft


def bid_draft(*, actor: User, job_id: UUID, provider_id: UUID, at: datetime) -> BidContent | None:
    """
    Return what the provider's people wrote so far, with its files; None when there is nothing.

    :raises Unknown, Forbidden, SitsWithTwo: not their job, provider, or draft to read.
    :raises CannotBeRead: it does not open any more.
    """
    job, provider = seat(actor, job_id, provider_id)
    refuse_two_bidders(actor, job, provider.pk)
    drafts = BidDraft.objects.kept().filter(job=job, provider=provider)
    draft = drafts.filter(saved_at__lte=at).first()
    if draft is None:
        return None
    try:
        return with_files(seals.open_draft(draft), job, provider)
    except seals.SealBroken:
        raise CannotBeRead("Your draft does not open any more. Throw it away.") from None


def drafts_to_read(*, actor: User, at: datetime) -> QuerySet[BidDraft]:
    """
    Return the drafts that `bid_draft` gives the person while bids may come: those of their own
    providers, save where `refuse_two_bidders` would refuse them. That one is begun is as secret as
    what it says. As one question, for whoever asks about many jobs.
    """
    other = Membership.objects.current().filter(
        ~Q(provider=OuterRef("provider")),
        user=actor,
        provider__invitations__job=OuterRef("job"),
        provider__invitations__declined_at=None,
    )
    came_first = Q(since_at__lte=F("asked")) | Q(since_at__lte=OuterRef("here_since"))
    rivals = other.annotate(asked=F("provider__invitations__invited_at")).filter(came_first)
    own = BidDraft.objects.kept().filter(
        provider__memberships__user=actor, provider__memberships__ended_at=None, saved_at__lte=at
    )
    return own.annotate(here_since=F("provider__memberships__since_at")).filter(~Exists(rivals))


def begun_bids(*, actor: User, job_id: UUID, at: datetime) -> frozenset[UUID]:
    """Return the providers of the person's for which a bid on the job is being written."""
    drafts = drafts_to_read(actor=actor, at=at).filter(job=job_id)
    return frozenset(drafts.values_list("provider_id", flat=True))


def draft_faults(
    *, actor: User, job_id: UUID, provider_id: UUID, at: datetime
) -> tuple[Refusal, ...]:
    """
    Return all that keeps what was written so far from being submitted as it stands.

    :raises Unknown, Forbidden, SitsWithTwo, CannotBeRead: as `bid_draft`.
    """
    content = bid_draft(actor=actor, job_id=job_id, provider_id=provider_id, at=at)
    if content is None:
        return ()
    return tuple(faults(Job.objects.visible_to(actor).one(job_id), content))


def seat(actor: User, job_id: UUID, provider_id: UUID) -> tuple[Job, Provider]:
    """:raises Unknown, Forbidden: not their job, or not their provider."""
    job = Job.objects.visible_to(actor).one(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    return job, provider
