"""What a provider can point to: its last jobs, how often it was chosen, what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.reports.needs import Counted
from ledger.reports.opinions import revealed
from ledger.reports.reading import Reader
from marketplace.models.jobs import Job
from marketplace.money import Money

LAST = 10


@dataclass(frozen=True, slots=True)
class LastJob:
    """A job the provider was chosen for."""

    job_id: UUID
    title: str
    department_name: str
    chosen_at: datetime
    price: Money | None  # where the reader may know it


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote with a rating, after the reveal."""

    job_title: str
    department_name: str
    text: str
    rated_at: datetime


def chosen_of(provider_id: UUID) -> Counted:
    """Return how many of a provider's opened bids were chosen, where a choice was made."""
    bids = Bid.objects.standing().filter(provider=provider_id, opened__isnull=False)
    decided = bids.filter(Exists(Award.objects.filter(job=OuterRef("job"))))
    stands = Exists(Award.objects.filter(bid=OuterRef("pk")))
    counts = decided.aggregate(part=Count("pk", filter=stands), whole=Count("pk"))
    return Counted(counts["part"], counts["whole"])


def last_jobs(reader: Reader, provider_id: UUID) -> tuple[LastJob, ...]:
    """Return the newest jobs a provider was chosen for, of those the reader may see."""
    awards = (
        Award.objects.filter(provider=provider_id)
        .filter(_may_know(reader))
        .filter(job__in=Job.objects.visible_to(reader.user).values("pk"))
        .select_related("job", "department")
        .defer("comparison", "job__need")
        .order_by("-chosen_at", "-pk")[:LAST]
    )
    return tuple(
        LastJob(
            job_id=award.job_id,
            title=award.job.title,
            department_name=award.department.name,
            chosen_at=award.chosen_at,
            price=award.price
            if reader.reads_all_books
            or reader.buys(award.department_id)
            or provider_id in reader.incomes
            else None,
        )
        for award in awards
    )


def _may_know(reader: Reader) -> Q:
    """Who was chosen is known to the department, to who bid, to finance and to auditors."""
    if reader.reads_all_books:
        return Q()
    own = Bid.objects.standing().filter(job=OuterRef("job"), provider__in=reader.providers)
    return Q(department__in=reader.departments) | Q(Exists(own))


def remarks(reader: Reader, provider_id: UUID, *, tells_all: bool) -> tuple[Remark, ...]:
    """Return what was written of a provider; to a department, what it wrote itself."""
    said = revealed().filter(award__provider=provider_id, text__isnull=False)
    if not tells_all:
        said = said.filter(award__department__in=reader.departments)
    said = said.select_related("text", "award__job", "award__department")
    said = said.defer("award__comparison", "award__job__need").order_by("-rated_at")[:LAST]
    return tuple(
        Remark(
            job_title=rating.award.job.title,
            department_name=rating.award.department.name,
            text=rating.text.text,
            rated_at=rating.rated_at,
        )
        for rating in said
        if rating.text and rating.text.text
    )
