"""
The seal. This, with `file_seals`, is the only code that encrypts or decrypts what a bid says.

Each part of a bid lies in its own envelope (AES-256-GCM, the bid's identity as associated data)
with its own data key. That key is wrapped by one that never enters the database, so a dump, a
backup, a replica or an SQL console shows nothing; an envelope moved to another bid does not open.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from bids.content import BidContent, canonical, content_of, price_facts, quality_facts
from bids.models.bids import Bid, BidDraft
from bids.models.files import SealedFile
from bids.models.panels import FinalOffer

NONCE_BYTES = 12
LENGTH_BYTES = 4
SMALLEST_BYTES = 1024  # envelopes are 1, 2, 4 … KiB: their size tells next to nothing


class SealBroken(Exception):
    """The envelope was altered, moved from another bid, or its key is not to be had."""


class KeyWrapper(Protocol):
    """Wraps data keys with a key of its own: from the settings, or a key service."""

    @property
    def name(self) -> str: ...

    def wrap(self, key: bytes, bound_to: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes: ...


class SettingsKey:
    """The key that the environment gives. Its name tells which key, never what it is."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.name = f"settings:{sha256(b'choicebook seal key name' + key).hexdigest()[:16]}"

    def wrap(self, key: bytes, bound_to: bytes) -> bytes:
        nonce = token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose envelope it is. It opens under this identity only."""

    id: UUID
    job_id: UUID
    provider_id: UUID

    def of(self, part: str) -> bytes:
        return (
            b"".join(
                [b"choicebook/1\x00", self.id.bytes, self.job_id.bytes, self.provider_id.bytes]
            )
            + part.encode()
        )


@dataclass(frozen=True, slots=True)
class SealedBid:
    """Two envelopes with their wrapped keys, and the fingerprint that the receipt names."""

    quality_envelope: bytes
    quality_key: bytes
    price_envelope: bytes
    price_key: bytes
    key_name: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sealed part."""

    envelope: bytes
    key: bytes
    key_name: str


@dataclass(frozen=True, slots=True)
class OpenedQuality:
    """What the quality envelope held, with the promise it makes about the price's."""

    facts: dict[str, Any]
    price_digest: bytes


@cache
def _wrapper(encoded: str) -> SettingsKey:
    return SettingsKey(base64.b64decode(encoded))


def key_wrapper(name: str | None = None) -> KeyWrapper:
    """Return the wrapper in use, or that of a name. :raises SealBroken: it is not at hand."""
    if name is None:
        return _wrapper(settings.BID_SEAL_KEY)
    for wrapper in keys_at_hand():
        if wrapper.name == name:
            return wrapper
    raise SealBroken(f"The key {name} is not at hand.")


def keys_at_hand() -> list[KeyWrapper]:
    """Return the key in use, and those before it that can still be read while one is rotated."""
    return [_wrapper(key) for key in (settings.BID_SEAL_KEY, *settings.BID_SEAL_KEYS_BEFORE)]


def is_at_hand(name: str) -> bool:
    """Whether what was sealed with the key of this name can be read here."""
    return any(wrapper.name == name for wrapper in keys_at_hand())


def seal(content: BidContent, identity: Identity) -> SealedBid:
    """Seal a bid. Nonces lie inside, so that nobody can guess a price from a fingerprint."""
    price = {"bid": price_facts(content), "nonce": token_bytes(16).hex()}
    price_digest = sha256(b"price" + canonical(price)).digest()
    quality = {
        "bid": quality_facts(content),
        "nonce": token_bytes(16).hex(),
        "price_digest": price_digest.hex(),
    }
    first = seal_part(quality, identity, "quality")
    second = seal_part(price, identity, "price")
    return SealedBid(
        quality_envelope=first.envelope,
        quality_key=first.key,
        price_envelope=second.envelope,
        price_key=second.key,
        key_name=first.key_name,
        fingerprint=fingerprint_of(quality),
    )


def fingerprint_of(quality: Mapping[str, Any]) -> bytes:
    """Return the fingerprint of the whole bid: its first envelope names the second's digest."""
    return sha256(b"quality" + canonical(quality)).digest()


