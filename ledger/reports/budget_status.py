"""What departments may spend, have promised, were charged, and have left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from ledger.models.budgets import BudgetLine
from ledger.models.journal import BudgetMovement
from ledger.reports.budget_beside import accrued_on, moved_on
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import departments_to_read, reader_of
from marketplace.compiled import Kept
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.together import together


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
    moved: Money  # of the budget: what other lines gave to it, less what it gave them
    carried_in: Money
    precommitted: Money
    committed: Money
    charged: Money
    accrued: Money  # handed over and neither accepted nor sent back, with the fee on it
    available: Money
    used_percent: Decimal | None  # of budget and carried in; None of nothing
    forecast: Money  # charged, committed, and what is accrued beyond the committed


FIGURES = ("budget", "carried_in", "precommitted", "committed", "charged")
COLUMNS: tuple[Column[BudgetRow], ...] = columns(
    "fiscal_year",
    "department_name",
    "cost_centre",
    "category_code",
    "currency",
    "control",
    "budget",
    "moved",
    "carried_in",
    "precommitted",
    "committed",
    "charged",
    "accrued",
    "available",
    "used_percent",
    "forecast",
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

    `forecast` is charged + committed + what is accrued beyond the committed: accepted work is
    taken from what was promised for it, so what waits within a promise is counted once.

    :raises Unknown: `department_id` is no department whose budget the actor may read.
    """
    reader = reader_of(actor)
    if reader.reads_all_books and department_id is None and fiscal_year and known.is_now:
        return budget_rows(_of_the_year.all(fiscal_year))
    departments = departments_to_read(
        reader, department_id=department_id, include_children=include_children
    )
    lines = _in_order(BudgetLine.objects.filter(department__in=departments))
    if fiscal_year is not None:
        lines = lines.filter(fiscal_year=fiscal_year)
    return budget_rows(lines if known.is_now else _then(lines, known), known)


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


def budget_rows(lines: Iterable[BudgetLine], known: Known = NOW) -> tuple[BudgetRow, ...]:
    """Return lines with what their own figures do not say."""
    found = list(lines)
    ids = [line.pk for line in found]
    moved, accrued = together(lambda: moved_on(ids, known), lambda: accrued_on(ids, known))
    return tuple(_row(line, moved.get(line.pk, 0), accrued.get(line.pk, 0)) for line in found)


def _row(line: BudgetLine, moved: int, accrued: int) -> BudgetRow:
    """Return a line with its department and its kind of work."""

    def money(minor: int) -> Money:
        return Money(minor, line.currency)

    granted = line.budget_minor + line.carried_in_minor
    used = line.precommitted_minor + line.committed_minor + line.charged_minor
    beyond = max(0, accrued - line.committed_minor)
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
        moved=money(moved),
        carried_in=money(line.carried_in_minor),
        precommitted=money(line.precommitted_minor),
        committed=money(line.committed_minor),
        charged=money(line.charged_minor),
        accrued=money(accrued),
        available=money(granted - used),
        used_percent=(Decimal(100 * used) / granted).quantize(Decimal("0.1")) if granted else None,
        forecast=money(line.charged_minor + line.committed_minor + beyond),
    )
