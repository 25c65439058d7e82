"""What awards have promised of budgets, and what is still open of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.reports.columns import columns
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


COLUMNS = columns(
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
    raise NotImplementedError
