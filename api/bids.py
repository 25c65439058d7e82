"""Bids: sealed until the opening, and until then nobody's but their author's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bid_shapes import BidBody, BidContentOut, BidDraftBody, BidPaperOut, MyBidOut, ReceiptOut
from api.bodies import Nothing, Strict
from api.made import BidMadeOut, DraftSavedOut
from api.paging import Listed, windowed
from api.resource import Asked, Resource, operation
from bids.discarding import discard_bid_draft, restore_bid_draft
from bids.drafts import bid_draft, save_bid_draft
from bids.offers import my_bids, receipt
from bids.reading import my_bid
from bids.submission import confirm_bid, submit_bid, withdraw_bid
from marketplace.refusals import Unknown


class MyBidsQuery(Strict):
    """On which job."""

    job = serializers.UUIDField(required=False, source="job_id")


class MyBids(Resource):
    """/bids/"""

    @operation(
        "List my bids",
        scope="bids:read",
        answers=MyBidOut,
        query=MyBidsQuery,
        paged=True,
        orders=("newest",),
    )
    def get(self, asked: Asked) -> Listed:
        """Those of your providers, newest first. Nobody else's is ever here."""

        def read(begin: int, count: int) -> Any:
            words = {**asked.query, "begin": begin, "count": count}
            return my_bids(actor=asked.actor, at=asked.at, **words)

        return windowed(read, **asked.page)


class Bids(Resource):
    """/jobs/{id}/bids/"""

    @operation(
        "Submit a bid",
        scope="bids:write",
        body=BidBody,
        answers=BidMadeOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Seals it and places it. An earlier bid of the same provider is withdrawn by it."""
        return submit_bid(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class MyBid(Resource):
    """/bids/{id}/"""

    @operation("Read my bid", scope="bids:read", answers=BidPaperOut)
    def get(self, asked: Asked, bid_id: UUID) -> Any:
        """What it says, its receipt, and who ever opened it. That you read it is noted there."""
        return my_bid(actor=asked.actor, bid_id=bid_id, at=asked.at)


class Receipt(Resource):
    """/bids/{id}/receipt/"""

    @operation("Read a receipt", scope="bids:read", answers=ReceiptOut)
    def get(self, asked: Asked, bid_id: UUID) -> Any:
        """Signed at the submission: reference, time and fingerprint."""
        return {"receipt": receipt(actor=asked.actor, bid_id=bid_id)}


class Withdrawal(Resource):
    """/bids/{id}/withdrawal/"""

    @operation(
        "Withdraw a bid",
        scope="bids:write",
        body=Nothing,
        answers=BidMadeOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, bid_id: UUID) -> Any:
        """Before the deadline."""
        return withdraw_bid(actor=asked.actor, bid_id=bid_id, at=asked.at)


class Confirmation(Resource):
    """/bids/{id}/confirmation/"""

    @operation(
        "Confirm a bid",
        scope="bids:write",
        body=Nothing,
        answers=BidMadeOut,
        status=201,
        once="month",
    )
    def post(self, asked: Asked, bid_id: UUID) -> Any:
        """After an addendum: lets the bid stand as it is."""
        return confirm_bid(actor=asked.actor, bid_id=bid_id, at=asked.at)


class BidDraft(Resource):
    """/jobs/{id}/bid-drafts/{provider_id}/"""

    @operation("Read a bid's draft", scope="bids:read", answers=BidContentOut)
    def get(self, asked: Asked, job_id: UUID, provider_id: UUID) -> Any:
        """As secret as a bid."""
        content = bid_draft(actor=asked.actor, job_id=job_id, provider_id=provider_id, at=asked.at)
        if content is None:
            raise Unknown("There is no such draft.")
        return content

    @operation("Save a bid's draft", scope="bids:write", body=BidDraftBody, answers=DraftSavedOut)
    def put(self, asked: Asked, job_id: UUID, provider_id: UUID) -> Any:
        """Whole or not; the provider has one per job."""
        return save_bid_draft(
            actor=asked.actor, job_id=job_id, provider_id=provider_id, at=asked.at, **asked.body
        )

    @operation("Discard a bid's draft", scope="bids:write")
    def discard(self, asked: Asked, job_id: UUID, provider_id: UUID) -> None:
        """While bids may come it can be had back, for 30 days. Nothing happens without one."""
        discard_bid_draft(actor=asked.actor, job_id=job_id, provider_id=provider_id, at=asked.at)

    delete = discard  # by its name in HTTP


class BidDraftRestoration(Resource):
    """/jobs/{id}/bid-drafts/{provider_id}/restoration/"""

    @operation("Have a bid's discarded draft back", scope="bids:write", answers=DraftSavedOut)
    def post(self, asked: Asked, job_id: UUID, provider_id: UUID) -> Any:
        """The one that was thrown away last, with its files."""
        return restore_bid_draft(
            actor=asked.actor, job_id=job_id, provider_id=provider_id, at=asked.at
        )
