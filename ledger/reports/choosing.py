"""Who has an opened job until its choice, and until when: said here, for lists, pages and desks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from bids.models.panels import Agreement, FinalOpening, FinalRound
from ledger.models.awards import Award
from ledger.models.objections import Withdrawal
from ledger.models.signatures import ChoiceWanted
from ledger.reports.reading import Reader
from ledger.reports.states import State, noted
from marketplace.compiled import Kept
from marketplace.models.jobs import Job
from marketplace.models.panels import PanelSeat


@dataclass(frozen=True, slots=True)
class Choosing:
    """What keeps the head of a department from choosing yet, and how long bids hold."""

    waits_for: str  # nobody where the head has it
    until_on: date | None


def choice_notes(providers: Iterable[UUID]) -> dict[str, Any]:
    """Return, for a queryset of opened jobs, what `choosing` reads."""
    job = OuterRef("pk")
    standing = Q(bids__withdrawn_at=None)
    own = standing & Q(bids__provider__among=list(providers))
    return {
        "valid_until": Min("bids__opened__valid_until_on", filter=standing),
        "own_valid_until": Min("bids__opened__valid_until_on", filter=own),
        "has_panel": Exists(PanelSeat.objects.binding().filter(job=job)),
        "is_agreed": Exists(Agreement.objects.filter(job=job)),
        "asks_final": Exists(FinalRound.objects.filter(job=job)),
        "has_final": Exists(FinalOpening.objects.filter(round=job)),
        "is_wanted": Exists(ChoiceWanted.objects.filter(job=job, answer=None)),
    }


def choosing(job: Job, reader: Reader) -> Choosing:
    """
    Return who has a job that was annotated so. A bidder learns that a panel judges and how long
    the own bid holds; who is on a shortlist, what a head wants and how long others hold is not
    theirs to know.
    """
    judged = noted(job, "has_panel") and not noted(job, "is_agreed")
    if not (reader.buys(job.department_id) or reader.reads_all_books):
        return Choosing(
            waits_for="The panel" if judged else "", until_on=noted(job, "own_valid_until")
        )
    until = noted(job, "valid_until")
    if judged:
        return Choosing(waits_for="The panel", until_on=until)
    if noted(job, "asks_final") and not noted(job, "has_final"):
        return Choosing(waits_for="The bidders on the shortlist", until_on=until)
    return Choosing(waits_for="A second head" if noted(job, "is_wanted") else "", until_on=until)


def choosing_of(jobs: Iterable[Job], reader: Reader) -> dict[UUID, Choosing]:
    """Return the same for those of these jobs whose choice is to be made, in one statement."""
    waiting = (job.pk for job in jobs if noted(job, "state") == State.TO_CHOOSE)
    return choosing_of_opened(waiting, reader)


def choosing_of_opened(job_ids: Iterable[UUID], reader: Reader) -> dict[UUID, Choosing]:
    """Return the same for opened jobs."""
    ids = list(job_ids)
    if not ids:
        return {}
    return {job.pk: choosing(job, reader) for job in _opened.all(ids, list(reader.providers))}


@Kept
def _opened(jobs: list[UUID], providers: list[UUID]) -> QuerySet[Job]:
    found = Job.objects.filter(pk__among=jobs).only("department_id")
    return found.annotate(**choice_notes(providers))


def to_decide(job: str = "") -> Q:
    """Return the condition for a job that is not decided, or whose choice was withdrawn since."""
    decided_at = f"{job}__decided_at" if job else "decided_at"
    return Q(**{decided_at: None}) | Q(**{f"{job or 'pk'}__in": chosen_no_more()})


def chosen_no_more() -> QuerySet[Withdrawal, Any]:
    """
    Return the jobs decided on whose choice was withdrawn, so that another is to be made. Asked of
    the withdrawals, which are few: asked of the jobs, every award of the company is gone through.
    """
    stands = Award.objects.filter(job=OuterRef("award__job"))
    waiting = Withdrawal.objects.filter(~Exists(stands), award__job__no_award=None)
    return waiting.values("award__job")
