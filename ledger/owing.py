"""What a provider is still owed for a piece of work, and what a vendor owes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Min, QuerySet, Sum

from ledger import chart
from ledger.models.journal import EntryKind, Posting
from marketplace.compiled import Kept


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
    return -sum(int(net) for _, net in _receivable.all(provider_id, currency))


@Kept
def _receivable(provider: UUID, currency: str) -> QuerySet[Posting, tuple[str, Any]]:
    postings = Posting.objects.filter(provider=provider, currency=currency)
    return _nets(postings, [chart.VENDOR_RECEIVABLE])


def _owing(postings: QuerySet[Posting], codes: Iterable[str]) -> dict[str, int]:
    """Return credit less debit by account."""
    return {code: int(net) for code, net in _nets(postings, codes)}


def _nets(postings: QuerySet[Posting], codes: Iterable[str]) -> QuerySet[Posting, tuple[str, Any]]:
    return (
        postings.filter(account__code__in=codes)
        .values_list("account__code")
        .annotate(net=Sum(F("credit_minor") - F("debit_minor")))
    )


@dataclass(frozen=True, slots=True)
class OwedPart:
    """What a vendor can be paid for one milestone, or for an award without one, in minor units."""

    award: UUID
    milestone: UUID | None
    job: UUID
    payable: int


def payable_to(provider_id: UUID, currency: str) -> list[OwedPart]:
    """
    Return what a vendor can be paid now, by the postings: neither contested nor kept back, and not
    on its way. A sum over a job is final only under that job's lock.
    """
    return [
        OwedPart(award, milestone, job, int(net))
        for award, milestone, job, net, _ in _payable.all(provider_id, currency)
        if net > 0
    ]


@Kept
def _payable(provider: UUID, currency: str) -> QuerySet[Posting, tuple[Any, ...]]:
    return (
        Posting.objects.filter(
            provider=provider, currency=currency, account__code=chart.VENDOR_PAYABLE
        )
        .values_list("award", "milestone", "job")
        .annotate(net=Sum(F("credit_minor") - F("debit_minor")), first=Min("entry"))
        .order_by("first", "award", "milestone")
    )


@dataclass(frozen=True, slots=True)
class VendorBalance:
    """What stands between the company and a vendor in one currency, in minor units."""

    provider: UUID
    currency: str
    payable: int = 0
    retained: int = 0
    held: int = 0  # contested
    in_process: int = 0  # approved, and not at its bank yet
    receivable: int = 0  # what it owes back


def vendor_balances(provider_ids: Iterable[UUID] | None = None) -> list[VendorBalance]:
    """Return what stands between the company and its vendors, without those with nothing."""
    codes = {
        chart.VENDOR_PAYABLE: "payable",
        chart.RETENTION: "retained",
        chart.DISPUTE_HOLD: "held",
        chart.PAYOUT_IN_PROCESS: "in_process",
        chart.VENDOR_RECEIVABLE: "receivable",
    }
    postings = Posting.objects.filter(account__code__in=codes, provider__isnull=False)
    if provider_ids is not None:
        postings = postings.filter(provider__in=provider_ids)
    sums = postings.values_list("provider", "currency", "account__code").annotate(
        net=Sum(F("credit_minor") - F("debit_minor"))
    )
    found: dict[tuple[UUID, str], dict[str, int]] = {}
    for provider, currency, code, net in sums:
        sign = -1 if code == chart.VENDOR_RECEIVABLE else 1
        found.setdefault((provider, currency), {})[codes[code]] = sign * int(net)
    return [
        VendorBalance(provider, currency, **figures)
        for (provider, currency), figures in found.items()
        if any(figures.values())
    ]
