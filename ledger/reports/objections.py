"""The standstill after a choice, and what was objected to it, for those whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.models.objections import Objection
from ledger.permissions import may_decide_objection
from ledger.reports.reading import Reader, reader_of
from ledger.standstill import ruling_due_at, standstill_until
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.refusals import Unknown


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """What one bidder objected to, and how it was decided."""

    objection_id: UUID
    award_id: UUID
    provider_id: UUID
    provider_name: str
    about_name: str  # the provider chosen
    reason: str
    raised_by: str
    raised_at: datetime
    due_at: datetime  # promised to be decided until then
    upheld: bool | None  # None: it waits
    ruling: str
    decided_by: str
    decided_at: datetime | None
    can_decide: bool


@dataclass(frozen=True, slots=True)
class ObjectionPaper:
    """The standstill of a job's choice, with the objections that its reader may see."""

    job_id: UUID
    reference: str
    title: str
    department_name: str
    chosen_name: str  # empty where no choice stands
    chosen_at: datetime | None
    standstill_until: datetime | None
    is_over: bool  # the standstill, and every objection decided
    objections: tuple[ObjectionRow, ...]
    objecting_for: tuple[UUID, ...]  # own providers that may object now


def objections_paper(*, actor: User, job_id: UUID, at: datetime) -> ObjectionPaper:
    """
    Return the standstill of a job's choice and the objections to it: to its bidders their own.

    :raises Unknown: the actor cannot see the job, or has no part in its choice.
    """
    job = Job.objects.visible_to(actor).select_related("department").one(job_id)
    reader = reader_of(actor)
    own = _bidding(reader, job)
    if not (own or reader.buys(job.department_id) or reader.reads_all_books):
        raise Unknown("There is no such job.")
    award = Award.objects.filter(job=job).select_related("standstill", "provider").first()
    until = standstill_until(award) if award else None
    waits = Objection.objects.open().filter(award__job=job).exists()
    rows = _rows(actor, job)
    return ObjectionPaper(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        department_name=job.department.name,
        chosen_name=award.provider.name if award else "",
        chosen_at=award.chosen_at if award else None,
        standstill_until=until,
        is_over=award is not None and not waits and (until is None or at >= until),
        objections=rows,
        objecting_for=tuple(_objecting(own & reader.leads, award, rows, at=at)),
    )


def _objecting(
    leads: set[UUID], award: Award | None, rows: tuple[ObjectionRow, ...], *, at: datetime
) -> Iterator[UUID]:
    until = standstill_until(award) if award else None
    if award is None or until is None or at >= until:
        return
    objected = {row.provider_id for row in rows if row.award_id == award.pk}
    yield from sorted(leads - objected - {award.provider_id}, key=str)


def _bidding(reader: Reader, job: Job) -> set[UUID]:
    if job.opened_at is None:
        return set()
    bids = Bid.objects.standing().filter(job=job, provider__in=reader.providers)
    return set(bids.values_list("provider_id", flat=True))


def _rows(actor: User, job: Job) -> tuple[ObjectionRow, ...]:
    seen = Objection.objects.visible_to(actor).filter(award__job=job)
    waiting = set(seen.open().values_list("pk", flat=True))
    found = seen.select_related(
        *("provider", "reason", "raised_by", "ruling__reason", "ruling__decided_by"),
        *("award__provider", "award__job", "award__department"),
    ).defer("award__comparison", "award__job__need")
    decides = {
        award: may_decide_objection(actor, award)
        for award in {one.award for one in found if one.pk in waiting}
    }
    return tuple(
        _row(one, can_decide=one.pk in waiting and decides[one.award])
        for one in sorted(found, key=lambda one: one.raised_at)
    )


def _row(one: Objection, *, can_decide: bool) -> ObjectionRow:
    ruling = getattr(one, "ruling", None)
    return ObjectionRow(
        objection_id=one.pk,
        award_id=one.award_id,
        provider_id=one.provider_id,
        provider_name=one.provider.name,
        about_name=one.award.provider.name,
        reason=one.reason.text,
        raised_by=one.raised_by.name,
        raised_at=one.raised_at,
        due_at=ruling_due_at(one),
        upheld=ruling.upheld if ruling else None,
        ruling=ruling.reason.text if ruling else "",
        decided_by=ruling.decided_by.name if ruling else "",
        decided_at=ruling.decided_at if ruling else None,
        can_decide=can_decide,
    )
