"""A statement as the rows of a file: opening, each line with its balance, promises, closing."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.text import slugify

from ledger.reports.columns import Column, columns
from ledger.reports.statement import OpenPromise, Statement
from ledger.reports.statement_lines import StatementLine
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class StatementRow:
    """
    One row. Amount and fee stand apart and move the balance together; what is shown and not
    charged, and what awards still promise, have columns of their own and move none.
    """

    effective_on: date  # of a promise: the day of the choice
    line: str  # opening, booked, shown, promised, closing
    kind: str  # the entry's: charged, credited, …
    account_code: str
    job_reference: str
    job_title: str
    milestone_title: str
    provider_name: str
    department_name: str
    amount: Money | None  # without the fee
    fee: Money | None
    shown: Money | None
    balance: Money | None  # since the fiscal year began, this row included
    corrects_period: int | None  # 202610: the earlier month that the line corrects
    open: Money | None  # of a promise: what is not charged yet
    proof: str
    entry_id: UUID | None
    currency: str


COLUMNS: tuple[Column[StatementRow], ...] = (
    *columns("effective_on", "line", "kind", "account_code", "job_reference", "job_title"),
    *columns("milestone_title", "provider_name", "department_name", "amount", "fee", "shown"),
    Column("balance", lambda row: row.balance, is_summed=False),
    *columns("corrects_period", "open", "proof", "entry_id", "currency"),
)  # of StatementRow


def rows_of(paper: Statement) -> Iterator[StatementRow]:
    """Return the same figures as the page, in its order; the promises before the closing."""
    yield _edge(paper, "opening", paper.since_on, paper.opening)
    balance = paper.opening
    for line in paper.lines:
        balance += line.moves
        yield _row(line, paper.currency, balance)
    for line in paper.shown:
        yield _row(line, paper.currency, None)
    for promise in paper.promises:
        yield _promise(promise, paper)
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
    return replace(
        _blank(line, on, paper.currency),
        provider_name="" if is_department else paper.name,
        department_name=paper.name if is_department else "",
        balance=balance,
    )


def _promise(promise: OpenPromise, paper: Statement) -> StatementRow:
    return replace(
        _blank("promised", promise.chosen_on, paper.currency),
        job_reference=promise.job_reference,
        job_title=promise.job_title,
        provider_name=promise.provider_name,
        department_name=paper.name,
        open=promise.open,
    )


def _blank(line: str, on: date, currency: str) -> StatementRow:
    return StatementRow(
        effective_on=on,
        line=line,
        kind="",
        account_code="",
        job_reference="",
        job_title="",
        milestone_title="",
        provider_name="",
        department_name="",
        amount=None,
        fee=None,
        shown=None,
        balance=None,
        corrects_period=None,
        open=None,
        proof="",
        entry_id=None,
        currency=currency,
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
        fee=line.fee,
        shown=line.amount if line.is_shown else None,
        balance=balance,
        corrects_period=line.corrects_period,
        open=None,
        proof=line.proof,
        entry_id=line.entry_id,
        currency=currency,
    )
