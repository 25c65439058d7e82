"""What the clock does with bids: close what is due, open what is closed, and final rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import structlog

from bids.closing import close_due_job
from bids.discarding import forget_bid_drafts
from bids.final_opening import open_final_bids
from bids.opening import open_bids
from bids.witnesses import waits_for_people
from marketplace.models.jobs import Job
from marketplace.refusals import Refusal
from marketplace.system import the_clock

log = structlog.stdlib.get_logger("choicebook.bids")


def run(*, at: datetime) -> dict[str, int]:
    """Do what is due, each job in a transaction of its own, and return how much was done."""
    clock = the_clock()
    due = Job.objects.published().filter(closed_at=None, cancelled_at=None, closes_at__lte=at)
    closed = _each(due.order_by("closes_at"), lambda id: close_due_job(job_id=id, at=at))
    shut = Job.objects.filter(
        closed_at__lte=at, opened_at=None, cancelled_at=None, published_at__isnull=False
    )
    ready = (job for job in shut.order_by("closed_at") if not waits_for_people(job))
    opened = _each(ready, lambda id: open_bids(actor=clock, job_id=id, at=at))
    ended = Job.objects.filter(
        final_round__closes_at__lte=at, final_round__opening=None, decided_at=None
    )
    finals = _each(
        ended.order_by("final_round__closes_at"),
        lambda id: open_final_bids(actor=clock, job_id=id, at=at),
    )
    forget_bid_drafts(at=at)  # the last: nobody waits for it
    return {"jobs_at_their_deadline": closed, "jobs_opened": opened, "final_rounds": finals}


def _each(jobs: Iterable[Job], act: Callable[[UUID], object]) -> int:
    done = 0
    for job in jobs:
        try:
            act(job.pk)
        except Refusal as refusal:
            # Somebody cancelled or extended it meanwhile. The next job is still due.
            log.info("duty refused", job=str(job.pk), code=refusal.code)
        except Exception:  # whatever it was, the next job is still due
            log.exception("duty failed", job=str(job.pk))
        else:
            done += 1
    return done
