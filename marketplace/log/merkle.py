"""
The Merkle tree of RFC 6962 and RFC 9162, over SHA-256. Pure: bytes in, bytes out.

A leaf is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), and of n leaves the left
subtree holds the largest power of two smaller than n. A path is told as ranges of leaves, so that
whoever has the leaves, or tiles of them, can hash what the path needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32

Range = tuple[int, int]  # leaves from the first up to, and without, the second


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds these bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    stack: list[tuple[int, bytes]] = []  # perfect subtrees, the largest first: height and hash
    for leaf in leaves:
        height, hashed = 0, leaf
        while stack and stack[-1][0] == height:
            hashed = node_hash(stack.pop()[1], hashed)
            height += 1
        stack.append((height, hashed))
    return joined([hashed for _, hashed in stack])


def joined(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees that stand from left to right, each smaller."""
    *others, whole = hashes
    for left in reversed(others):
        whole = node_hash(left, whole)
    return whole


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """
    Return what the path of a leaf is made of, the leaf's sibling first.

    :raises IndexError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise IndexError(f"There is no leaf {index} in a tree of {size}.")
    ranges: list[Range] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _half(end - begin)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """
    Return what the proof is made of that a tree grew out of a smaller one.

    :raises IndexError: the old tree is empty or larger.
    """
    if not 0 < old_size <= size:
        raise IndexError(f"A tree of {size} did not grow out of one of {old_size}.")
    ranges: list[Range] = []
    begin, end = 0, size
    while end > old_size:
        middle = begin + _half(end - begin)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    # The old root itself is known to whoever asks; any other subtree must be told.
    if begin:
        ranges.append((begin, end))
    return ranges[::-1]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root. :raises IndexError: no such leaf."""
    return _hashed(inclusion_ranges(index, len(leaves)), lambda b, e: root(leaves[b:e]))


def consistency_path(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that these leaves begin with the `old_size` first ones."""
    return _hashed(consistency_ranges(old_size, len(leaves)), lambda b, e: root(leaves[b:e]))


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether the path leads from this leaf hash, at this place, to the root (RFC 9162, 2.1.3)."""
    if not 0 <= index < size:
        return False
    place, last, hashed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def verify_consistency(
    *, old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the larger tree begins with the smaller one (RFC 9162, 2.1.4)."""
    if old_size == size:
        return not path and old_root == root
    if not 0 < old_size < size or not path:
        return False
    # A smaller tree that is perfect is its own first hash.
    hashes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for hashed in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(hashed, old), node_hash(hashed, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, hashed)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def _half(count: int) -> int:
    """Return the largest power of two that is smaller than the count."""
    return 1 << (count - 1).bit_length() - 1


def _hashed(ranges: Sequence[Range], hash_of: Callable[[int, int], bytes]) -> list[bytes]:
    return [hash_of(begin, end) for begin, end in ranges]
