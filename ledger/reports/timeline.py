"""The life of one job as a line of facts; the same paper for the department and the bidders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.reports.states import State
from marketplace.models.people import User


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """Something that happened."""

    at: datetime
    kind: str  # the event's
    text: str  # “Question answered”
    who: str  # a name, or a side where the name is nobody's business
    detail: str
    words: str  # what somebody wrote: an answer, a reason
    promise: str  # kept, missed, or empty where nothing was promised
    promise_text: str


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """What comes: the first step is the one that waits now."""

    text: str
    who: str
    due_at: datetime | None
    is_late: bool
    then: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The life of a job."""

    job_id: UUID
    reference: str
    title: str
    state: State
    side: str  # buyer, provider, office
    department_name: str
    has_it: str
    since_at: datetime
    due_at: datetime | None
    then: str
    facts: tuple[TimelineFact, ...]
    steps: tuple[TimelineStep, ...]
    promises_kept: int
    promises_made: int
    award_id: UUID | None  # where the reader may see it


def timeline(*, actor: User, job_id: UUID, at: datetime) -> Timeline:
    """
    Return what happened to a job, as far as the actor may know it, and what comes next.

    :raises Unknown: the actor cannot see the job.
    """
    raise NotImplementedError
