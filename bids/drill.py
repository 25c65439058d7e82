"""A dry run: whether all that is sealed here opens with the key at hand. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from bids import file_seals, seals
from bids.content import content_of
from bids.models.bids import Bid, BidDraft
from bids.models.files import SealedFile
from bids.models.panels import FinalOffer
from bids.unsealing import broken_file, matches_receipt


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not open, or is not what its receipt names."""

    what: str
    why: str


def findings() -> Iterator[Finding]:
    """Open all that is sealed in memory, throw away what it says, and tell what is wrong."""
    for bid in Bid.objects.order_by("reference").iterator(chunk_size=100):
        why = _what_is_wrong(bid)
        if why:
            yield Finding(f"bid {bid.reference}", why)
    offers = FinalOffer.objects.select_related("earlier").order_by("reference")
    for offer in offers.iterator(chunk_size=100):
        why = _what_is_wrong(offer)
        if why:
            yield Finding(f"final bid {offer.reference}", why)
    for draft in BidDraft.objects.order_by("id").iterator(chunk_size=100):
        try:
            seals.open_draft(draft)
        except (seals.SealBroken, InvalidTag) as wrong:
            yield Finding(str(draft), str(wrong))
    for file in SealedFile.objects.order_by("id").iterator(chunk_size=10):
        try:
            file_seals.open_attached(file)
        except seals.SealBroken as wrong:
            yield Finding(str(file), str(wrong))


def _what_is_wrong(bid: Bid | FinalOffer) -> str:
    try:
        quality = seals.open_quality(bid)
        content = content_of(quality.facts, seals.open_price(bid, quality))
    except seals.SealBroken as wrong:
        return str(wrong)
    if isinstance(bid, Bid) and broken_file(bid, content) is not None:
        return "One of its files does not open."
    return "" if matches_receipt(bid) else "It is not the one that its receipt names."
