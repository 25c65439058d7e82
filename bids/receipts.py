"""
What a bidder keeps: a note, signed by the server, of what arrived and when.

It is a signed note in the manner of C2SP (Ed25519). It names no position and no number, because
before the opening those would tell how many others there are.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from marketplace.history import moment
from marketplace.refusals import Refusal

TITLE = "choicebook bid receipt v1"
SIGNER = "choicebook/receipts"
ED25519 = b"\x01"
HASH_BYTES = 4  # a signature begins with the hash of its key


class ReceiptForged(Refusal):
    """The text is no receipt of this marketplace, or was altered."""

    code = "receipt_forged"
    field = "receipt"


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt says."""

    reference: str
    bid_id: UUID
    job_id: UUID
    provider_id: UUID
    fingerprint: bytes
    submitted_at: datetime


def issue(facts: ReceiptFacts) -> str:
    """Return the signed receipt."""
    body = _body(facts)
    signature = _key(settings.RECEIPT_KEY).sign(body.encode())
    signed = base64.b64encode(_hash_of(_key(settings.RECEIPT_KEY)) + signature).decode()
    return f"{body}\n— {SIGNER} {signed}\n"


def verify_receipt(text: str) -> ReceiptFacts:
    """
    Return what a genuine receipt says.

    :raises ReceiptForged: not signed by this marketplace, altered, or no receipt at all.
    """
    if text.lstrip().startswith("c2sp.org/tlog-proof@"):
        raise ReceiptForged(
            "This proves an entry of the record, and is no receipt of a bid. Check it with"
            " verify.py, as the entry's page says."
        )
    try:
        body, raw = _parts(text)
        _verify(_keys_at_hand()[raw[:HASH_BYTES]], body, raw)
        return _facts(body)
    except (ValueError, KeyError, InvalidSignature):
        forged = ReceiptForged("This is no receipt of this marketplace, or it was altered.")
        raise forged from None


def names_key(text: str) -> bytes | None:
    """
    Return the hash of the key that a receipt says it was signed with; None where it names none, or
    names another than the key at hand that did sign it: the name was altered.
    """
    try:
        body, raw = _parts(text)
    except ValueError:
        return None
    named = raw[:HASH_BYTES]
    keys = _keys_at_hand()
    if named not in keys and any(_has_signed(key, body, raw) for key in keys.values()):
        return None
    return named


def _has_signed(key: Ed25519PrivateKey, body: str, raw: bytes) -> bool:
    try:
        _verify(key, body, raw)
    except InvalidSignature:
        return False
    return True


def _verify(key: Ed25519PrivateKey, body: str, raw: bytes) -> None:
    key.public_key().verify(raw[HASH_BYTES:], body.encode())


def is_at_hand(key_hash: bytes) -> bool:
    """Whether the key of this hash is the one in use, or one before it."""
    return key_hash in _keys_at_hand()


def public_key_text() -> str:
    """Return the key to check receipts with, as a C2SP verifier key: name+hash+key."""
    in_use = _key(settings.RECEIPT_KEY)
    key = base64.b64encode(ED25519 + in_use.public_key().public_bytes_raw()).decode()
    return f"{SIGNER}+{_hash_of(in_use).hex()}+{key}"


def _body(facts: ReceiptFacts) -> str:
    lines = [
        TITLE,
        f"reference {facts.reference}",
        f"bid {facts.bid_id}",
        f"job {facts.job_id}",
        f"provider {facts.provider_id}",
        f"fingerprint {facts.fingerprint.hex()}",
        f"submitted {moment(facts.submitted_at)}",
    ]
    return "\n".join(lines) + "\n"


def _parts(text: str) -> tuple[str, bytes]:
    """Return what was signed and its signature. :raises ValueError: it is signed by nobody."""
    body, found, signature_line = text.replace("\r\n", "\n").rpartition("\n— ")
    signer, _, signed = signature_line.strip().partition(" ")
    if not found or signer != SIGNER:
        raise ValueError("not signed here")
    return body, base64.b64decode(signed, validate=True)


def _facts(body: str) -> ReceiptFacts:
    title, *lines = body.removesuffix("\n").split("\n")
    said = dict(line.split(" ", 1) for line in lines)
    if title != TITLE:
        raise ValueError("another kind of note")
    return ReceiptFacts(
        reference=said["reference"],
        bid_id=UUID(said["bid"]),
        job_id=UUID(said["job"]),
        provider_id=UUID(said["provider"]),
        fingerprint=bytes.fromhex(said["fingerprint"]),
        submitted_at=datetime.fromisoformat(said["submitted"]),
    )


@cache
def _key(encoded: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded))


def _keys_at_hand() -> dict[bytes, Ed25519PrivateKey]:
    keys = [_key(each) for each in (settings.RECEIPT_KEY, *settings.RECEIPT_KEYS_BEFORE)]
    return {_hash_of(key): key for key in keys}


def _hash_of(key: Ed25519PrivateKey) -> bytes:
    public = key.public_key().public_bytes_raw()
    return sha256(SIGNER.encode() + b"\n" + ED25519 + public).digest()[:HASH_BYTES]
