"""Lines of the journal by the thousand, for a file: as rows of one question, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from ledger.models.journal import Posting
from ledger.reports.reading import Reader
from ledger.reports.statement import EARNED
from marketplace.money import Money

COLUMNS = (
    *("entry", "line", "account__code", "account__name", "account__book"),
    *("department", "department__name", "provider", "provider__name", "category__code"),
    *("job", "job__title", "currency", "debit_minor", "credit_minor"),
)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A debit or a credit; the other side is None."""

    line: int
    account_code: str
    account_name: str
    book: str
    department_id: UUID | None
    department_name: str
    provider_id: UUID | None
    provider_name: str
    category_code: str
    job_id: UUID | None
    job_title: str
    currency: str
    debit: Money | None
    credit: Money | None


def theirs(reader: Reader) -> Q:
    """Return what finds the postings that the reader may read: theirs as heads, their income."""
    if reader.reads_all_books:
        return Q()
    earned = Q(provider__in=reader.incomes, account__code__in=EARNED)
    return Q(department__in=reader.headed) | earned


def lines_read_by(reader: Reader, entries: Sequence[int]) -> Iterator[tuple[int, JournalLine]]:
    """Yield the lines of some entries, the last booked first, each with its entry's number."""
    postings = Posting.objects.filter(theirs(reader), entry__in=entries)
    rows = postings.order_by(F("entry").desc(), "line").values_list(*COLUMNS)
    for entry, *named, debit, credit in rows:
        line, code, account, book, department, bought_by, provider, done_by, category = named[:9]
        job, title, currency = named[9:]
        yield (
            entry,
            JournalLine(
                line=line,
                account_code=code,
                account_name=account,
                book=book,
                department_id=department,
                department_name=bought_by or "",
                provider_id=provider,
                provider_name=done_by or "",
                category_code=category or "",
                job_id=job,
                job_title=title or "",
                currency=currency,
                debit=Money(debit, currency) if debit else None,
                credit=Money(credit, currency) if credit else None,
            ),
        )
