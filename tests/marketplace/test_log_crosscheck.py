"""
Another library's verifier says the same of our paths: sigstore's, where somebody has it.

It is no dependency:  pip install --target /somewhere sigstore;  PYTHONPATH=/somewhere ./dev test …
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.log import merkle

theirs = pytest.importorskip(
    "sigstore._internal.merkle", reason="sigstore is no dependency", exc_type=ImportError
)

BODIES = [b"entry %d" % number for number in range(70)]
LEAVES = [merkle.leaf_hash(body) for body in BODIES]


def entry(index: int, size: int, body: bytes) -> SimpleNamespace:
    proof = SimpleNamespace(
        log_index=index,
        tree_size=size,
        hashes=merkle.inclusion_path(LEAVES[:size], index),
        root_hash=merkle.root(LEAVES[:size]),
    )
    return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=body))


@pytest.mark.parametrize("size", range(1, 71))
def test_another_verifier_accepts_every_path_and_no_other_entry(size):
    for index in range(size):
        theirs.verify_merkle_inclusion(entry(index, size, BODIES[index]))
        with pytest.raises(theirs.VerificationError):
            theirs.verify_merkle_inclusion(entry(index, size, b"something else"))
