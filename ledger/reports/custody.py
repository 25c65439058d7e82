"""Who has a job now, since when, by when, and what happens then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from bids.judging import PanelTooSmall, refuse_too_few
from ledger.models.awards import Award, Delivery, Milestone
from ledger.models.objections import Objection
from ledger.reports import states
from ledger.reports.choosing import Choosing
from ledger.reports.reading import Reader
from ledger.reports.states import State, noted
from ledger.standstill import ruling_due_at, standstill_until
from marketplace.compiled import Kept
from marketplace.holding import hold
from marketplace.models.jobs import Job
from marketplace.together import together

# In any other state nobody has work to do, and of an award no more is shown than whose it is.
AT_WORK = frozenset(
    {State.STANDSTILL, State.IN_DELIVERY, State.TO_RATE, State.DISPUTED, State.CANCELLED}
)
SILENCE = "Silence after that counts as acceptance."


@dataclass(frozen=True, slots=True)
class Custody:
    """Somebody has to act, or nobody: then `has_it` is empty."""

    has_it: str
    since_at: datetime
    due_at: datetime | None = None
    then: str = ""

    def is_late(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at


def works_of(job_ids: Iterable[UUID]) -> dict[UUID, Award]:
    """Return the awards of these jobs with their milestones and deliveries, in three statements."""
    awards = _awards.all(list(job_ids))
    milestones = hold(awards, "milestones", _milestones.all([each.pk for each in awards]))
    hold(milestones, "deliveries", _deliveries.all([each.pk for each in milestones]))
    return {award.job_id: award for award in awards}


@Kept
def _awards(jobs: list[UUID]) -> QuerySet[Award]:
    return (
        Award.objects.filter(job__among=jobs)
        .defer("comparison")
        .select_related("provider", "completion", "cancellation", "job__policy", "reason", "reveal")
        .select_related("standstill", "override", "replaces__reason", "replaces__provider")
        .defer("replaces__comparison")
    )


@Kept
def _milestones(awards: list[UUID]) -> QuerySet[Milestone]:
    found = Milestone.objects.filter(award__among=awards).select_related("acceptance")
    return found.order_by("position")


@Kept
def _deliveries(milestones: list[UUID]) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(milestone__among=milestones)
    return found.select_related("acceptance", "returned").order_by("delivered_at")


@Kept
def _settled(jobs: list[UUID]) -> QuerySet[Award]:
    named = Award.objects.filter(job__among=jobs).select_related("provider")
    return named.only("job_id", "chosen_at", "provider")


def works_listed(jobs: Iterable[Job]) -> dict[UUID, Award]:
    """Return the awards of a list of jobs: whole where somebody has work to do, else with names."""
    at_work: dict[bool, list[UUID]] = {True: [], False: []}
    for job in jobs:
        at_work[noted(job, "state") in AT_WORK].append(job.pk)
    whole, named = together(
        lambda: works_of(at_work[True]) if at_work[True] else {},
        lambda: _settled.all(at_work[False]) if at_work[False] else [],
    )
    return whole | {award.job_id: award for award in named}


def custody(
    job: Job, *, state: State, work: Award | None, reader: Reader, choice: Choosing | None = None
) -> Custody:
    """
    Return who has a job, as far as the reader may know; its department must be at hand, and
    where its choice is to be made, what `choosing` says.
    """
    if work is None and choice is not None:
        return to_choose(job, choice)
    if work is None:
        return _before_the_choice(job, state, reader)
    if state == State.IN_DELIVERY:
        return _at_work(work, job.department.name)
    if state == State.STANDSTILL:
        return _standing_still(work, job.department.name)
    return _after_the_work(work, state)


def _after_the_work(work: Award, state: State) -> Custody:
    if state == State.CANCELLED:
        return Custody("", work.cancellation.agreed_at)
    if state == State.DISPUTED:
        return Custody("Finance", work.chosen_at, None, "The dispute is settled.")
    if state == State.TO_RATE:
        since = work.completion.completed_at
        return Custody("Both sides", since, rate_until(work), "Both ratings are shown.")
    return Custody("", work.chosen_at)


def rate_until(work: Award) -> datetime:
    """Return the end of the rating time of finished work."""
    until: datetime = work.completion.completed_at + timedelta(days=work.job.policy.rating_days)
    return until


def waiting_delivery(milestone: Milestone) -> Delivery | None:
    """Return the delivery that is neither accepted nor returned."""
    for delivery in milestone.deliveries.all():
        if not hasattr(delivery, "acceptance") and not hasattr(delivery, "returned"):
            return delivery
    return None


def end_of(day: date | None) -> datetime | None:
    """Return the last second of a promised day, where the company is."""
    if day is None:
        return None
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(settings.TIME_ZONE))


def _before_the_choice(job: Job, state: State, reader: Reader) -> Custody:
    department = job.department.name
    match state:
        case State.DRAFT:
            return Custody(department, job.drafted_at, None, "The providers invited are told.")
        case State.OPEN:
            since = job.published_at or job.drafted_at
            return Custody("Bidders", since, job.closes_at, "All bids are opened together.")
        case State.CLOSED:
            since = job.closed_at or job.closes_at or job.drafted_at
            return Custody(opener(job, reader), since, None, "All bids are opened together.")
    return Custody("", job.cancelled_at or job.opened_at or job.drafted_at)


def to_choose(job: Job, choice: Choosing) -> Custody:
    """Return who has an opened job, and until when the bids hold that the reader may know."""
    who = choice.waits_for or f"The head of {job.department.name}"
    then = "Every bidder is told in the same minute."
    return Custody(who, job.opened_at or job.drafted_at, end_of(choice.until_on), then)


def opener(job: Job, reader: Reader) -> str:
    """
    Return who has a closed job: the clock, unless it waits for people. That two sign tells on
    which side of a limit the ceiling lies: a ceiling kept from bidders is kept here too.
    """
    reads_the_room = reader.buys(job.department_id) or reader.reads_all_books
    waits_for = noted(job, "opening_waits_for")
    if waits_for == states.PANEL:
        return "The panel, which declares its interests"
    if job.closed_at is not None and _has_too_few_judges(job):
        return f"{job.department.name}, which appoints judges"
    if waits_for == states.SIGNATURES and reads_the_room:
        return "Two people, who sign the opening"
    return "The clock"


def _has_too_few_judges(job: Job) -> bool:
    """Whether the opening is refused for it: the same is asked as there, for formal jobs alone."""
    try:
        refuse_too_few(job)
    except PanelTooSmall:
        return True
    return False


def _standing_still(work: Award, department: str) -> Custody:
    waiting = Objection.objects.open().filter(award=work).order_by("raised_at").first()
    if waiting is not None:
        then = "Work starts, or the choice is withdrawn."
        who = f"A head above {department}, or an auditor"
        return Custody(who, waiting.raised_at, ruling_due_at(waiting), then)
    then = "Work starts, unless a bidder objects before."
    return Custody("The clock", work.chosen_at, standstill_until(work), then)


def _at_work(work: Award, department: str) -> Custody:
    todo = [one for one in work.milestones.all() if not hasattr(one, "acceptance")]
    handed_over = [delivery for one in todo if (delivery := waiting_delivery(one))]
    if handed_over:
        first = min(handed_over, key=lambda delivery: delivery.silent_at)
        return Custody(department, first.delivered_at, first.silent_at, SILENCE)
    dues = [due for one in todo if (due := end_of(one.due_on))]
    then = "The department accepts or returns the work."
    return Custody(work.provider.name, work.chosen_at, min(dues, default=None), then)
