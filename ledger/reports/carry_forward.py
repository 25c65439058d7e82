"""What the end of a year would do now: each open promise and each budget with something left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from ledger.budgeting import line_of_estimate, open_estimates
from ledger.carrying import budget_behind, carry_forwards
from ledger.models.budgets import BudgetLine, Commitment
from ledger.models.years import OpenPromises, Unspent, YearEnd
from ledger.reports.columns import Column, columns
from ledger.reports.reading import departments_to_read, reader_of
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money

Stated = dict[UUID | None, tuple[Unspent, OpenPromises]]


@dataclass(frozen=True, slots=True)
class CarryRow:
    """One thing that passes into the next year, or does not."""

    department_id: UUID
    department_name: str
    category_name: str
    line_id: UUID
    job_id: UUID | None  # of an open promise or an estimate; None for a line's unspent budget
    job_title: str
    provider_name: str
    award_id: UUID | None  # whose promise it is
    amount: Money  # promised, or unspent
    policy: str  # lapse, carry, with_budget, without_budget
    carried_budget: Money  # what the new line is given
    new_available: Money  # what this does to what the new line has left


@dataclass(frozen=True, slots=True)
class CarryForwardPaper:
    """A year's end, before it is run, or what is left to run of it."""

    fiscal_year: int
    runs: int  # how often it was run
    rows: tuple[CarryRow, ...]


COLUMNS: tuple[Column[CarryRow], ...] = columns(
    *("department_name", "category_name", "job_title", "provider_name", "amount", "policy"),
    *("carried_budget", "new_available", "award_id", "line_id"),
    currency=lambda row: row.amount.currency,
)


def carry_forward(*, actor: User, fiscal_year: int) -> CarryForwardPaper:
    """Return what the end of a year would carry on or let lapse, of the books the actor reads."""
    departments = departments_to_read(reader_of(actor))
    lines = BudgetLine.objects.filter(fiscal_year=fiscal_year, department__in=departments)
    stated = carry_forwards(fiscal_year)
    rows = [
        *_promises(lines, stated),
        *_estimates(lines, fiscal_year, stated),
        *_unspent(lines, stated),
    ]
    rows.sort(key=lambda row: (row.department_name, row.category_name, row.job_title))
    runs = YearEnd.objects.filter(fiscal_year=fiscal_year).count()
    return CarryForwardPaper(fiscal_year, runs, tuple(rows))


def _promises(lines: QuerySet[BudgetLine], stated: Stated) -> Iterator[CarryRow]:
    standing = Commitment.objects.filter(
        budget_line__in=lines, followed_by=None, open_minor__gt=0
    ).select_related(
        "budget_line__department", "budget_line__category", "award__job", "award__provider"
    )
    for commitment in standing.defer("award__comparison", "award__job__need"):
        line = commitment.budget_line
        _unspent, policy = stated.get(line.department_id, stated[None])
        amount = Money(commitment.open_minor, line.currency)
        budget = budget_behind(amount, line, policy)
        award = commitment.award
        yield _row(
            line,
            award.job,
            amount=amount,
            policy=policy,
            budget=budget,
            provider_name=award.provider.name,
            award_id=award.pk,
        )


def _estimates(lines: QuerySet[BudgetLine], year: int, stated: Stated) -> Iterator[CarryRow]:
    known = {line.pk: line for line in lines.select_related("department", "category")}
    for estimate in open_estimates(year):
        line = known.get(line_of_estimate(estimate).pk)
        if line is None:
            continue
        _unspent, policy = stated.get(line.department_id, stated[None])
        amount = Money(estimate.amount_minor, line.currency)
        budget = budget_behind(amount, line, policy)
        yield _row(line, estimate.job, amount=amount, policy=policy, budget=budget)


def _unspent(lines: QuerySet[BudgetLine], stated: Stated) -> Iterator[CarryRow]:
    left = lines.filter(available_minor__gt=0)
    for line in left.select_related("department", "category"):
        policy, _promises = stated.get(line.department_id, stated[None])
        budget = line.available if policy == Unspent.CARRY else Money(0, line.currency)
        yield _row(line, None, amount=line.available, policy=policy, budget=budget)


def _row(
    line: BudgetLine,
    job: Job | None,
    *,
    amount: Money,
    policy: Unspent | OpenPromises,
    budget: Money,
    provider_name: str = "",
    award_id: UUID | None = None,
) -> CarryRow:
    return CarryRow(
        department_id=line.department_id,
        department_name=line.department.name,
        category_name=line.category.name if line.category else "",
        line_id=line.pk,
        job_id=job.pk if job else None,
        job_title=job.title if job else "",
        provider_name=provider_name,
        award_id=award_id,
        amount=amount,
        policy=str(policy),
        carried_budget=budget,
        new_available=budget - amount if job else budget,
    )
