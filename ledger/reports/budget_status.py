"""What departments may spend, have promised, were charged, and have left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ledger.reports.columns import columns
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget line."""

    line_id: UUID
    fiscal_year: int
    department_id: UUID
    department_name: str
    cost_centre: str
    category_code: str  # empty for all kinds of work
    category_name: str
    currency: str
    control: str  # hard, tracked
    budget: Money
    carried_in: Money
    precommitted: Money
    committed: Money
    charged: Money
    available: Money
    used_percent: Decimal | None  # of budget and carried in; None of nothing


COLUMNS = columns(
    "fiscal_year",
    "department_name",
    "cost_centre",
    "category_code",
    "currency",
    "control",
    "budget",
    "carried_in",
    "precommitted",
    "committed",
    "charged",
    "available",
    "used_percent",
)


def budget_status(
    *,
    actor: User,
    fiscal_year: int | None = None,
    department_id: UUID | None = None,
    include_children: bool = False,
) -> tuple[BudgetRow, ...]:
    """
    Return the budget lines the actor may read: their own departments', or all for finance.

    :raises Unknown: `department_id` is no department whose budget the actor may read.
    """
    raise NotImplementedError
