"""What departments may spend, have promised, were charged, and have left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from ledger.models.budgets import BudgetLine
from ledger.models.journal import BudgetMovement
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import departments_to_read, reader_of
from marketplace.compiled import Kept
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


FIGURES = ("budget", "carried_in", "precommitted", "committed", "charged")
COLUMNS: tuple[Column[BudgetRow], ...] = columns(
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
    known: Known = NOW,
) -> tuple[BudgetRow, ...]:
    """
    Return the budget lines the actor may read: their own departments', or all for finance; as
    they stand now, or as they stood then: a line that nothing had moved yet was not there.

    :raises Unknown: `department_id` is no department whose budget the actor may read.
    """
    reader = reader_of(actor)
    if reader.reads_all_books and department_id is None and fiscal_year and known.is_now:
        return tuple(map(budget_row, _of_the_year.all(fiscal_year)))
    departments = departments_to_read(
        reader, department_id=department_id, include_children=include_children
    )
    lines = _in_order(BudgetLine.objects.filter(department__in=departments))
    if fiscal_year is not None:
        lines = lines.filter(fiscal_year=fiscal_year)
    return tuple(map(budget_row, lines if known.is_now else _then(lines, known)))


@Kept
def _of_the_year(fiscal_year: int) -> QuerySet[BudgetLine]:
    """What finance asks for most: all of a year."""
    return _in_order(BudgetLine.objects.filter(fiscal_year=fiscal_year))


def _in_order(lines: QuerySet[BudgetLine]) -> QuerySet[BudgetLine]:
    return lines.select_related("department", "category").order_by(
        "-fiscal_year", "department__name", "department", "currency", "category__name"
    )


def _then(lines: QuerySet[BudgetLine], known: Known) -> Iterator[BudgetLine]:
    """Yield lines with the figures that the entries of then come to."""
    moved = (
        BudgetMovement.objects.filter(known.of("entry__"), budget_line__in=lines.order_by())
        .values("budget_line")
        .annotate(**{f"{name}_then": Sum(f"{name}_minor") for name in FIGURES})
    )
    sums: dict[UUID, Any] = {one["budget_line"]: one for one in moved}
    for line in lines:
        if line.pk in sums:
            for name in FIGURES:
                setattr(line, f"{name}_minor", sums[line.pk][f"{name}_then"])
            yield line


def budget_row(line: BudgetLine) -> BudgetRow:
    """Return a line with its department and its kind of work."""

    def money(minor: int) -> Money:
        return Money(minor, line.currency)

    granted = line.budget_minor + line.carried_in_minor
    used = line.precommitted_minor + line.committed_minor + line.charged_minor
    return BudgetRow(
        line_id=line.pk,
        fiscal_year=line.fiscal_year,
        department_id=line.department_id,
        department_name=line.department.name,
        cost_centre=line.department.cost_centre,
        category_code=line.category.code if line.category else "",
        category_name=line.category.name if line.category else "",
        currency=line.currency,
        control=line.control,
        budget=money(line.budget_minor),
        carried_in=money(line.carried_in_minor),
        precommitted=money(line.precommitted_minor),
        committed=money(line.committed_minor),
        charged=money(line.charged_minor),
        available=money(granted - used),
        used_percent=(Decimal(100 * used) / granted).quantize(Decimal("0.1")) if granted else None,
    )
