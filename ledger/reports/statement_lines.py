"""The lines of a statement: each charge and credit between two days, in the order of the books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.models.journal import Book, EntryKind, Posting
from ledger.periods import period_of
from ledger.posting import account_ids
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
    is_shown: bool  # in a month of showback: shown, not charged


COLUMNS = (
    *("entry__public_id", "entry__posted_at", "entry__effective_on", "entry__kind"),
    *("account__code", "account__name", "account__book"),
    *("job", "job__reference", "job__title", "milestone__title", "department__name"),
    *("provider", "provider__name", "debit_minor", "credit_minor", "currency"),
)


def accounts(codes: Iterable[str]) -> list[int]:
    """Return the ids of accounts. Asked by id, the index of postings by account is used."""
    return [account_ids()[code] for code in codes]


def between(since_on: date, until_on: date) -> Q:
    """Return what finds the postings of some days, both included: by their months first."""
    # Nothing but the adjusting period, a year's last day, comes between December and January.
    until = period_of(until_on) + (until_on.month == 12)
    return Q(
        period__gte=period_of(since_on),
        period__lte=until,
        entry__effective_on__range=(since_on, until_on),
    )


def lines_of(
    postings: QuerySet[Posting], since_on: date, until_on: date, sign: int
) -> tuple[StatementLine, ...]:
    """Return these postings of some days; `sign` tells which side counts."""
    rows = (
        postings.filter(between(since_on, until_on))
        .order_by("entry__effective_on", "entry_id", "line")
        .values_list(*COLUMNS)
    )
    return tuple(_line(row, sign) for row in rows)


def _line(row: tuple[Any, ...], sign: int) -> StatementLine:
    *entry, code, name, book, job_id, reference, title, milestone, department = row[:12]
    provider_id, provider, debit_minor, credit_minor, currency = row[12:]
    entry_id, posted_at, effective_on, kind = entry
    return StatementLine(
        entry_id=entry_id,
        posted_at=posted_at,
        effective_on=effective_on,
        kind=kind,
        kind_label=EntryKind(kind).label,
        account_code=code,
        account_name=name,
        job_id=job_id,
        job_reference=reference or "",
        job_title=title or "",
        milestone_title=milestone or "",
        department_name=department or "",
        provider_id=provider_id,
        provider_name=provider or "",
        amount=Money(sign * (debit_minor - credit_minor), currency),
        is_shown=book == Book.MEMO,
    )
