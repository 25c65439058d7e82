"""
The life of a job from publication to its opening. Called by the chapters below only: they know
the funds that a publication needs, and the bids that a closing ends.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.addenda import DeadlineNotLater
from marketplace.calendar import spoken
from marketplace.drafting import AlreadyPublished
from marketplace.freezing import fingerprint_of
from marketplace.history import moment, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.notices import people_of_department, tell, tell_bidders
from marketplace.openness import AlreadyCancelled, BiddingOver, NotPublished, refuse_closed
from marketplace.permissions import may_publish_for
from marketplace.policies import policy_in_force
from marketplace.readiness import missing
from marketplace.refusals import NotOpened, ReasonMissing, Refusal, require
from marketplace.rows import change
from marketplace.words import keep


class StillOpen(Refusal):
    """Bidders have until the deadline."""

    code = "still_open"


class NotClosed(Refusal):
    """Seals are opened after the closing."""

    code = "not_closed"


class AlreadyDecided(Refusal):
    """A bid was chosen, or none."""

    code = "already_decided"


class AlreadyOpened(Refusal):
    """Seals are opened once."""

    code = "already_opened"


@transaction.atomic(savepoint=False)
def publish_job(*, actor: User, job_id: UUID, at: datetime) -> Job:
    """
    Publish a draft: what bids are judged on is frozen and fingerprinted, those invited are told.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor does not publish for its department.
    :raises AlreadyPublished, NotReady: the rules say no; `NotReady.missing` lists all that lacks.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)
    require(may_publish_for(actor, job.department))
    if job.published_at is not None:
        raise AlreadyPublished(f"“{job.title}” is published already.")
    job.policy = policy_in_force(job.policy.code, at.date())
    if gaps := missing(job, at=at, publisher=actor):
        raise gaps[0].rule(gaps[0].text, gaps)

    job.published_at, job.published_by = at, actor
    job.fingerprint = fingerprint_of(job)
    change(job, "policy", "published_at", "published_by", "fingerprint")
    job.invitations.update(invited_at=at)
    assert job.closes_at is not None  # readiness says so
    facts = {
        "reference": job.reference,
        "fingerprint": job.fingerprint.hex(),
        "closes_at": moment(job.closes_at),
    }
    # A draft is nobody's record: that it was written becomes one when it is told.
    record(job.author, "job.drafted", job, at=job.drafted_at, audience=Audience.BUYER, job=job)
    record(actor, "job.published", job, at=at, audience=Audience.ALL, job=job, facts=facts)
    text = f"You are invited to bid for “{job.title}”, until {spoken(job.closes_at)}."
    tell_bidders("job.published", job, text, at=at)
    return job


@transaction.atomic(savepoint=False)
def extend_job(*, actor: User, job_id: UUID, closes_at: datetime, at: datetime) -> Job:
    """
    Give bidders more time.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor is neither the clock nor publishes for its department.
    :raises NotPublished, AlreadyCancelled, AlreadyClosed, BiddingOver, DeadlineNotLater: no.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(actor.is_system or may_publish_for(actor, job.department))
    refuse_closed(job)
    assert job.closes_at is not None
    # Only the clock extends at the deadline itself, by a rule that was fixed before.
    if at >= job.closes_at and not actor.is_system:
        raise BiddingOver(f"Bidding on “{job.title}” ended at {spoken(job.closes_at)}.")
    if closes_at <= job.closes_at or closes_at <= at:
        raise DeadlineNotLater(f"The deadline is {spoken(job.closes_at)}; name a later one.")

    job.closes_at = closes_at
    job.extended_at = [*job.extended_at, at]
    change(job, "closes_at", "extended_at")
    facts = {"closes_at": moment(closes_at)}
    record(actor, "job.extended", job, at=at, audience=Audience.ALL, job=job, facts=facts)
    text = f"Bidding on “{job.title}” now ends at {spoken(closes_at)}."
    tell_bidders("job.extended", job, text, at=at)
    return job


@transaction.atomic(savepoint=False)
def close_job(*, actor: User, job_id: UUID, at: datetime) -> Job:
    """
    End the bidding, at the deadline or after it.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor is neither the clock nor publishes for its department.
    :raises NotPublished, AlreadyCancelled, AlreadyClosed, StillOpen: the rules say no.
    """
    return close_locked(actor=actor, job=Job.objects.visible_to(actor).lock(job_id), at=at)


def close_locked(*, actor: User, job: Job, at: datetime) -> Job:
    """Do `close_job` for a verb that holds the job's lock."""
    require(actor.is_system or may_publish_for(actor, job.department))
    refuse_closed(job)
    assert job.closes_at is not None
    if at < job.closes_at:
        raise StillOpen(f"Bids may come until {spoken(job.closes_at)}.")
    job.closed_at = at
    change(job, "closed_at")
    record(actor, "job.closed", job, at=at, audience=Audience.ALL, job=job)
    return job


