"""The seal: opens for its own bid, unaltered, with the right key, and for nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids import receipts, seals
from bids.content import BidContent, PlannedMilestone, PriceLine
from bids.models.bids import Bid, BidDraft

CRITERION = UUID(int=7)
CONTENT = BidContent(
    approach="Ein Zelt am Fluss, “weatherproof”",
    currency="EUR",
    lines=(PriceLine("labour", 30_000_00, "3 people"), PriceLine("materials", 12_000_00)),
    milestones=(PlannedMilestone("Plan", date(2026, 5, 1), 42_000_00),),
    starts_on=date(2026, 4, 1),
    finishes_on=date(2026, 6, 30),
    answers={CRITERION: "Twelve summer festivals since 2019"},
    tax_minor=7_980_00,
)


def sealed_bid(content: BidContent = CONTENT, identity: seals.Identity | None = None) -> Bid:
    identity = identity or seals.Identity(uuid4(), uuid4(), uuid4())
    sealed = seals.seal(content, identity)
    return Bid(
        id=identity.id,
        job_id=identity.job_id,
        provider_id=identity.provider_id,
        quality_envelope=sealed.quality_envelope,
        quality_key=sealed.quality_key,
        price_envelope=sealed.price_envelope,
        price_key=sealed.price_key,
        key_name=sealed.key_name,
        fingerprint=sealed.fingerprint,
    )


def flipped(stored: bytes, place: int) -> bytes:
    altered = bytearray(stored)
    altered[place % len(altered)] ^= 1
    return bytes(altered)


def test_what_was_sealed_is_what_opens():
    assert seals.open_bid(sealed_bid()) == CONTENT


def test_a_draft_is_sealed_too():
    identity = seals.Identity(uuid4(), uuid4(), uuid4())
    sealed = seals.seal_draft(CONTENT, identity)
    draft = BidDraft(
        id=identity.id,
        job_id=identity.job_id,
        provider_id=identity.provider_id,
        envelope=sealed.envelope,
        key=sealed.key,
        key_name=sealed.key_name,
    )

    assert b"weatherproof" not in sealed.envelope
    assert seals.open_draft(draft) == CONTENT


def test_the_first_envelope_tells_no_price():
    quality = seals.open_quality(sealed_bid())

    assert quality.facts["approach"] == CONTENT.approach
    assert "3000000" not in str(quality.facts)


@given(st.text(max_size=3000), st.integers(min_value=0, max_value=2**62))
def test_any_text_and_any_amount_survive_the_seal(text, amount):
    content = replace(CONTENT, approach=text, lines=(PriceLine("labour", amount),))

    assert seals.open_bid(sealed_bid(content)) == content


def test_the_size_of_an_envelope_tells_next_to_nothing():
    short = sealed_bid(replace(CONTENT, approach="", answers={}))
    longer = sealed_bid(replace(CONTENT, approach="a" * 500))

    assert len(short.quality_envelope) == len(longer.quality_envelope)
    assert len(short.price_envelope) == len(longer.price_envelope)


def test_the_same_bid_sealed_twice_looks_different_everywhere():
    identity = seals.Identity(uuid4(), uuid4(), uuid4())
    first, second = sealed_bid(identity=identity), sealed_bid(identity=identity)

    assert first.fingerprint != second.fingerprint
    assert first.price_envelope != second.price_envelope


@pytest.mark.parametrize("part", ["quality", "price"])
def test_an_envelope_from_another_bid_does_not_open(part):
    own, other = sealed_bid(), sealed_bid()
    setattr(own, f"{part}_envelope", getattr(other, f"{part}_envelope"))
    setattr(own, f"{part}_key", getattr(other, f"{part}_key"))

    with pytest.raises(seals.SealBroken):
        seals.open_bid(own)


@pytest.mark.parametrize("field", ["id", "job_id", "provider_id"])
def test_an_envelope_opens_under_its_own_identity_only(field):
    bid = sealed_bid()
    setattr(bid, field, uuid4())

    with pytest.raises(seals.SealBroken):
        seals.open_bid(bid)


def test_the_two_envelopes_of_one_bid_cannot_change_places():
    bid = sealed_bid()
    bid.quality_envelope, bid.price_envelope = bid.price_envelope, bid.quality_envelope
    bid.quality_key, bid.price_key = bid.price_key, bid.quality_key

    with pytest.raises(seals.SealBroken):
        seals.open_quality(bid)


def test_an_older_price_of_the_same_bid_is_refused():
    identity = seals.Identity(uuid4(), uuid4(), uuid4())
    bid, older = sealed_bid(identity=identity), sealed_bid(identity=identity)
    bid.price_envelope, bid.price_key = older.price_envelope, older.price_key

    with pytest.raises(seals.SealBroken, match="not the one that was sealed with this bid"):
        seals.open_bid(bid)


@given(
    st.sampled_from(["quality_envelope", "quality_key", "price_envelope", "price_key"]),
    st.integers(min_value=0, max_value=5000),
)
def test_one_altered_byte_anywhere_breaks_the_seal(field, place):
    bid = sealed_bid()
    setattr(bid, field, flipped(getattr(bid, field), place))

    with pytest.raises(seals.SealBroken):
        seals.open_bid(bid)


def test_an_altered_fingerprint_breaks_the_seal():
    bid = sealed_bid()
    bid.fingerprint = flipped(bid.fingerprint, 3)

    with pytest.raises(seals.SealBroken, match="fingerprint"):
        seals.open_quality(bid)


def test_another_key_opens_nothing(settings):
    bid = sealed_bid()
    settings.BID_SEAL_KEY = base64.b64encode(bytes(range(100, 132))).decode()

    with pytest.raises(seals.SealBroken, match="is not at hand"):
        seals.open_bid(bid)


def test_the_name_of_a_key_says_which_and_not_what(settings):
    key = base64.b64decode(settings.BID_SEAL_KEY)

    assert key.hex()[:16] not in seals.key_wrapper().name


RECEIPT = receipts.ReceiptFacts(
    reference="B-7K3F2-9QW4X",
    bid_id=UUID(int=1),
    job_id=UUID(int=2),
    provider_id=UUID(int=3),
    fingerprint=bytes(range(32)),
    submitted_at=datetime(2026, 3, 2, 11, 59, 59, 999_999, tzinfo=UTC),
)


def test_a_receipt_says_what_arrived_and_when():
    text = receipts.issue(RECEIPT)

    assert "submitted 2026-03-02T11:59:59.999999Z" in text
    assert receipts.verify_receipt(text) == RECEIPT


def test_a_receipt_survives_the_line_ends_of_a_mail():
    assert receipts.verify_receipt(receipts.issue(RECEIPT).replace("\n", "\r\n")) == RECEIPT


@pytest.mark.parametrize(
    ("said", "altered"),
    [
        ("11:59:59.999999Z", "11:59:58.999999Z"),
        ("B-7K3F2", "B-7K3F3"),
        ("choicebook/receipts", "somebody/receipts"),
        ("receipt v1", "receipt v2"),
    ],
)
def test_an_altered_receipt_is_refused(said, altered):
    text = receipts.issue(RECEIPT)
    assert said in text

    with pytest.raises(receipts.ReceiptForged):
        receipts.verify_receipt(text.replace(said, altered))


@pytest.mark.parametrize("text", ["", "no receipt", "choicebook bid receipt v1\n\n— x y\n"])
def test_what_is_no_receipt_is_refused(text):
    with pytest.raises(receipts.ReceiptForged):
        receipts.verify_receipt(text)


def test_a_receipt_signed_with_another_key_is_refused(settings):
    text = receipts.issue(RECEIPT)
    settings.RECEIPT_KEY = base64.b64encode(bytes(range(9, 41))).decode()

    with pytest.raises(receipts.ReceiptForged):
        receipts.verify_receipt(text)


def test_the_key_to_check_receipts_with_can_be_handed_out():
    name, digest, key = receipts.public_key_text().split("+", 2)

    assert name == "choicebook/receipts"
    assert len(digest) == 8
    assert len(base64.b64decode(key)) == 33


def test_a_proof_of_the_record_is_not_called_forged_where_receipts_of_bids_are_checked() -> None:
    with pytest.raises(receipts.ReceiptForged, match="no receipt of a bid"):
        receipts.verify_receipt("c2sp.org/tlog-proof@v1\nindex 7\n")
