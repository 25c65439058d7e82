"""Files that stay as they were made: laid down in pieces, read back piece by piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.models.files import FilePiece, KeptFile

PIECE_BYTES = 1 << 20


def keep_file(*, name: str, media_type: str, pieces: Iterable[bytes], at: datetime) -> KeptFile:
    """Keep a file, whatever its size, in constant memory."""
    # Its size and digest are known at its end, and nothing is changed afterwards: the pieces come
    # first, and what they name by then at the transaction's end.
    file = KeptFile(name=name, media_type=media_type, made_at=at)
    digest, size = hashlib.sha256(), 0
    for number, content in enumerate(_cut(pieces, digest)):
        size += len(content)
        FilePiece.objects.create(file_id=file.pk, number=number, content=content)
    file.size, file.digest = size, digest.digest()
    file.save(force_insert=True)
    return file


def pieces_of(*, file_id: UUID) -> Iterator[bytes]:
    """Return a file's content, piece by piece."""
    numbers = FilePiece.objects.filter(file_id=file_id).order_by("number")
    for number in numbers.values_list("number", flat=True):
        piece = FilePiece.objects.get(file_id=file_id, number=number)
        yield bytes(piece.content)


def _cut(pieces: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        digest.update(piece)
        waiting += piece
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)
