"""Where the publication of a draft stands: one head's, or waiting for a second one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.models.publications import PublicationAnswer, PublishingLimit
from ledger.reports.reading import reader_of
from ledger.reports.second_heads import kept_from_publishing, who_signs
from ledger.signing import published_above, waiting_publication
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.permissions import may_administer, may_publish_for
from marketplace.refusals import require


@dataclass(frozen=True, slots=True)
class PublicationStage:
    """Why a second head signs, if one does; who wants it published, and what came back last."""

    why: str
    wanted_id: UUID | None
    wanted_by: str
    wanted_at: datetime | None
    estimate: Money | None  # what would be reserved: the signature covers it
    may_want: bool
    may_sign: bool
    who_signs: str  # while it waits: or why nobody can
    sent_back: str  # what the second head said last, while nothing waits
    sent_back_by: str


@dataclass(frozen=True, slots=True)
class PublishingLimitRow:
    """Above which amounts a second head signs what a department publishes."""

    limit_id: UUID
    department_id: UUID
    department_name: str
    job_limit: Money | None
    year_limit: Money | None
    reason: str
    stated_by: str
    stated_at: datetime
    is_in_force: bool


def publication_stage(*, actor: User, job_id: UUID, at: datetime) -> PublicationStage:
    """Return it. :raises Unknown: there is no such job of the actor's departments."""
    jobs = Job.objects.of_department_of(actor).select_related("department", "policy", "category")
    job = jobs.one(job_id)
    why = "" if job.published_at else published_above(job, at=at)
    wanted = waiting_publication(job)
    heads = may_publish_for(actor, job.department)
    answers = PublicationAnswer.objects.filter(wanted__job=job, reason__isnull=False)
    back = answers.select_related("reason", "answered_by").order_by("-answered_at").first()
    said = back if wanted is None and job.published_at is None else None
    kept_off = kept_from_publishing([job])[job.pk] if wanted else set()
    return PublicationStage(
        why=why,
        wanted_id=wanted.pk if wanted else None,
        wanted_by=wanted.wanted_by.name if wanted else "",
        wanted_at=wanted.wanted_at if wanted else None,
        estimate=Money(wanted.estimate_minor, job.currency)
        if wanted and wanted.estimate_minor is not None
        else None,
        may_want=heads and bool(why) and wanted is None,
        may_sign=heads and wanted is not None and actor.pk not in {wanted.wanted_by_id, *kept_off},
        who_signs=who_signs(job.department, wanted.wanted_by_id, kept_off) if wanted else "",
        sent_back=said.reason.text if said and said.reason else "",
        sent_back_by=said.answered_by.name if said else "",
    )


def publishing_limits(*, actor: User) -> tuple[PublishingLimitRow, ...]:
    """
    Return every limit stated, by department, the latest first.

    :raises Forbidden: they are for finance, auditors and administrators.
    """
    require(reader_of(actor).reads_all_books or may_administer(actor))
    stated = PublishingLimit.objects.select_related("department", "reason", "stated_by")
    rows, seen = [], set()
    for one in stated.order_by("department__name", "department_id", "-stated_at", "-pk"):
        currency = one.department.currency
        rows.append(
            PublishingLimitRow(
                limit_id=one.pk,
                department_id=one.department_id,
                department_name=one.department.name,
                job_limit=None if one.job_minor is None else Money(one.job_minor, currency),
                year_limit=None if one.year_minor is None else Money(one.year_minor, currency),
                reason=one.reason.text,
                stated_by=one.stated_by.name,
                stated_at=one.stated_at,
                is_in_force=one.department_id not in seen,
            )
        )
        seen.add(one.department_id)
    return tuple(rows)
