"""
The access log of sealed bids: who did what with one, for its own author to read.

It lies outside the record until the opening, because a line there would tell that a bid came.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from bids.models.bids import SEALED, Bid, BidAccess
from marketplace.compiled import Kept
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.rows import insert, insert_all

SUBMITTED = "submitted"
CONFIRMED = "confirmed"
WITHDRAWN = "withdrawn"
COMPARED = "compared"  # with the provider's own new price, after an extension for few bids
READ = "read"
FILE_READ = "file_read"
OPENED = "opened"
PRICE_OPENED = "price_opened"


def note(*, bid: Bid, kind: str, actor: User, at: datetime) -> BidAccess:
    """Write down what was done with a bid."""
    return insert(BidAccess(bid=bid, kind=kind, actor=actor, happened_at=at))


def note_all(*, bids: Iterable[Bid], kind: str, actor: User, at: datetime) -> None:
    """Write down that the same was done with several bids at once; the record has it already."""
    insert_all(
        BidAccess(bid=bid, kind=kind, actor=actor, happened_at=at, recorded_at=at) for bid in bids
    )


def enter_in_record(job: Job, *, at: datetime) -> None:
    """Record what waited: what was done with the bids of this job while they were sealed."""
    for access in _waiting.all(job.pk):
        fingerprint = bytes(access.bid.fingerprint).hex()
        facts = {"reference": access.bid.reference, "fingerprint": fingerprint}
        record(
            access.actor,
            f"bid.{access.kind}",
            access.bid,
            at=access.happened_at,
            audience=Audience.PROVIDER,
            job=job,
            provider=access.bid.provider,
            facts=facts if access.kind == SUBMITTED else None,
        )
    BidAccess.objects.filter(bid__job=job, recorded_at=None).update(recorded_at=at)


@Kept
def _waiting(job: UUID) -> QuerySet[BidAccess]:
    waiting = BidAccess.objects.filter(bid__job=job, recorded_at=None)
    rows = waiting.select_related("actor", "bid__provider").order_by("happened_at", "id")
    return rows.defer(*(f"bid__{name}" for name in SEALED))