def open_quality(bid: Bid | FinalOffer) -> OpenedQuality:
    """Open the first envelope. :raises SealBroken: it is not what was sealed."""
    envelope = Envelope(bytes(bid.quality_envelope), bytes(bid.quality_key), bid.key_name)
    facts = open_part(envelope, identity_of(bid), "quality")
    if fingerprint_of(facts) != bytes(bid.fingerprint):
        raise SealBroken("The bid does not have the fingerprint that its receipt names.")
    return OpenedQuality(facts["bid"], bytes.fromhex(facts["price_digest"]))


def open_price(bid: Bid | FinalOffer, quality: OpenedQuality) -> dict[str, Any]:
    """Open the second envelope. :raises SealBroken: it is not what the first one named."""
    envelope = Envelope(bytes(bid.price_envelope), bytes(bid.price_key), bid.key_name)
    facts = open_part(envelope, identity_of(bid), "price")
    if sha256(b"price" + canonical(facts)).digest() != quality.price_digest:
        raise SealBroken("The price is not the one that was sealed with this bid.")
    price: dict[str, Any] = facts["bid"]
    return price


def open_bid(bid: Bid) -> BidContent:
    """Open both envelopes. :raises SealBroken: the bid is not what was sealed."""
    quality = open_quality(bid)
    return content_of(quality.facts, open_price(bid, quality))


def seal_draft(content: BidContent, identity: Identity) -> Envelope:
    """Seal a bid that is being written: as secret as one submitted."""
    facts = {"quality": quality_facts(content), "price": price_facts(content)}
    return seal_part(facts, identity, "draft")


def open_draft(draft: BidDraft) -> BidContent:
    """Open a draft. :raises SealBroken: it is not what was sealed."""
    envelope = Envelope(bytes(draft.envelope), bytes(draft.key), draft.key_name)
    facts = open_part(envelope, identity_of(draft), "draft")
    return content_of(facts["quality"], facts["price"])


def rewrapped(row: Bid | BidDraft | FinalOffer) -> tuple[list[bytes], str]:
    """Return a row's keys under the wrapping key in use, with that one's name."""
    parts = {"draft": bytes(row.key)} if isinstance(row, BidDraft) else _keys_of(row)
    before, after, identity = key_wrapper(row.key_name), key_wrapper(), identity_of(row)
    plain = {part: before.unwrap(key, identity.of(part)) for part, key in parts.items()}
    return [after.wrap(key, identity.of(part)) for part, key in plain.items()], after.name


def _keys_of(bid: Bid | FinalOffer) -> dict[str, bytes]:
    return {"quality": bytes(bid.quality_key), "price": bytes(bid.price_key)}


def identity_of(row: Bid | BidDraft | FinalOffer | SealedFile) -> Identity:
    """Return whose envelopes a row holds."""
    return Identity(id=row.pk, job_id=row.job_id, provider_id=row.provider_id)


def seal_part(facts: Mapping[str, Any], identity: Identity, part: str) -> Envelope:
    """Seal facts with a key of their own."""
    wrapper = key_wrapper()
    key, nonce, bound_to = AESGCM.generate_key(256), token_bytes(NONCE_BYTES), identity.of(part)
    return Envelope(
        envelope=nonce + AESGCM(key).encrypt(nonce, padded(canonical(facts)), bound_to),
        key=wrapper.wrap(key, bound_to),
        key_name=wrapper.name,
    )


def open_part(envelope: Envelope, identity: Identity, part: str) -> dict[str, Any]:
    """Return the facts in an envelope. :raises SealBroken: they are not what was sealed."""
    bound_to = identity.of(part)
    sealed = envelope.envelope
    wrapper = key_wrapper(envelope.key_name)
    try:
        key = wrapper.unwrap(envelope.key, bound_to)
        plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as wrong:
        raise SealBroken(f"The {part} envelope does not open.") from wrong
    length = int.from_bytes(plain[:LENGTH_BYTES])
    facts: dict[str, Any] = json.loads(plain[LENGTH_BYTES : LENGTH_BYTES + length])
    return facts


def padded(text: bytes) -> bytes:
    """Return bytes with their length before them, filled up to 1, 2, 4 … KiB."""
    framed = len(text).to_bytes(LENGTH_BYTES) + text
    size = SMALLEST_BYTES
    while size < len(framed):
        size *= 2
    return framed.ljust(size, b"\x00")
