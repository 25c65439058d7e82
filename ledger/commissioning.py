"""Publishing and ending jobs with the department's money in view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.models.bids import Bid
from bids.permissions import sits_with_a_bidder
from bids.rooting import root_bids
from ledger.affording import refuse_beyond_budget, refuse_quick_beyond_limit
from ledger.budgeting import release_estimate, reserve_estimate
from ledger.models.awards import Award, NoAward
from ledger.permissions import may_choose
from ledger.signing import lock_publications, published_above
from marketplace import addenda, publishing
from marketplace.history import record
from marketplace.job_files import NewFile
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.questions import Addendum
from marketplace.money import Money
from marketplace.notices import people_of_providers, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class SecondSignatureNeeded(Refusal):
    """Above the department's limit, a second head signs what is published."""

    code = "second_signature_needed"


class NotAnEstimate(Refusal):
    """What is reserved is more than zero, in the job's currency."""

    code = "not_an_estimate"
    field = "estimate"


class AlreadyAwarded(Refusal):
    """A bid was chosen; from then on the work is changed or contested, not cancelled."""

    code = "already_awarded"


class AlreadyEnded(Refusal):
    """The job ended without a choice."""

    code = "already_ended"


class JobCancelled(Refusal):
    """The job was cancelled."""

    code = "job_cancelled"


class NotYetOpened(Refusal):
    """Nobody decides on bids that are still sealed."""

    code = "not_yet_opened"


class AlreadyOpened(Refusal):
    """The bids are open: the job ends by a choice, or without one, and the bidders are told."""

    code = "already_opened"


@transaction.atomic(savepoint=False)
def publish_job(*, actor: User, job_id: UUID, at: datetime, estimate: Money | None = None) -> Job:
    """
    Publish a draft within the department's budget, and reserve an estimate if one is given.

    :raises NoBudget, CeilingAboveBudget, InsufficientFunds: the department could not pay.
    :raises FormalNeeded: in the department's currency, the ceiling is above the limit.
    :raises NotAnEstimate: the estimate is not above zero, or in another currency.
    :raises SecondSignatureNeeded: it is above the limit; see `ledger.cosigning`.

    Besides, whatever `marketplace.publishing.publish_job` refuses.
    """
    if not actor.is_system:  # another system's record was signed there
        jobs = Job.objects.visible_to(actor).select_related("department", "policy", "category")
        draft = jobs.lock(job_id)
        require(may_choose(actor, draft))
        lock_publications(draft)
        if draft.published_at is None and (why := published_above(draft, at=at)):
            raise SecondSignatureNeeded(why)
    return publish_signed(actor=actor, job_id=job_id, at=at, estimate=estimate)


def publish_signed(
    *, actor: User, job_id: UUID, at: datetime, estimate: Money | None = None
) -> Job:
    """Do `publish_job` for a verb that has a second head's signature, or needs none."""
    job = publishing.publish_job(actor=actor, job_id=job_id, at=at)
    refuse_quick_beyond_limit(job, at=at)
    refuse_beyond_budget(job, at=at)
    if estimate is not None:
        if estimate.currency != job.currency or estimate.minor <= 0:
            raise NotAnEstimate(f"Give an estimate above zero in {job.currency}, or none.")
        reserve_estimate(actor=actor, job=job, amount=estimate, at=at)
    return job


@transaction.atomic(savepoint=False)
def amend_job(
    *,
    actor: User,
    job_id: UUID,
    text: str,
    at: datetime,
    closes_at: datetime | None = None,
    files: Sequence[NewFile] = (),
) -> Addendum:
    """
    Add to a published job what everybody invited must know, and perhaps files and more time. The
    refusals are those of `marketplace.addenda.add_addendum`.
    """
    return addenda.add_addendum(
        actor=actor, job_id=job_id, text=text, closes_at=closes_at, files=files, at=at
    )


