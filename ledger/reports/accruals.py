"""Work that was handed over by the end of a month and not decided by then: what is accrued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.models.awards import Delivery
from ledger.models.journal import EntryKind, JournalEntry
from ledger.models.periods import Period
from ledger.reports.columns import Column, columns
from ledger.reports.reading import reader_of
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Unknown, require


@dataclass(frozen=True, slots=True)
class AccrualRow:
    """One delivery that waited for an answer when the month ended."""

    delivery_id: UUID
    job_id: UUID
    job_title: str
    milestone_title: str
    department_id: UUID
    department_name: str
    provider_name: str
    delivered_at: datetime
    amount: Money  # net, without the fee
    entry_id: UUID | None  # the accrual, once it is booked

    @property
    def is_accrued(self) -> bool:
        return self.entry_id is not None


COLUMNS: tuple[Column[AccrualRow], ...] = columns(
    "delivery_id",
    "job_title",
    "milestone_title",
    "department_name",
    "provider_name",
    "delivered_at",
    "amount",
    "entry_id",
    currency=lambda row: row.amount.currency,
)


def accruals(*, actor: User, period_id: int) -> tuple[AccrualRow, ...]:
    """
    Return what waited for an answer at the end of a month, for finance and auditors.

    :raises Forbidden: the actor holds neither office. :raises Unknown: there is no such month.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise Unknown("There is no such month in the books.")
    return accruals_of(period)


def accruals_of(period: Period) -> tuple[AccrualRow, ...]:
    """Return the same, whoever asks."""
    waiting = list(undecided_at_the_end(period))
    booked = dict(
        JournalEntry.objects.filter(
            kind=EntryKind.ACCRUED,
            occurrence=str(period.pk),
            source__in=[delivery.pk for delivery in waiting],
        ).values_list("source", "public_id")
    )
    return tuple(_row(delivery, booked.get(delivery.pk)) for delivery in waiting)


def undecided_at_the_end(period: Period) -> QuerySet[Delivery]:
    """
    Return the deliveries of a month or before that were neither accepted when it ended nor sent
    back since. The adjusting period has none: its year's last month has them.
    """
    after = datetime.combine(period.ends_on + timedelta(days=1), time(), UTC)
    deliveries = Delivery.objects.filter(
        Q(acceptance=None) | Q(acceptance__accepted_at__gte=after),
        delivered_at__lt=after,
        amount_minor__gt=0,
        returned=None,
    )
    if period.starts_on == period.ends_on:
        return deliveries.none()
    return (
        deliveries.select_related(
            "milestone__award__job", "milestone__award__provider", "milestone__award__department"
        )
        .defer("milestone__award__comparison", "milestone__award__job__need")
        .order_by("delivered_at", "pk")
    )


def _row(delivery: Delivery, entry_id: UUID | None) -> AccrualRow:
    award = delivery.milestone.award
    return AccrualRow(
        delivery_id=delivery.pk,
        job_id=award.job_id,
        job_title=award.job.title,
        milestone_title=delivery.milestone.title,
        department_id=award.department_id,
        department_name=award.department.name,
        provider_name=award.provider.name,
        delivered_at=delivery.delivered_at,
        amount=Money(delivery.amount_minor, award.currency),
        entry_id=entry_id,
    )
