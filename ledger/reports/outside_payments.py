"""What was paid past the marketplace, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from ledger.models.journal import EntryKind, JournalEntry
from ledger.models.years import OutsideSpend
from ledger.reports.columns import Column, columns
from ledger.reports.reading import departments_to_read, reader_of
from marketplace.models.people import User
from marketplace.money import Money

OUTSIDE = (EntryKind.SPENT_OUTSIDE, EntryKind.CREDITED_OUTSIDE)


@dataclass(frozen=True, slots=True)
class OutsidePayment:
    """One payment; of a negative net, money that came back."""

    payment_id: UUID
    department_id: UUID
    department_name: str
    category_code: str
    category_name: str
    provider_name: str
    payee: str
    document: str
    paid_on: date
    net: Money
    tax: Money
    recorded_by: str
    recorded_at: datetime
    is_taken_back: bool  # two people of finance reversed it


COLUMNS: tuple[Column[OutsidePayment], ...] = columns(
    *("paid_on", "department_name", "category_code", "payee", "document", "net", "tax"),
    *("recorded_by", "recorded_at", "payment_id", "is_taken_back"),
    currency=lambda row: row.net.currency,
)


def outside_payments(
    *,
    actor: User,
    since_on: date,
    until_on: date,
    department_id: UUID | None = None,
    include_children: bool = False,
) -> tuple[OutsidePayment, ...]:
    """
    Return what was paid outside from one day to another, both included, the latest first, of the
    departments whose books the actor may read.

    :raises Unknown: `department_id` is none of them.
    """
    departments = departments_to_read(
        reader_of(actor), department_id=department_id, include_children=include_children
    )
    found = OutsideSpend.objects.filter(
        department__in=departments, paid_on__range=(since_on, until_on)
    ).select_related("department", "category", "provider", "recorded_by")
    reversals = JournalEntry.objects.filter(
        kind=EntryKind.REVERSED, reverses__kind__in=OUTSIDE, reverses__source=OuterRef("pk")
    )
    found = found.annotate(is_taken_back=Exists(reversals))
    return tuple(
        _row(one, one.is_taken_back) for one in found.order_by("-paid_on", "-recorded_at", "pk")
    )


def _row(one: OutsideSpend, is_taken_back: bool) -> OutsidePayment:
    return OutsidePayment(
        payment_id=one.pk,
        department_id=one.department_id,
        department_name=one.department.name,
        category_code=one.category.code if one.category else "",
        category_name=one.category.name if one.category else "",
        provider_name=one.provider.name if one.provider else "",
        payee=one.payee,
        document=one.document,
        paid_on=one.paid_on,
        net=Money(one.net_minor, one.currency),
        tax=Money(one.tax_minor, one.currency),
        recorded_by=one.recorded_by.name,
        recorded_at=one.recorded_at,
        is_taken_back=is_taken_back,
    )
