"""
The root that a job's sealed bids hang on, written when no more bids can come.

Whoever bid can show later that the bid was there, opened or not; and since random leaves fill the
tree up to one size, nobody learns from it how many bids there are, or whether there is one.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

from django.db.models import QuerySet

from bids.models.bids import Bid, SealedRoot
from marketplace.compiled import Kept
from marketplace.history import Fact, record
from marketplace.log.merkle import leaf_hash, root
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.rows import insert

SIZES = (256, 4_096, 65_536)  # a job with more than 256 bids tells that it has


def root_bids(*, actor: User, job: Job, at: datetime) -> SealedRoot:
    """Write the root over all bids that ever came for a job, in the caller's transaction."""
    seed = token_bytes(32)
    leaves = leaves_of(job, seed)
    rooted = insert(
        SealedRoot(job=job, rooted_at=at, seed=seed, leaves=len(leaves), root=root(leaves))
    )
    facts: dict[str, Fact] = {"root": rooted.root.hex(), "leaves": rooted.leaves}
    record(actor, "bids.rooted", job, at=at, audience=Audience.ALL, job=job, facts=facts)
    return rooted


def leaves_of(job: Job, seed: bytes) -> list[bytes]:
    """Return the leaf hashes of a job's root: of each fingerprint, and random ones, in order."""
    # A best and final bid comes later, and follows from one that hangs here.
    real = [leaf_hash(bytes(fingerprint)) for fingerprint in _fingerprints.all(job.pk)]
    size = next((size for size in SIZES if size >= len(real)), len(real))
    random = [
        hmac.digest(seed, number.to_bytes(4, "big"), sha256) for number in range(size - len(real))
    ]
    # Sorted as numbers they cannot be told apart, and stand where nobody chose.
    return sorted(real + random)


@Kept
def _fingerprints(job: UUID) -> QuerySet[Bid, bytes | memoryview[int]]:
    bids = Bid.objects.filter(job=job, final_of__isnull=True)
    return bids.values_list("fingerprint", flat=True)


def holds(rooted: SealedRoot) -> bool:
    """Whether the bids that are there now are those that the root was made of."""
    return root(leaves_of(rooted.job, bytes(rooted.seed))) == bytes(rooted.root)
