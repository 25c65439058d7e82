"""Charges that are contested, and the credits that came of it, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from ledger.models.awards import Dispute
from ledger.reports.columns import Column, columns
from ledger.reports.reading import reader_of
from marketplace.calendar import begin_of, end_of
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One contested charge, and what became of it."""

    dispute_id: UUID
    award_id: UUID
    job_id: UUID
    job_reference: str
    milestone_title: str
    department_name: str
    provider_name: str
    amount: Money
    reason: str
    raised_by: str
    raised_at: datetime
    days_open: int
    credit: Money | None  # None: still open
    credit_reason: str
    resolved_by: str
    resolved_at: datetime | None


COLUMNS: tuple[Column[DisputeRow], ...] = columns(
    *("raised_at", "job_reference", "milestone_title", "department_name", "provider_name"),
    *("amount", "reason", "raised_by", "days_open", "credit", "credit_reason", "resolved_by"),
    *("resolved_at", "dispute_id"),
    currency=lambda row: row.amount.currency,
)
CREDIT_COLUMNS: tuple[Column[DisputeRow], ...] = columns(
    *("resolved_at", "job_reference", "milestone_title", "department_name", "provider_name"),
    *("credit", "credit_reason", "resolved_by", "amount", "reason", "dispute_id"),
    currency=lambda row: row.amount.currency,
)


def disputes(*, actor: User, at: datetime, only_open: bool = True) -> tuple[DisputeRow, ...]:
    """Return the contested charges that the actor may see, the oldest first."""
    found = _readable(actor)
    if only_open:
        found = found.filter(resolution=None)
    return tuple(_row(one, at) for one in found.order_by("raised_at", "pk"))


def credit_notes(
    *, actor: User, at: datetime, since_on: date, until_on: date
) -> tuple[DisputeRow, ...]:
    """Return the charges reduced from one day to another, both included, the oldest first."""
    found = _readable(actor).filter(
        resolution__credit_minor__gt=0,
        resolution__resolved_at__range=(begin_of(since_on), end_of(until_on)),
    )
    return tuple(_row(one, at) for one in found.order_by("resolution__resolved_at", "pk"))


def _readable(actor: User) -> QuerySet[Dispute]:
    found = Dispute.objects.all()
    # Finance and auditors see all of them; asked once, not for each award.
    if not reader_of(actor).reads_all_books:
        found = Dispute.objects.visible_to(actor)
    return found.select_related(
        *("milestone__award__job", "milestone__award__department", "milestone__award__provider"),
        *("reason", "raised_by", "resolution__reason", "resolution__resolved_by"),
    ).defer("milestone__award__comparison", "milestone__award__job__need")


def _row(one: Dispute, at: datetime) -> DisputeRow:
    award = one.milestone.award
    resolution = getattr(one, "resolution", None)
    end = resolution.resolved_at if resolution else at
    return DisputeRow(
        dispute_id=one.pk,
        award_id=award.pk,
        job_id=award.job_id,
        job_reference=award.job.reference,
        milestone_title=one.milestone.title,
        department_name=award.department.name,
        provider_name=award.provider.name,
        amount=Money(one.amount_minor, award.currency),
        reason=one.reason.text,
        raised_by=one.raised_by.name,
        raised_at=one.raised_at,
        days_open=(end - one.raised_at).days,
        credit=Money(resolution.credit_minor, award.currency) if resolution else None,
        credit_reason=resolution.reason.text if resolution else "",
        resolved_by=resolution.resolved_by.name if resolution else "",
        resolved_at=resolution.resolved_at if resolution else None,
    )
