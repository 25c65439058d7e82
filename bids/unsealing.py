"""Breaking the seals of bids, each alone: one that does not open is out, and the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bids import file_seals, receipts, seals
from bids.content import AttachedFile, BidContent, content_of, file_facts, milestone_facts
from bids.models.bids import Bid, Disqualification, OpenedBid, OpenedPrice, OpenedPriceLine
from bids.models.files import BidFile, SealKey
from bids.models.panels import FinalOffer
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.refusals import Refusal
from marketplace.rows import insert, insert_all
from marketplace.words import keep


class KeyMissing(Refusal):
    """The marketplace runs without the key of these bids: of their seals, or of their receipts."""

    code = "key_missing"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A bid, what it held, and why it is out, if it is."""

    bid: Bid
    content: BidContent | None
    has_receipt: bool
    out_because: str | None


def unseal(bid: Bid, *, last_addendum: int, with_price: bool) -> Unsealed:
    """Return what a bid holds, checked against its receipt; never raises for one that is bad."""
    has_receipt = matches_receipt(bid)
    try:
        quality = seals.open_quality(bid)
        price = seals.open_price(bid, quality) if with_price else None
    except seals.SealBroken:
        return Unsealed(bid, None, False, "The seal does not open: this is not what was sealed.")
    content = content_of(quality.facts, price)
    broken = broken_file(bid, content)
    because = None
    if broken is not None:
        because = f"Its file “{broken.name}” does not open: it is not what was sealed."
    elif not has_receipt:
        because = "The bid is not the one that its receipt names."
    elif bid.confirmed_addendum < last_addendum:
        because = f"It was not confirmed after addendum {last_addendum}."
    elif with_price and not content.is_priced:
        because = "It has no price."
    return Unsealed(bid, content, has_receipt, because)


def broken_file(bid: Bid, content: BidContent) -> AttachedFile | None:
    """Return the first file of a bid that is not what was sealed with it; None: all are."""
    for file in content.files:
        try:
            file_seals.open_file(bid, file)
        except seals.SealBroken:
            return file
    return None


def refuse_without_key(bids: Sequence[Bid]) -> None:
    """
    Return if every key that seals or receipts of these bids were made with is at hand.

    :raises KeyMissing: one is not. The marketplace was started with a wrong key, or without the
        one before it; an opening now would rule out for good what that one made.
    """
    sealed_with = {bid.key_name for bid in bids}
    files = BidFile.objects.filter(bid__in=[bid.pk for bid in bids])
    wrapped_with = sealed_with | set(files.values_list("key_name", flat=True))
    known = SealKey.objects.filter(name__in=wrapped_with).values_list("name", flat=True)
    # A name that was never registered is no key of ours: that bid is out alone.
    is_any = any(seals.is_at_hand(name) for name in sealed_with)
    if bids and not (is_any and all(seals.is_at_hand(name) for name in known)):
        raise KeyMissing("A key that these bids were sealed with is not at hand.")
    # A receipt that names no key at all was altered: that bid is out, and nothing waits for it.
    named = [receipts.names_key(bid.receipt) for bid in bids]
    if not all(receipts.is_at_hand(key) for key in named if key is not None):
        raise KeyMissing("A key that receipts of these bids were signed with is not at hand.")


def matches_receipt(bid: Bid | FinalOffer) -> bool:
    """Whether the receipt is genuine and names just this bid, at just this moment."""
    try:
        facts = receipts.verify_receipt(bid.receipt)
    except Refusal:
        return False
    return facts == receipts.ReceiptFacts(
        reference=bid.reference,
        bid_id=bid.pk,
        job_id=bid.job_id,
        provider_id=bid.provider_id,
        fingerprint=bytes(bid.fingerprint),
        submitted_at=bid.submitted_at,
    )


def write_quality(unsealed: Iterable[Unsealed], *, at: datetime) -> None:
    """Write what the quality envelopes held."""
    insert_all(
        OpenedBid(
            bid=each.bid,
            opened_at=at,
            approach=each.content.approach,
            starts_on=each.content.starts_on,
            finishes_on=each.content.finishes_on,
            valid_until_on=each.content.valid_until_on,
            answers={str(criterion): text for criterion, text in each.content.answers.items()},
            files=file_facts(each.content.files),
        )
        for each in unsealed
        if each.content is not None
    )


def write_prices(unsealed: Iterable[Unsealed], *, at: datetime) -> None:
    """Write what the price envelopes held, with every line."""
    priced = [
        (each.bid, each.content)
        for each in unsealed
        if each.content is not None and each.content.is_priced
    ]
    insert_all(
        OpenedPrice(
            bid=bid,
            opened_at=at,
            currency=content.currency,
            quoted_minor=content.quoted.minor,
            tax_minor=content.tax_minor,
            milestones=milestone_facts(content.milestones),
        )
        for bid, content in priced
    )
    insert_all(
        OpenedPriceLine(
            price_id=bid.pk,
            position=position,
            kind=line.kind,
            text=line.text,
            amount_minor=line.amount_minor,
        )
        for bid, content in priced
        for position, line in enumerate(content.lines, start=1)
    )


def rule_out(*, bid: Bid, reason: str, actor: User, job: Job, at: datetime) -> Disqualification:
    """Write why a bid cannot be chosen, and record it."""
    words = keep(reason, at=at)
    ruled = insert(Disqualification(bid=bid, at=at, by=actor, reason=words))
    record(
        actor,
        "bid.disqualified",
        bid,
        at=at,
        audience=Audience.BOTH,
        job=job,
        provider=bid.provider,
        facts={"reason_digest": words.digest.hex()},
    )
    return ruled
