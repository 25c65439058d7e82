"""What awards have promised of budgets, and what is still open of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from ledger.models.awards import Milestone
from ledger.models.budgets import Commitment
from ledger.reports.columns import Column, columns
from ledger.reports.reading import departments_to_read, reader_of
from ledger.reports.states import noted
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One award's part of a budget line."""

    award_id: UUID
    job_id: UUID
    job_reference: str
    job_title: str
    department_id: UUID
    department_name: str
    provider_id: UUID
    provider_name: str
    fiscal_year: int
    currency: str
    chosen_at: datetime
    original: Money
    change_orders: Money
    liquidated: Money
    released: Money
    open: Money
    age_days: int
    next_due_on: date | None  # the next milestone not yet accepted


COLUMNS: tuple[Column[CommitmentRow], ...] = columns(
    "job_reference",
    "job_title",
    "department_name",
    "provider_name",
    "fiscal_year",
    "currency",
    "chosen_at",
    "original",
    "change_orders",
    "liquidated",
    "released",
    "open",
    "age_days",
    "next_due_on",
)


def commitments(
    *,
    actor: User,
    at: datetime,
    fiscal_year: int | None = None,
    department_id: UUID | None = None,
    include_children: bool = False,
    only_open: bool = True,
) -> tuple[CommitmentRow, ...]:
    """
    Return the commitments of the budgets the actor may read, oldest first.

    :raises Unknown: `department_id` is no department whose budget the actor may read.
    """
    departments = departments_to_read(
        reader_of(actor), department_id=department_id, include_children=include_children
    )
    due = Milestone.objects.filter(award=OuterRef("award"), acceptance=None, due_on__isnull=False)
    found = (
        Commitment.objects.filter(budget_line__department__in=departments)
        .annotate(next_due_on=Subquery(due.order_by("due_on").values("due_on")[:1]))
        .select_related("award__job", "award__provider", "budget_line__department")
        .defer("award__comparison", "award__job__need")
        .order_by("award__chosen_at", "pk")
    )
    if fiscal_year is not None:
        found = found.filter(budget_line__fiscal_year=fiscal_year)
    if only_open:
        found = found.filter(open_minor__gt=0)
    return tuple(_row(commitment, at) for commitment in found)


def _row(commitment: Commitment, at: datetime) -> CommitmentRow:
    award, line = commitment.award, commitment.budget_line

    def money(minor: int) -> Money:
        return Money(minor, line.currency)

    return CommitmentRow(
        award_id=award.pk,
        job_id=award.job_id,
        job_reference=award.job.reference,
        job_title=award.job.title,
        department_id=line.department_id,
        department_name=line.department.name,
        provider_id=award.provider_id,
        provider_name=award.provider.name,
        fiscal_year=line.fiscal_year,
        currency=line.currency,
        chosen_at=award.chosen_at,
        original=money(commitment.original_minor),
        change_orders=money(commitment.adjusted_minor),
        liquidated=money(commitment.liquidated_minor),
        released=money(commitment.released_minor),
        open=money(commitment.open_minor),
        age_days=(at - award.chosen_at).days,
        next_due_on=noted(commitment, "next_due_on"),
    )
