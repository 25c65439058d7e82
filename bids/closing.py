"""What the clock does at a deadline: extend by the rules fixed at publication, end, or close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.bidding import last_addendum
from bids.models.bids import Bid, FewBids
from bids.rooting import root_bids
from bids.witnesses import ask_for_signatures
from marketplace.calendar import business_days_after
from marketplace.models.events import Event
from marketplace.models.jobs import Job, TooFewRule
from marketplace.openness import refuse_closed
from marketplace.publishing import StillOpen, cancel_job, close_locked, extend_job
from marketplace.questions import unanswered
from marketplace.system import CLOCK_ID, the_clock

QUESTION_EXTENSIONS_MOST = 2
QUESTION_EXTENSION_DAYS = 1
FEW_BIDS_EXTENSION_DAYS = 3

CLOSED, EXTENDED, ENDED = "closed", "extended", "ended"


@dataclass(frozen=True, slots=True)
class Closing:
    """What a deadline led to: the job is closed, has more time, or ended without a choice."""

    job_id: UUID
    outcome: str
    closes_at: datetime


@transaction.atomic(savepoint=False)
def close_due_job(*, job_id: UUID, at: datetime) -> Closing:
    """
    Do what is due at a job's deadline. The rules were fixed at publication; nobody decides here.

    :raises Unknown: there is no such job.
    :raises NotPublished, AlreadyCancelled, AlreadyClosed, StillOpen: nothing is due.
    """
    clock = the_clock()
    job = Job.objects.visible_to(clock).lock(job_id)
    refuse_closed(job)
    assert job.closes_at is not None
    if at < job.closes_at:
        raise StillOpen(f"Bids on “{job.title}” may still come.")

    if unanswered(job) and _question_extensions(job) < QUESTION_EXTENSIONS_MOST:
        until = business_days_after(max(at, job.closes_at), QUESTION_EXTENSION_DAYS)
        extend_job(actor=clock, job_id=job.pk, closes_at=until, at=at)
        return Closing(job.pk, EXTENDED, until)
    if job.too_few_rule != TooFewRule.GO_ON and _stands_firm(job) < job.bids_wanted:
        if job.too_few_rule == TooFewRule.EXTEND_ONCE and not _was_extended_for_few(job):
            until = business_days_after(max(at, job.closes_at), FEW_BIDS_EXTENSION_DAYS)
            extend_job(actor=clock, job_id=job.pk, closes_at=until, at=at)
            FewBids.objects.create(job=job, extended_at=at, closes_at=until)
            return Closing(job.pk, EXTENDED, until)
        if job.too_few_rule == TooFewRule.END:
            reason = f"Fewer than {job.bids_wanted} bids came, and the job said that this ends it."
            cancel_job(actor=clock, job_id=job.pk, reason=reason, at=at)
            root_bids(actor=clock, job=job, at=at)
            return Closing(job.pk, ENDED, job.closes_at)
    close_locked(actor=clock, job=job, at=at)
    root_bids(actor=clock, job=job, at=at)
    ask_for_signatures(job, at=at)
    return Closing(job.pk, CLOSED, job.closes_at)


def _question_extensions(job: Job) -> int:
    # The clock's own: a head who gave more time has answered nothing by it.
    by_clock = Event.objects.filter(job=job, kind="job.extended", actor=CLOCK_ID)
    return by_clock.count() - int(_was_extended_for_few(job))


def _was_extended_for_few(job: Job) -> bool:
    return FewBids.objects.filter(job=job).exists()


def _stands_firm(job: Job) -> int:
    """Return how many providers have a bid that would not be out for want of a confirmation."""
    firm = Bid.objects.standing().filter(job=job, confirmed_addendum__gte=last_addendum(job))
    return firm.values("provider_id").distinct().count()
