"""
What the published log says by chance: hashes over salted leaves, the roots over a job's bids and
random ones, and a signature over the last of them. Each is named by its place, so that two worlds
are compared by which hashes are told and where they stand, and a digest of what was named by the
digest of its naming.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from bids.models.bids import SealedRoot
from marketplace.log import merkle
from marketplace.models.log import Checkpoint, LogLeaf

ROOT = re.compile(rb"[0-9a-f]{64}")
EXTRA = re.compile(rb"(?<=extra )[A-Za-z0-9+/]{60,}={0,2}")  # an event as it was hashed
HASH = re.compile(rb"[A-Za-z0-9+/]{43}=")
SIGNED = re.compile(rb"(\xe2\x80\x94 [\w./]+ )[A-Za-z0-9+/]{88,}={0,2}")
Names = dict[bytes, bytes]


def names_of_nodes() -> Names:
    """Return each hash that the log of this database can tell, with its place in the tree."""
    kept = LogLeaf.objects.order_by("position").values_list("leaf", flat=True)
    leaves = [bytes(one) for one in kept]
    sizes = {*Checkpoint.objects.values_list("size", flat=True), len(leaves)}
    found: Names = {}
    for size in sizes:
        for begin, end in _parts(0, size):
            hashed = merkle.root(leaves[begin:end])
            found[base64.b64encode(hashed)] = b"node %d to %d" % (begin, end)
    for job_id, hashed in SealedRoot.objects.values_list("job_id", "root"):
        found[bytes(hashed).hex().encode()] = f"root of {job_id}".encode()
    return found


def _parts(begin: int, end: int) -> list[merkle.Range]:
    """Return each node over these leaves: the whole, and those of both of its sides."""
    if end - begin < 1:
        return []
    if end - begin == 1:
        return [(begin, end)]
    ((_, middle), *_) = merkle.inclusion_ranges(end - begin - 1, end - begin)[-1:]
    return [(begin, end), *_parts(begin, begin + middle), *_parts(begin + middle, end)]


def named(said: bytes, names: Names) -> bytes:
    """Return this with each hash of the log, and each signature of it, called by its place."""

    def name(one: re.Match[bytes]) -> bytes:
        return names.get(one[0], one[0])

    def opened(one: re.Match[bytes]) -> bytes:
        event = base64.b64decode(one[0])
        called = ROOT.sub(name, event)
        return one[0] if called == event else called

    called = HASH.sub(name, ROOT.sub(name, EXTRA.sub(opened, said)))
    return SIGNED.sub(rb"\1signed", called) if called != said else said


def each_named(head: bytes, pieces: list[bytes], names: Names) -> tuple[bytes, list[bytes]]:
    """Return an answer's head and pieces so, and with what is a digest of one of them."""
    called = [named(one, names) for one in pieces]
    digests = {
        sha256(before).hexdigest().encode(): sha256(after).hexdigest().encode()
        for before, after in zip(pieces, called, strict=True)
        if before != after
    }
    for before, after in digests.items():
        head = head.replace(before[:32], after[:32])  # the ETag is the first half of a digest
        called = [one.replace(before, after) for one in called]
    return head, called
