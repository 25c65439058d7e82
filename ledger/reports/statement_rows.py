"""A statement as the rows of a file: opening, each line with its balance, closing."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.text import slugify

from ledger.reports.columns import Column, columns
from ledger.reports.statement import Statement
from ledger.reports.statement_lines import StatementLine
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One row. What is shown and not charged has its own column, and moves no balance."""

    effective_on: date
    line: str  # opening, booked, shown, closing
    kind: str  # the entry's: charged, credited, …
    account_code: str
    job_reference: str
    job_title: str
    milestone_title: str
    provider_name: str
    department_name: str
    amount: Money | None
    shown: Money | None
    balance: Money | None  # since the fiscal year began, this row included
    entry_id: UUID | None
    currency: str


COLUMNS: tuple[Column[StatementRow], ...] = (
    *columns("effective_on", "line", "kind", "account_code", "job_reference", "job_title"),
    *columns("milestone_title", "provider_name", "department_name", "amount", "shown"),
    Column("balance", lambda row: row.balance, is_summed=False),
    *columns("entry_id", "currency"),
)  # of StatementRow


def rows_of(paper: Statement) -> Iterator[StatementRow]:
    """Return the same figures as the page, in its order."""
    yield _edge(paper, "opening", paper.since_on, paper.opening)
    balance = paper.opening
    for line in paper.lines:
        balance += line.amount
        yield _row(line, paper.currency, balance)
    for line in paper.shown:
        yield _row(line, paper.currency, None)
    yield _edge(paper, "closing", paper.until_on, paper.closing)


def file_name(paper: Statement) -> str:
    """Return what a file of it is called: whose it is, and of when."""
    whose = slugify(paper.name) or slugify(paper.cost_centre) or str(paper.of_id)
    since, until = paper.since_on, paper.until_on
    last = monthrange(since.year, since.month)[1]
    is_month = (since, until) == (since.replace(day=1), since.replace(day=last))
    when = f"{since:%Y-%m}" if is_month else f"{since:%Y-%m-%d}-{until:%Y-%m-%d}"
    return f"statement-{whose}-{when}"


def _edge(paper: Statement, line: str, on: date, balance: Money) -> StatementRow:
    is_department = bool(paper.cost_centre)
    return StatementRow(
        effective_on=on,
        line=line,
        kind="",
        account_code="",
        job_reference="",
        job_title="",
        milestone_title="",
        provider_name="" if is_department else paper.name,
        department_name=paper.name if is_department else "",
        amount=None,
        shown=None,
        balance=balance,
        entry_id=None,
        currency=paper.currency,
    )


def _row(line: StatementLine, currency: str, balance: Money | None) -> StatementRow:
    return StatementRow(
        effective_on=line.effective_on,
        line="shown" if line.is_shown else "booked",
        kind=line.kind,
        account_code=line.account_code,
        job_reference=line.job_reference,
        job_title=line.job_title,
        milestone_title=line.milestone_title,
        provider_name=line.provider_name,
        department_name=line.department_name,
        amount=None if line.is_shown else line.amount,
        shown=line.amount if line.is_shown else None,
        balance=balance,
        entry_id=line.entry_id,
        currency=currency,
    )
