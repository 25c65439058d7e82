"""
The seal of files. Name and bytes lie in two envelopes under one key; the key is wrapped once for
whoever writes the bid and once more for each bid submitted with the file, bound to that bid, so
that it opens under no other. Which files a bid has, with their digests, its own seal says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bids.content import AttachedFile, canonical, file_facts, files_of
from bids.models.bids import Bid
from bids.models.files import BidFile, SealedFile
from bids.seals import (
    LENGTH_BYTES,
    NONCE_BYTES,
    Identity,
    SealBroken,
    identity_of,
    key_wrapper,
    padded,
)


@dataclass(frozen=True, slots=True)
class SealedBytes:
    """A file's two envelopes with their wrapped key."""

    label: bytes
    envelope: bytes
    key: bytes
    key_name: str


def seal_file(content: bytes, facts: AttachedFile, identity: Identity) -> SealedBytes:
    """Seal a file and what it is called."""
    key, wrapper = AESGCM.generate_key(256), key_wrapper()
    return SealedBytes(
        label=_encrypt(key, canonical({"file": file_facts((facts,))[0]}), identity.of("label")),
        envelope=_encrypt(key, content, identity.of("file")),
        key=wrapper.wrap(key, identity.of("file key")),
        key_name=wrapper.name,
    )


def open_label(file: SealedFile) -> AttachedFile:
    """Return what a file is called. :raises SealBroken: it is not what was sealed."""
    plain = _decrypt(_own_key(file), bytes(file.label), identity_of(file).of("label"))
    return files_of([json.loads(plain)["file"]])[0]


def open_attached(file: SealedFile) -> tuple[AttachedFile, bytes]:
    """Open a file for its own side. :raises SealBroken: it is not what was sealed."""
    facts = open_label(file)
    return facts, _content(file, _own_key(file), facts)


def bind_file(file: SealedFile, bid: Bid) -> BidFile:
    """Return the file's key, wrapped for this bid. :raises SealBroken: its own does not open."""
    wrapper = key_wrapper()
    return BidFile(
        bid=bid,
        file=file,
        key=wrapper.wrap(_own_key(file), _of_bid(bid, file.pk)),
        key_name=wrapper.name,
    )


def open_file(bid: Bid, named: AttachedFile) -> bytes:
    """Open a file as its bid names it. :raises SealBroken: it is not what was sealed with it."""
    bound = BidFile.objects.select_related("file").filter(bid=bid, file=named.file_id).first()
    if bound is None:
        raise SealBroken("The bid names a file that is not there.")
    try:
        key = key_wrapper(bound.key_name).unwrap(bytes(bound.key), _of_bid(bid, named.file_id))
    except (InvalidTag, ValueError) as wrong:
        raise SealBroken("The file's key does not open under this bid.") from wrong
    return _content(bound.file, key, named)


def rewrapped(row: SealedFile | BidFile) -> tuple[bytes, str]:
    """Return a file's key under the wrapping key in use, with that one's name."""
    if isinstance(row, SealedFile):
        bound_to = identity_of(row).of("file key")
    else:
        bound_to = _of_bid(row.bid, row.file_id)
    wrapper = key_wrapper()
    key = key_wrapper(row.key_name).unwrap(bytes(row.key), bound_to)
    return wrapper.wrap(key, bound_to), wrapper.name


def _own_key(file: SealedFile) -> bytes:
    try:
        wrapper = key_wrapper(file.key_name)
        return wrapper.unwrap(bytes(file.key), identity_of(file).of("file key"))
    except (InvalidTag, ValueError) as wrong:
        raise SealBroken("The file's key does not open.") from wrong


def _content(file: SealedFile, key: bytes, named: AttachedFile) -> bytes:
    plain = _decrypt(key, bytes(file.envelope), identity_of(file).of("file"))
    if len(plain) != named.size or sha256(plain).hexdigest() != named.digest:
        raise SealBroken("The file is not the one that its bid names.")
    return plain


def _of_bid(bid: Bid, file_id: UUID) -> bytes:
    return identity_of(bid).of(f"file {file_id}")


def _encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, padded(plain), bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as wrong:
        raise SealBroken("The file does not open.") from wrong
    length = int.from_bytes(plain[:LENGTH_BYTES])
    return plain[LENGTH_BYTES : LENGTH_BYTES + length]
