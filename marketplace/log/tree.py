"""
The tree as it lies in the database: complete tiles of 256 hashes, and what is not a tile yet.

Level 0 holds the leaves, level 1 the roots of its tiles, and so on. Whatever hash a proof asks for
is made of at most one tile per level, so that a proof costs the same at any size.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Max

from marketplace.log import merkle
from marketplace.models.log import LogLeaf, LogTile

WIDTH = 256
WIDTH_BITS = 8


@dataclass(slots=True)
class StoredTree:
    """The first `size` leaves of the log. Reads tiles as it needs them, each once."""

    size: int
    _rows: dict[tuple[int, int], list[bytes]] = field(default_factory=dict)

    def inclusion_path(self, index: int) -> list[bytes]:
        """Return the hashes that lead from a leaf to the root. :raises IndexError: no such leaf."""
        return [self.range_root(*span) for span in merkle.inclusion_ranges(index, self.size)]

    def consistency_path(self, old_size: int) -> list[bytes]:
        """Return the proof that this tree grew out of its first `old_size` leaves."""
        return [self.range_root(*span) for span in merkle.consistency_ranges(old_size, self.size)]

    @property
    def root(self) -> bytes:
        return self.range_root(0, self.size) if self.size else merkle.EMPTY_ROOT

    def range_root(self, begin: int, end: int) -> bytes:
        """Return the root over leaves that begin where a subtree of their number could."""
        hashes = []
        while begin < end:
            # The largest perfect subtree that begins here and fits.
            height = (end - begin).bit_length() - 1
            if begin:
                height = min(height, (begin & -begin).bit_length() - 1)
            hashes.append(self._perfect(height, begin >> height))
            begin += 1 << height
        return merkle.joined(hashes)

    def _perfect(self, height: int, number: int) -> bytes:
        """Return the hash over 2^height leaves, by its number from the left."""
        level, above = divmod(height, WIDTH_BITS)
        first = number << above
        row = self._row(level, first >> WIDTH_BITS)
        begin = first & WIDTH - 1
        return merkle.root(row[begin : begin + (1 << above)])

    def _row(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._rows:
            whole = (number + 1) << WIDTH_BITS * (level + 1) <= self.size
            self._rows[level, number] = _tile(level, number) if whole else _edge(level, number)
        return self._rows[level, number]


def row_of(level: int, number: int) -> list[bytes]:
    """Return the hashes of a tile, or those that are there of one to come."""
    return _tile(level, number) or _edge(level, number)


def _tile(level: int, number: int) -> list[bytes]:
    tile = LogTile.objects.filter(level=level, number=number).values_list("hashes").first()
    return split(bytes(tile[0])) if tile else []


def _edge(level: int, number: int) -> list[bytes]:
    begin, end = number * WIDTH, (number + 1) * WIDTH
    if level == 0:
        rows = LogLeaf.objects.filter(position__gte=begin, position__lt=end)
        return [bytes(leaf) for leaf in rows.order_by("position").values_list("leaf", flat=True)]
    below = LogTile.objects.filter(level=level - 1, number__gte=begin, number__lt=end)
    return [bytes(root) for root in below.order_by("number").values_list("root", flat=True)]


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes that a tile holds."""
    return [hashes[at : at + merkle.HASH_BYTES] for at in range(0, len(hashes), merkle.HASH_BYTES)]


def log_size() -> int:
    """Return how many leaves there are."""
    last: int | None = LogLeaf.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
