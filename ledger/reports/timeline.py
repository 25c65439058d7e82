"""The life of one job as a line of facts; the same paper for the department and the bidders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.models.awards import Award
from ledger.reports.choosing import choosing_of
from ledger.reports.custody import Custody, custody, end_of, waiting_delivery, works_of
from ledger.reports.reading import Reader, reader_of
from ledger.reports.states import State, noted, with_state
from ledger.reports.timeline_facts import KEPT, TimelineFact, timeline_facts
from marketplace.models.jobs import Job, Procedure
from marketplace.models.people import User
from marketplace.together import together

__all__ = ["Timeline", "TimelineFact", "TimelineStep", "timeline"]


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
    reader = reader_of(actor)
    jobs = with_state(Job.objects.visible_to(actor), at=at, reader=reader)
    job = jobs.select_related("department", "policy", "cancellation").one(job_id)
    state = State(noted(job, "state"))
    works, choices, reads = together(
        lambda: works_of([job.pk]),
        lambda: choosing_of([job], reader),
        lambda: Job.objects.readable_to(actor).filter(pk=job.pk).exists(),
    )
    work = works.get(job.pk)
    seen = work if work is not None and _sees_the_work(reader, work) else None
    now = custody(job, state=state, work=work, reader=reader, choice=choices.get(job.pk))
    facts = timeline_facts(reader, job, seen) if reads else ()  # an administrator: the state alone
    promised = [fact for fact in facts if fact.promise]
    return Timeline(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        state=state,
        side=reader.side(job.department_id),
        department_name=job.department.name,
        has_it=now.has_it,
        since_at=now.since_at,
        due_at=now.due_at,
        then=now.then,
        facts=facts,
        steps=tuple(_steps(job, state, now, seen, at)),
        promises_kept=sum(fact.promise == KEPT for fact in promised),
        promises_made=len(promised),
        award_id=seen.pk if seen else None,
    )


def _sees_the_work(reader: Reader, work: Award) -> bool:
    return (
        reader.reads_all_books
        or reader.buys(work.department_id)
        or work.provider_id in reader.providers
    )


def _steps(
    job: Job, state: State, now: Custody, work: Award | None, at: datetime
) -> Iterator[TimelineStep]:
    """Return what waits now, then what comes in the usual course of things."""
    if not now.has_it:
        return
    yield TimelineStep(NOW[state], now.has_it, now.due_at, now.is_late(at), now.then)
    department, formal = job.department.name, job.procedure == Procedure.FORMAL
    coming = [
        (State.DRAFT, "The job is published", department),
        (State.OPEN, "Bids are closed and opened", "The clock"),
        (State.TO_CHOOSE, "A bid is chosen", department),
        *([(State.STANDSTILL, "The standstill is over", "The clock")] if formal else []),
        (State.IN_DELIVERY, "The work is delivered and accepted", "Both sides"),
        (State.TO_RATE, "Both sides rate", "Both sides"),
    ]
    order = [State.DRAFT, State.OPEN, State.CLOSED, State.TO_CHOOSE, State.STANDSTILL]
    order += [State.IN_DELIVERY, State.DISPUTED, State.TO_RATE]
    if state == State.IN_DELIVERY and work is not None:
        yield from _milestones_to_come(work, now)
    for step, text, who in coming:
        if order.index(step) > order.index(state):
            yield TimelineStep(text, who, None, is_late=False, then="")


def _milestones_to_come(work: Award, now: Custody) -> Iterator[TimelineStep]:
    for milestone in work.milestones.all():
        due_at = end_of(milestone.due_on)
        is_done = hasattr(milestone, "acceptance") or waiting_delivery(milestone) is not None
        if not is_done and due_at != now.due_at:
            text = f"“{milestone.title}” is delivered"
            yield TimelineStep(text, work.provider.name, due_at, is_late=False, then="")


NOW = {
    State.DRAFT: "A draft is being written",
    State.OPEN: "Open for bids",
    State.CLOSED: "Sealed, waiting for the opening",
    State.TO_CHOOSE: "A bid is being chosen",
    State.STANDSTILL: "A bid is chosen; bidders may object",
    State.IN_DELIVERY: "Work is going on",
    State.DISPUTED: "A charge is contested",
    State.TO_RATE: "The work is being rated",
}
