"""
Drafts of bids that were thrown away: as secret as one being written. Their side may have the last
one back for thirty days, while bids may come; then nothing of it is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from bids.bidding import lock_job, refuse_bidder, refuse_closed, refuse_two_bidders
from bids.drafts import seat
from bids.files import attach_again, back_to_what_stands, forget_files, has_loose_files
from bids.models.bids import BidDraft
from bids.permissions import may_draft_bid_for
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.refusals import Refusal, require

log = structlog.stdlib.get_logger("choicebook.bids")

KEPT_FOR = timedelta(days=30)
AT_ONCE = 100  # what is left over goes next time


class DraftUnderWay(Refusal):
    """A provider has one draft on a job: what is being written now is not written over."""

    code = "draft_under_way"


class NothingDiscarded(Refusal):
    """Only what was thrown away lately can be had back."""

    code = "nothing_discarded"


@dataclass(frozen=True, slots=True)
class DiscardedBidDraft:
    """A draft that can still be had back; what it says stays sealed."""

    draft_id: UUID
    discarded_at: datetime
    leaves_at: datetime  # from then on nothing of it is left


@transaction.atomic(savepoint=False)
def discard_bid_draft(
    *, actor: User, job_id: UUID, provider_id: UUID, at: datetime
) -> BidDraft | None:
    """
    Throw a draft away, with the files that no bid stands with, and return it; None without one.
    While bids may come its side can have it back; the one thrown away before it is forgotten.

    :raises Unknown, Forbidden, SitsWithTwo: not their job, provider, or draft.
    """
    # Draft and files go together: whoever saves, attaches, submits or restores waits until then.
    job = lock_job(actor, job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    refuse_two_bidders(actor, job, provider.pk)
    mine = BidDraft.objects.filter(job=job, provider=provider)
    draft = mine.kept().select_for_update().first()
    if draft is not None and draft.saved_at > at:
        return None  # somebody went on writing it after this was asked
    if draft is None:
        if job.accepts_bids(at):
            forget_files(back_to_what_stands(job, provider, at=at))
        return None
    for earlier in mine.discarded().select_for_update():
        _forget(earlier)
    # After the deadline, too: the clock may still give the job more time.
    draft.discarded_at, draft.files = at, back_to_what_stands(job, provider, at=at)
    draft.save(update_fields=["discarded_at", "files"])
    return draft


@transaction.atomic(savepoint=False)
def restore_bid_draft(
    *,
    actor: User,
    job_id: UUID,
    provider_id: UUID,
    at: datetime,
    draft_id: UUID | None = None,
) -> BidDraft:
    """
    Have the draft back that was thrown away last, with its files; where one is named, no other.

    :raises Unknown, NotInvited, Forbidden: not their job, or not their provider.
    :raises BiddingClosed, DeclinedBefore, ProviderSuspended: not now, or not any more.
    :raises OwnJob, ConflictOfSides, SitsWithTwo: not them.
    :raises NothingDiscarded: there is none, or none any more, or another one than was named.
    :raises DraftUnderWay: another one is being written, or files are attached that it had not.
    """
    job = lock_job(actor, job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    refuse_two_bidders(actor, job, provider.pk)
    mine = BidDraft.objects.filter(job=job, provider=provider)
    draft = _kept_still(mine, at).select_for_update().first()
    if draft is None:
        raise NothingDiscarded("There is no discarded draft to have back.")
    if draft_id is not None and draft.pk != draft_id:
        raise NothingDiscarded(
            "This draft cannot be had back any more: another one was thrown away after it."
        )
    _refuse_restoring(draft, job, provider, at=at)
    attach_again(job, provider, draft.files, at=at)
    draft.discarded_at, draft.files = None, []
    draft.save(update_fields=["discarded_at", "files"])
    return draft


def discarded_bid_draft(
    *, actor: User, job_id: UUID, provider_id: UUID, at: datetime
) -> DiscardedBidDraft | None:
    """
    Return until when their side can have back what it threw away last; None when it cannot.

    :raises Unknown, Forbidden, SitsWithTwo: not their job, provider, or draft.
    """
    job, provider = seat(actor, job_id, provider_id)
    refuse_two_bidders(actor, job, provider.pk)
    mine = BidDraft.objects.filter(job=job, provider=provider)
    draft = _kept_still(mine, at).defer("envelope").first()
    if draft is None:
        return None
    try:
        _refuse_restoring(draft, job, provider, at=at)
    except Refusal:
        return None
    assert draft.discarded_at is not None  # it was found by it
    leaves_at = draft.discarded_at + KEPT_FOR
    return DiscardedBidDraft(draft.pk, draft.discarded_at, leaves_at)


def forget_bid_drafts(*, at: datetime) -> None:
    """
    Delete the drafts that were thrown away thirty days ago, each in a transaction of its own. How
    many there were is told to nobody: a figure of the worker's would tell that somebody bids.
    """
    due = BidDraft.objects.filter(discarded_at__lte=at - KEPT_FOR).order_by("discarded_at")
    for draft_id in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            with transaction.atomic():
                # Its files are attached to nothing, and it cannot be had back any more; whoever
                # throws another away at this moment holds it, and forgets it: no job is locked.
                for draft in due.filter(pk=draft_id).select_for_update(skip_locked=True):
                    _forget(draft)
        except Exception:  # whatever it was, the next one is still due
            log.exception("duty failed")  # of which job and whom, the log does not tell


def _refuse_restoring(draft: BidDraft, job: Job, provider: Provider, *, at: datetime) -> None:
    """Return if this draft may come back now. :raises Refusal: it may not, as the verb says."""
    refuse_closed(job, at=at)
    refuse_bidder(job, provider)
    if BidDraft.objects.kept().filter(job=job, provider=provider).exists():
        raise DraftUnderWay(
            "Another draft is being written. Submit it first; if it is thrown away, the one before "
            "it is deleted."
        )
    if has_loose_files(job, provider, besides=draft.files):
        raise DraftUnderWay(
            "Files are attached that the discarded draft did not have. Take them away first."
        )


def _forget(draft: BidDraft) -> None:
    files = draft.files
    draft.delete()
    forget_files(files)


def _kept_still(drafts: QuerySet[BidDraft], at: datetime) -> QuerySet[BidDraft]:
    return drafts.filter(discarded_at__gt=at - KEPT_FOR, discarded_at__lte=at)
