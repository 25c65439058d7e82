"""A provider's own bids: where each stands, and its receipt. Nobody else's is ever in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bids.models.bids import Bid, BidQuerySet
from marketplace.models.people import User
from marketplace.models.questions import Addendum
from marketplace.querysets import those

ENVELOPES = ("quality_envelope", "price_envelope", "quality_key", "price_key")


@dataclass(frozen=True, slots=True)
class MyBid:
    """One bid, as its own side sees it."""

    bid_id: UUID
    reference: str
    variant: int
    job_id: UUID
    job_reference: str
    job_title: str
    provider_id: UUID
    provider_name: str
    submitted_by: str
    submitted_at: datetime
    withdrawn_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    opened_at: datetime | None
    cancelled_at: datetime | None
    last_addendum: int
    confirmed_addendum: int
    disqualified: str | None  # why it cannot be chosen
    final_closes_at: datetime | None  # on a shortlist: until when a best and final bid may come
    is_followed: bool  # its provider's best and final bid has taken its place

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None

    @property
    def needs_confirmation(self) -> bool:
        """Whether it would be out at the opening, because something changed since."""
        return (
            self.is_standing
            and self.opened_at is None
            and self.cancelled_at is None
            and self.confirmed_addendum < self.last_addendum
        )

    @property
    def state(self) -> str:
        """One word: withdrawn, never_opened, disqualified, opened, to_confirm or sealed."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.opened_at is not None:
            return "opened" if self.disqualified is None else "disqualified"
        if self.cancelled_at is not None:
            return "never_opened"
        return "to_confirm" if self.needs_confirmation and self.closed_at is None else "sealed"

    @classmethod
    def of(cls, bid: Bid) -> MyBid:
        """Return the facts of a bid that `own_bids` found."""
        why = getattr(bid, "disqualified", None)
        asked = getattr(bid, "shortlisted", None)
        job = bid.job
        return cls(
            bid_id=bid.pk,
            reference=bid.reference,
            variant=bid.variant,
            job_id=job.pk,
            job_reference=job.reference,
            job_title=job.title,
            provider_id=bid.provider_id,
            provider_name=bid.provider.name,
            submitted_by=bid.submitted_by.name,
            submitted_at=bid.submitted_at,
            withdrawn_at=bid.withdrawn_at,
            closes_at=job.closes_at,
            closed_at=job.closed_at,
            opened_at=job.opened_at,
            cancelled_at=job.cancelled_at,
            last_addendum=getattr(bid, "last_addendum", 0),
            confirmed_addendum=bid.confirmed_addendum,
            disqualified=None if why is None else why.reason.text,
            final_closes_at=asked.round.closes_at if asked else None,
            is_followed=getattr(bid, "final", None) is not None,
        )


def own_bids(actor: User) -> BidQuerySet:
    """Return the bids of the providers that the person belongs to, with what `MyBid` needs."""
    addenda = Addendum.objects.filter(job=OuterRef("job")).order_by("-number")
    last = Coalesce(Subquery(addenda.values("number")[:1]), 0, output_field=IntegerField())
    return (
        Bid.objects.of_provider_of(actor)
        .select_related("job", "provider", "submitted_by", "disqualified__reason")
        .select_related("shortlisted__round", "final")
        .defer(*ENVELOPES)  # sealed, and most of what a row weighs
        .annotate(last_addendum=last)
    )


def my_bids(
    *,
    actor: User,
    at: datetime,
    job_id: UUID | None = None,
    begin: int = 0,
    count: int | None = None,
) -> list[MyBid]:
    """
    Return the bids of the person's providers up to a moment, newest first; or on one job.

    :param count: so many at most, from the one at `begin`; all of them when left out.
    """
    bids = Bid.objects.of_provider_of(actor).filter(submitted_at__lte=at)
    if job_id is not None:
        bids = bids.filter(job=job_id)
    if count is not None:  # which they are is asked first, and the rest of those alone
        bids = bids.order_by("-submitted_at", "id")[begin : begin + count]
    told = those(own_bids(actor), bids)
    return [MyBid.of(bid) for bid in told.order_by("-submitted_at", "id")]


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A bid's receipt, with the names behind the ids that it is signed with."""

    text: str  # as it was signed
    job_title: str
    department_name: str
    provider_name: str


def receipt_paper(*, actor: User, bid_id: UUID) -> ReceiptPaper:
    """Return the receipt of an own bid to be filed. :raises Unknown: it is not theirs."""
    bids = Bid.objects.of_provider_of(actor).select_related("provider", "job__department")
    bid = bids.defer(*ENVELOPES).one(bid_id)
    return ReceiptPaper(
        text=bid.receipt,
        job_title=bid.job.title,
        department_name=bid.job.department.name,
        provider_name=bid.provider.name,
    )


def receipt(*, actor: User, bid_id: UUID) -> str:
    """Return the signed receipt of an own bid. :raises Unknown: it is not theirs."""
    return Bid.objects.of_provider_of(actor).one(bid_id).receipt
