"""/log/: checkpoints and proofs of the sealed record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Strict
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import Asked, Resource, operation
from ledger.reports.period_lines import LineFile, line_files
from marketplace.log import receipts
from marketplace.log.checkpoints import CheckpointPaper

CheckpointOut = paper(CheckpointPaper, "size", "root", "note", "made_at", "verifier_key")
ProvableOut = paper(
    receipts.Provable, "event_id", "kind", "subject_id", "job_id", "happened_at", "is_sealed"
)
ProofOut = paper(
    receipts.Receipt,
    "event_id",
    "kind",
    "subject_id",
    "happened_at",
    "position",
    "size",
    "body",
    "salt",
    "text",
    "file_name",
    title="Proof",
)
ConsistencyOut = paper(receipts.Consistency, "from_size", "to_size", "path", "text")
TileOut = paper(receipts.TilePaper, "level", "number", "hashes", "is_complete")
LineFileOut = paper(LineFile, "line", "index", "text", "file_name")
SIZES_MAX = 2**53


class SubjectQuery(Strict):
    """What the events are about: a bid, an award, a delivery, a rating, or a whole job."""

    subject = serializers.UUIDField()


class AtQuery(Strict):
    """Under which checkpoint; without one, under the newest."""

    size = serializers.IntegerField(required=False, min_value=1, max_value=SIZES_MAX)


# Two names of a question that are words of Python, too.
SpanOfSizes = type(
    "SpanOfSizes",
    (Strict,),
    {
        "__doc__": "From which size to which; without the second, until now.",
        "from": serializers.IntegerField(min_value=1, max_value=SIZES_MAX),
        "to": serializers.IntegerField(required=False, min_value=1, max_value=SIZES_MAX),
    },
)


class Checkpoint(Resource):
    """/log/checkpoint/"""

    @operation("Read a checkpoint", scope="ledger:read", answers=CheckpointOut, query=AtQuery)
    def get(self, asked: Asked) -> Any:
        """How long the sealed record is, and its root, signed. Keep it outside."""
        return receipts.checkpoint(actor=asked.actor, **asked.query)


class Proofs(Resource):
    """/log/proofs/"""

    @operation(
        "List what can be proved",
        scope="ledger:read",
        answers=ProvableOut,
        query=SubjectQuery,
        paged=True,
    )
    def get(self, asked: Asked) -> Listed:
        """The events about one thing of which you may have a receipt, the oldest first."""
        subject = asked.query["subject"]
        found = receipts.receipts_of(actor=asked.actor, subject_ids=[subject])
        return sliced(found, **asked.page)


class Proof(Resource):
    """/log/proofs/{event}/"""

    @operation("Read a proof", scope="ledger:read", answers=ProofOut, query=AtQuery)
    def get(self, asked: Asked, event_id: int) -> Any:
        """`text` is the receipt: a C2SP tlog-proof that verify.py checks without us."""
        return receipts.receipt(actor=asked.actor, event_id=event_id, **asked.query)


class Consistency(Resource):
    """/log/consistency/"""

    @operation(
        "Prove that the record only grew",
        scope="ledger:read",
        answers=ConsistencyOut,
        query=SpanOfSizes,
    )
    def get(self, asked: Asked) -> Any:
        """`text` is the proof that the record of `to` entries begins with that of `from`."""
        sizes = asked.query
        return receipts.consistency(
            actor=asked.actor, from_size=sizes["from"], to_size=sizes.get("to")
        )


class PeriodLines(Resource):
    """/log/periods/{period}/lines/{department}/"""

    @operation(
        "List a department's sealed lines", scope="ledger:read", answers=LineFileOut, paged=True
    )
    def get(self, asked: Asked, period_id: int, department_id: UUID) -> Listed:
        """Its balances in a closed month. `text` proves one of them, and tells no other."""
        lines = line_files(actor=asked.actor, period_id=period_id, department_id=department_id)
        return sliced(lines, **asked.page)


class Tile(Resource):
    """/log/tiles/{level}/{number}/"""

    @operation("Read a tile of the tree", scope="ledger:read", answers=TileOut)
    def get(self, asked: Asked, level: int, number: int) -> Any:
        """256 hashes of one level, fewer at the tree's edge. For finance and auditors."""
        return receipts.tile(actor=asked.actor, level=level, number=number)
