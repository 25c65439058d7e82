"""Whether bidders may still act on a job, and the refusals that say why not."""

from datetime import datetime

from marketplace.models.jobs import Job
from marketplace.refusals import Refusal


class NotPublished(Refusal):
    """A draft has no bidders yet."""

    code = "not_published"


class AlreadyCancelled(Refusal):
    """The job is cancelled."""

    code = "already_cancelled"


class AlreadyClosed(Refusal):
    """The job is closed."""

    code = "already_closed"


class BiddingOver(Refusal):
    """After the deadline nothing changes for bidders."""

    code = "bidding_over"


def refuse_closed(job: Job) -> None:
    """Refuse unless the job is published and neither cancelled nor closed."""
    if job.published_at is None:
        raise NotPublished(f"“{job.title}” is not published yet.")
    if job.cancelled_at is not None:
        raise AlreadyCancelled(f"“{job.title}” is cancelled.")
    if job.closed_at is not None:
        raise AlreadyClosed(f"“{job.title}” is closed already.")


def refuse_not_open(job: Job, at: datetime) -> None:
    """Refuse unless a bid that arrived at this moment would be in time."""
    refuse_closed(job)
    if not job.accepts_bids(at):
        raise BiddingOver(f"Bidding on “{job.title}” is over.")
