"""Changes to a published job, which all bidders see and every bid must be confirmed after."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.calendar import spoken
from marketplace.history import Fact, moment, record
from marketplace.job_files import NewFile, keep_files
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.questions import Addendum
from marketplace.notices import tell_bidders
from marketplace.openness import refuse_not_open
from marketplace.permissions import may_publish_for
from marketplace.refusals import Refusal, require
from marketplace.words import keep


class TextMissing(Refusal):
    """An addendum says what changes."""

    code = "text_missing"
    field = "text"


class DeadlineNotLater(Refusal):
    """A deadline is moved away from bidders, never towards them."""

    code = "deadline_not_later"
    field = "closes_at"


@transaction.atomic(savepoint=False)
def add_addendum(
    *,
    actor: User,
    job_id: UUID,
    text: str,
    at: datetime,
    closes_at: datetime | None = None,
    files: Sequence[NewFile] = (),
) -> Addendum:
    """
    Change an open job, perhaps with further files. Every bid must be confirmed again, so the
    deadline moves if less than a quarter of the time is left.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor does not publish for its department.
    :raises TextMissing, NotPublished, AlreadyCancelled, BiddingOver, DeadlineNotLater: no.
    :raises FileNotTaken, FileTooLarge, TooManyFiles, FileNameTaken: a file.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(may_publish_for(actor, job.department))
    refuse_not_open(job, at)
    assert job.closes_at is not None
    assert job.published_at is not None
    if not text.strip():
        raise TextMissing("Say what changes.")
    quarter = (job.closes_at - job.published_at) / 4
    earliest = max(job.closes_at, at + quarter)
    deadline = closes_at or earliest
    if deadline < earliest:
        raise DeadlineNotLater(f"Leave time until {spoken(earliest)} to confirm bids.")

    addendum = Addendum.objects.create(
        job=job,
        number=job.addenda.count() + 1,
        text=text.strip(),
        added_by=actor,
        added_at=at,
        closes_at=deadline,
    )
    if deadline != job.closes_at:
        job.closes_at = deadline
        job.save(update_fields=["closes_at"])
    added = keep_files(actor=actor, job=job, files=files, addendum=addendum, at=at)
    words = keep(addendum.text, at=at)
    facts: dict[str, Fact] = {
        "number": addendum.number,
        "text_digest": words.digest.hex(),
        "closes_at": moment(deadline),
        **{f"file_{n}": bytes(one.sha256).hex() for n, one in enumerate(added, start=1)},
    }
    record(actor, "job.addendum", addendum, at=at, audience=Audience.ALL, job=job, facts=facts)
    notice = f"“{job.title}” has changed; confirm your bid until {spoken(deadline)}."
    tell_bidders("job.addendum", job, notice, at=at)
    return addendum
