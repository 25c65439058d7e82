"""A provider reads its own bid. It is decrypted for that, so it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids import access, seals
from bids.bidding import refuse_two_bidders
from bids.content import BidContent
from bids.models.bids import BidAccess
from bids.offers import MyBid, own_bids
from marketplace.models.people import User
from marketplace.refusals import Refusal


class CannotBeRead(Refusal):
    """The envelope does not open: it was altered, or its key is gone."""

    code = "cannot_be_read"


@dataclass(frozen=True, slots=True)
class Access:
    """Who did what with the bid: also who opened it."""

    kind: str
    actor_name: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class MyBidPaper:
    """A bid with its content, its receipt and its access log, for its own side."""

    bid: MyBid
    content: BidContent
    receipt: str
    accesses: tuple[Access, ...]


@transaction.atomic(savepoint=False)
def my_bid(*, actor: User, bid_id: UUID, at: datetime) -> MyBidPaper:
    """
    Return an own bid, opened for its own side alone, and write that down in its access log.

    :raises Unknown, SitsWithTwo: it is not a bid of theirs, or of two of theirs.
    :raises CannotBeRead: it does not open.
    """
    bid = own_bids(actor).defer(None).one(bid_id)
    refuse_two_bidders(actor, bid.job, bid.provider_id)
    try:
        content = seals.open_bid(bid)
    except seals.SealBroken:
        raise CannotBeRead(f"The bid {bid.reference} does not open any more.") from None
    access.note(bid=bid, kind=access.READ, actor=actor, at=at)
    log = BidAccess.objects.filter(bid=bid).select_related("actor").order_by("happened_at", "id")
    return MyBidPaper(
        bid=MyBid.of(bid),
        content=content,
        receipt=bid.receipt,
        accesses=tuple(Access(line.kind, line.actor.name, line.happened_at) for line in log),
    )