@transaction.atomic(savepoint=False)
def extend_job(*, actor: User, job_id: UUID, closes_at: datetime, at: datetime) -> Job:
    """Move a deadline later. The refusals are those of `marketplace.publishing.extend_job`."""
    return publishing.extend_job(actor=actor, job_id=job_id, closes_at=closes_at, at=at)


@transaction.atomic(savepoint=False)
def cancel_job(*, actor: User, job_id: UUID, reason: str, at: datetime) -> Job:
    """
    Call a job off before its bids are opened: none of them ever will be. What was reserved for
    it is free again.

    :raises AlreadyAwarded, AlreadyEnded, AlreadyOpened: it is too late to call it off.

    Besides, whatever `marketplace.publishing.cancel_job` refuses.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(may_choose(actor, job))
    refuse_decided(job)
    if job.opened_at is not None:
        raise AlreadyOpened("The bids are open. Choose one, or end the job without a choice.")
    was_closed = job.closed_at is not None  # then its bids were rooted at the deadline
    job = publishing.cancel_job(actor=actor, job_id=job_id, reason=reason, at=at)
    if not was_closed:
        root_bids(actor=actor, job=job, at=at)
    release_estimate(actor=actor, job=job, at=at)
    return job


@transaction.atomic(savepoint=False)
def end_without_award(*, actor: User, job_id: UUID, reason: str, at: datetime) -> NoAward:
    """
    End an opened job without choosing a bid, and tell the bidders why.

    :raises Unknown: the actor cannot see the job.
    :raises Forbidden: only a head of the department decides, who belongs to no team invited.
    :raises JobCancelled, NotYetOpened, AlreadyAwarded, AlreadyEnded, ReasonMissing: the rules
        say no.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(may_choose(actor, job))
    require(not sits_with_a_bidder(actor, job), "Your own team was invited. A head above decides.")
    refuse_undecidable(job)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why no bid was chosen; the bidders read it.")

    ended = NoAward.objects.create(
        job=job, decided_by=actor, decided_at=at, reason=keep(reason, at=at)
    )
    mark_decided(actor=actor, job=job, at=at)
    release_estimate(actor=actor, job=job, at=at)
    facts = {"reason_digest": bytes(ended.reason.digest).hex()}
    record(actor, "job.not_awarded", job, at=at, audience=Audience.ALL, job=job, facts=facts)
    bidders = Bid.objects.standing().filter(job=job).values_list("provider_id", flat=True)
    tell(
        "job.not_awarded",
        recipients=people_of_providers(bidders),
        text=f"“{job.title}” ended without a choice: {reason.strip()}",
        because="you bid for it",
        at=at,
        job=job,
        subject=job,
    )
    return ended


@transaction.atomic(savepoint=False)
def free_estimate(*, actor: User, job_id: UUID, at: datetime) -> None:
    """Free what is still reserved for a job that was called off, by whomever; twice is once."""
    job = Job.objects.lock(job_id)
    require(actor.is_system and job.cancelled_at is not None)
    release_estimate(actor=actor, job=job, at=at)


def refuse_decided(job: Job) -> None:
    """:raises AlreadyAwarded, AlreadyEnded: the job was decided on. Call it under the lock."""
    if job.decided_at is None:
        return
    if NoAward.objects.filter(job=job).exists():
        raise AlreadyEnded("The job ended without a choice.")
    if Award.objects.filter(job=job).exists():
        raise AlreadyAwarded("A bid was chosen before.")
    # Else the choice was withdrawn: another is made on the same bids, judged as they were.


def mark_decided(*, actor: User, job: Job, at: datetime) -> None:
    """Say that the judging is over, unless an earlier choice, withdrawn since, said so."""
    if job.decided_at is None:
        publishing.mark_locked_decided(actor=actor, job=job, at=at)


def refuse_undecidable(job: Job) -> None:
    """:raises JobCancelled, NotYetOpened, AlreadyAwarded, AlreadyEnded: nothing to decide on."""
    if job.cancelled_at is not None:
        raise JobCancelled("The job was cancelled.")
    if job.opened_at is None:
        raise NotYetOpened("The bids are sealed until they are opened.")
    refuse_decided(job)
