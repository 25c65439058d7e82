"""
Checkpoints: the root of the log so far, signed.

The text is that of a C2SP checkpoint: the log's name, how many leaves, the root in base64.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.log.keys import signer, verifier_keys
from marketplace.log.merkle import HASH_BYTES
from marketplace.log.notes import NotANote, text_of
from marketplace.models.log import Checkpoint
from marketplace.refusals import Refusal, Unknown


class NotACheckpoint(Refusal):
    """The text is no checkpoint of this log, or it was altered."""

    code = "not_a_checkpoint"
    field = "checkpoint"


class NothingSealed(Refusal):
    """The log is empty still."""

    code = "nothing_sealed"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class CheckpointPaper:
    """A checkpoint as it is handed out."""

    size: int
    root: str  # in base64, as the note has it
    note: str
    made_at: datetime
    verifier_key: str


def signed(*, size: int, root: bytes) -> str:
    """Return the signed note of a checkpoint."""
    by = signer()
    return by.sign(f"{by.name}\n{size}\n{base64.b64encode(root).decode()}\n")


def read_checkpoint(note: str) -> TreeHead:
    """
    Return what a genuine checkpoint of this log says.

    :raises NotACheckpoint: it is none, or nobody whom this log knows signed it.
    """
    try:
        return head_of(text_of(note.replace("\r\n", "\n"), verifier_keys()))
    except NotANote as reason:
        raise NotACheckpoint(str(reason)) from None


def head_of(text: str) -> TreeHead:
    """Return what the text of a checkpoint says. :raises NotANote: it is none."""
    origin, size_text, root_text, *_ = [*text.split("\n"), "", "", ""]
    try:
        root = base64.b64decode(root_text, validate=True)
    except binascii.Error:
        root = b""
    digits = size_text.isascii() and size_text.isdigit() and str(int(size_text)) == size_text
    if not origin or not digits or len(root) != HASH_BYTES:
        raise NotANote("This is no checkpoint: name, size and root are expected.")
    return TreeHead(origin, int(size_text), root)


def latest_checkpoint() -> CheckpointPaper:
    """
    Return the newest checkpoint. It tells nothing that is secret, and anybody may keep it.

    :raises NothingSealed: the log is empty still.
    """
    row = Checkpoint.objects.latest_first().first()
    if row is None:
        raise NothingSealed(
            "Nothing was sealed yet: the first checkpoint comes with the first event."
        )
    return paper_of(row)


def last_size() -> int:
    """Return how much the newest checkpoint covers; 0 before the first."""
    return _largest.first() or 0


@Kept
def _largest() -> QuerySet[Checkpoint, int]:
    return Checkpoint.objects.latest_first().values_list("size", flat=True)


def checkpoint_at(*, size: int) -> CheckpointPaper:
    """Return the checkpoint over so many leaves. :raises Unknown: none was made there."""
    row = Checkpoint.objects.filter(size=size).first()
    if row is None:
        raise Unknown("There is no checkpoint of that size.")
    return paper_of(row)


def paper_of(row: Checkpoint) -> CheckpointPaper:
    return CheckpointPaper(
        size=row.size,
        root=base64.b64encode(row.root).decode(),
        note=row.note,
        made_at=row.made_at,
        verifier_key=str(verifier_keys()[0]),
    )
