"""What a provider is still owed for a piece of work, and what a vendor owes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from ledger import chart
from ledger.models.journal import EntryKind, Posting


@dataclass(frozen=True, slots=True)
class Owed:
    """What a provider is owed for a milestone, in minor units of the award's currency."""

    payable: int
    retained: int  # kept back until its days are over
    held: int  # contested


def owed_for(milestone_id: UUID, award_id: UUID) -> Owed:
    """
    Return what a vendor is still owed for a milestone, by the postings that name it: what was paid
    out is not in it any more. Read it under the job's lock.
    """
    codes = (chart.VENDOR_PAYABLE, chart.RETENTION, chart.DISPUTE_HOLD)
    found = _owing(Posting.objects.filter(award=award_id, milestone=milestone_id), codes)
    return Owed(*(found.get(code, 0) for code in codes))


def held_by(dispute_id: UUID) -> Owed:
    """Return what a dispute holds, by where it was taken from."""
    postings = Posting.objects.filter(
        entry__kind=EntryKind.DISPUTED, entry__source=dispute_id, entry__occurrence="0"
    )
    codes = (chart.VENDOR_PAYABLE, chart.RETENTION, chart.DISPUTE_HOLD)
    found = _owing(postings, codes)
    return Owed(-found.get(codes[0], 0), -found.get(codes[1], 0), found.get(codes[2], 0))


def receivable_from(provider_id: UUID, currency: str) -> int:
    """Return what a vendor who was paid already owes back, in minor units."""
    postings = Posting.objects.filter(provider=provider_id, currency=currency)
    return -_owing(postings, [chart.VENDOR_RECEIVABLE]).get(chart.VENDOR_RECEIVABLE, 0)


def _owing(postings: QuerySet[Posting], codes: Iterable[str]) -> dict[str, int]:
    """Return credit less debit by account."""
    sums = (
        postings.filter(account__code__in=codes)
        .values_list("account__code")
        .annotate(net=Sum(F("credit_minor") - F("debit_minor")))
    )
    return {code: int(net) for code, net in sums}