@transaction.atomic(savepoint=False)
def mark_opened(*, actor: User, job_id: UUID, at: datetime) -> Job:
    """
    Say that the seals are open, and tell the department.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor is neither the clock nor publishes for its department.
    :raises AlreadyCancelled, NotClosed, AlreadyOpened: the rules say no.
    """
    return mark_locked_opened(actor=actor, job=Job.objects.visible_to(actor).lock(job_id), at=at)


def mark_locked_opened(*, actor: User, job: Job, at: datetime) -> Job:
    """Do `mark_opened` for a verb that holds the job's lock."""
    require(actor.is_system or may_publish_for(actor, job.department))
    if job.cancelled_at is not None:
        raise AlreadyCancelled("Nobody's sealed bid on a cancelled job is ever opened.")
    if job.closed_at is None:
        raise NotClosed(f"“{job.title}” is not closed yet.")
    if job.opened_at is not None:
        raise AlreadyOpened(f"The bids on “{job.title}” are open already.")
    job.opened_at = at
    change(job, "opened_at")
    record(actor, "job.opened", job, at=at, audience=Audience.ALL, job=job)
    tell(
        "job.opened",
        recipients=people_of_department(job.department),
        text=f"The bids on “{job.title}” are open.",
        because="you belong to the department",
        at=at,
        job=job,
        subject=job,
    )
    return job


@transaction.atomic(savepoint=False)
def mark_decided(*, actor: User, job_id: UUID, at: datetime) -> Job:
    """
    Say that a bid was chosen, or that none is: from now on nobody judges the bids anew, so that
    what a choice was made on stays what it was.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor does not publish for its department.
    :raises NotOpened, AlreadyDecided: the rules say no.
    """
    return mark_locked_decided(actor=actor, job=Job.objects.visible_to(actor).lock(job_id), at=at)


def mark_locked_decided(*, actor: User, job: Job, at: datetime) -> Job:
    """Do `mark_decided` for a verb that holds the job's lock."""
    require(may_publish_for(actor, job.department))
    if job.opened_at is None:
        raise NotOpened(f"The bids on “{job.title}” are not open yet.")
    if job.decided_at is not None:
        raise AlreadyDecided(f"“{job.title}” is decided already.")
    job.decided_at = at
    change(job, "decided_at")
    return job


@transaction.atomic(savepoint=False)
def cancel_job(*, actor: User, job_id: UUID, reason: str, at: datetime) -> Job:
    """
    End a published job without a choice. Bids still sealed stay so for ever.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor is neither the clock nor publishes for its department.
    :raises NotPublished, AlreadyCancelled, ReasonMissing: the rules say no.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(actor.is_system or may_publish_for(actor, job.department))
    if job.published_at is None:
        raise NotPublished(f"“{job.title}” is a draft; discard it.")
    if job.cancelled_at is not None:
        raise AlreadyCancelled(f"“{job.title}” is cancelled already.")
    if not reason.strip():
        raise ReasonMissing("Say why, for those who worked on a bid.")
    job.cancellation = keep(reason.strip(), at=at)
    job.cancelled_at, job.cancelled_by = at, actor
    change(job, "cancellation", "cancelled_at", "cancelled_by")
    facts = {"reason_digest": job.cancellation.digest.hex()}
    record(actor, "job.cancelled", job, at=at, audience=Audience.ALL, job=job, facts=facts)
    tell_bidders("job.cancelled", job, f"“{job.title}” is cancelled: {reason.strip()}", at=at)
    return job
