"""What a department was charged, and what a provider earned, line by line, in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.reports.columns import columns
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One charge or credit."""

    entry_id: UUID
    posted_at: datetime
    effective_on: date
    kind: str  # the entry's: charged, credited, …
    kind_label: str
    account_code: str
    account_name: str
    job_id: UUID | None
    job_reference: str
    job_title: str
    milestone_title: str
    department_name: str
    provider_id: UUID | None
    provider_name: str
    amount: Money  # negative when money came back


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """What an award still holds of the budget."""

    award_id: UUID
    job_id: UUID
    job_title: str
    provider_name: str
    open: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """Opening, lines, closing; all in one currency."""

    of_id: UUID
    name: str
    cost_centre: str  # empty for a provider
    currency: str
    currencies: tuple[str, ...]  # in which there is anything to state
    since_on: date
    until_on: date  # that day included
    is_final: bool  # each month in it is closed
    opening: Money  # since the fiscal year began
    lines: tuple[StatementLine, ...]
    charges: Money
    credits: Money  # negative or zero
    closing: Money
    promises: tuple[OpenPromise, ...]
    promised: Money


COLUMNS = columns(
    "effective_on",
    "kind",
    "account_code",
    "job_reference",
    "job_title",
    "milestone_title",
    "provider_name",
    "department_name",
    "amount",
    "entry_id",
    currency=lambda line: line.amount.currency,
)


def statement(
    *,
    actor: User,
    department_id: UUID,
    since_on: date,
    until_on: date,
    currency: str = "",  # the department's own when empty
) -> Statement:
    """
    Return what a department was charged from one day to another, both included.

    :raises Unknown: the actor cannot see the department.
    :raises Forbidden: the books of this department are not the actor's to read.
    """
    raise NotImplementedError


def provider_statement(
    *, actor: User, provider_id: UUID, since_on: date, until_on: date, currency: str = ""
) -> Statement:
    """
    Return what a team recovered, or a vendor is owed, from one day to another. `amount` is what
    came in; a credit to the department is negative.

    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: the income of this provider is not the actor's to read.
    """
    raise NotImplementedError
