"""The bytes of a file, unpacked, and how far they were read."""

from __future__ import annotations

import io
import zlib

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_FIRST_LINE = 2**20  # a first line that ends before this may be a whole release


class CutShort(Exception):
    """The bytes of a file end, or make no sense, before its text does."""


class CountedBytes:
    """A file, unpacked where it is packed, that knows how far it was read."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self.file = file
        self.position = 0
        self.lines = 0
        self.broken: CutShort | None = None

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, none at the end. :raises CutShort: the rest cannot be had."""
        if self.broken:
            raise self.broken
        try:
            # Not `read`: of a damaged file it would throw away what could still be unpacked.
            chunk = self.file.read1(size)
        except (OSError, EOFError, zlib.error) as broken:
            self.broken = CutShort(f"the packed file is cut short or damaged ({broken})")
            raise self.broken from broken
        self.position += len(chunk)
        self.lines += chunk.count(b"\n")
        return chunk

    def head(self) -> bytes:
        """Return the beginning of the file, as long as a first line may be."""
        found = b""
        try:
            while len(found) < LONGEST_FIRST_LINE and (chunk := self.read(LONGEST_FIRST_LINE)):
                found += chunk
        except CutShort:
            pass  # told when the bytes after the head are asked for
        return found.removeprefix(BYTE_ORDER_MARK)


class Joined:
    """What was read of a file already, and then the rest of it."""

    def __init__(self, head: bytes, rest: CountedBytes) -> None:
        self.head = head
        self.rest = rest

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        if self.head:
            part, self.head = (self.head, b"") if size < 0 else (self.head[:size], self.head[size:])
            return part
        return self.rest.read(size)
