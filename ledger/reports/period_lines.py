"""A department's lines of a closed month as files that prove themselves, each and nothing else."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

from ledger.models.periods import PeriodStep, Step
from ledger.reports.period_seal import LineProof, line_proofs
from marketplace.log.receipts import receipt_of
from marketplace.models.events import Event
from marketplace.models.people import User

TITLE = "choicebook period line v1"


@dataclass(frozen=True, slots=True)
class LineFile:
    """One line of a month's seal, with the receipt of the seal below it."""

    line: str  # the canonical text: account, currency, debit, credit
    index: int
    text: str  # what verify.py checks: verify.py period FILE
    file_name: str


def line_files(*, actor: User, period_id: int, department_id: UUID) -> tuple[LineFile, ...]:
    """
    Return the lines of a department in a closed month, each as a file for `verify.py period`.

    :raises Unknown: the actor cannot see the department, or there is no such month.
    :raises Forbidden: the books of this department are not the actor's to read.
    :raises NotSealed: the month is not closed.
    :raises NotSealedYet: it was closed a moment ago, and the record is not sealed that far.
    """
    proofs = line_proofs(actor=actor, period_id=period_id, department_id=department_id)
    closing = PeriodStep.objects.filter(period=period_id, step=Step.CLOSED).latest("position")
    # Whoever may read the line may prove it; the closing's event tells of no other line.
    receipt = receipt_of(Event.objects.get(kind=f"period.{Step.CLOSED}", subject_id=closing.pk))
    return tuple(
        LineFile(
            line=proof.text,
            index=proof.index,
            text=f"{_top(proof)}\n\n{receipt.text}",
            file_name=f"period-{period_id}-line-{proof.index}.txt",
        )
        for proof in proofs
    )


def _top(proof: LineProof) -> str:
    lines = [
        TITLE,
        f"extra {_encoded(bytes.fromhex(proof.salt) + proof.text.encode())}",
        f"index {proof.index}",
        f"size {proof.size}",
        *(_encoded(bytes.fromhex(step)) for step in proof.path),
    ]
    return "\n".join(lines)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
