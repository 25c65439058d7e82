"""Corrections of entries: what waits for a second person, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.models.corrections import Correction, CorrectionAnswer
from ledger.permissions import may_correct
from ledger.reports.columns import Column, columns
from ledger.reports.reading import reader_of
from marketplace.models.people import User
from marketplace.refusals import require


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One entry that somebody wants reversed."""

    correction_id: UUID
    entry_id: UUID
    entry_kind: str  # its label
    effective_on: date
    period: int
    reason: str
    asked_by: str
    asked_at: datetime
    state: str  # waiting, signed, declined
    answered_by: str
    answered_at: datetime | None
    answer: str  # why it was declined
    reversal_id: UUID | None
    may_sign: bool  # by this reader, now
    may_decline: bool


COLUMNS: tuple[Column[CorrectionRow], ...] = columns(
    "correction_id",
    "entry_id",
    "entry_kind",
    "effective_on",
    "period",
    "reason",
    "asked_by",
    "asked_at",
    "state",
    "answered_by",
    "answered_at",
    "reversal_id",
)


def corrections(*, actor: User) -> tuple[CorrectionRow, ...]:
    """
    Return every correction that was asked for, those that wait first, for finance and auditors.

    :raises Forbidden: the actor holds neither office.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    asked = Correction.objects.select_related(
        *("entry", "reason", "asked_by", "answer__answered_by"),
        *("answer__reversal", "answer__reason"),
    ).order_by("-asked_at", "pk")
    may = may_correct(actor)
    rows = [_row(one, actor, may=may) for one in asked]
    return tuple(sorted(rows, key=lambda row: row.state != "waiting"))


def _row(asked: Correction, actor: User, *, may: bool) -> CorrectionRow:
    answer: CorrectionAnswer | None = getattr(asked, "answer", None)
    state = "waiting" if answer is None else "signed" if answer.reversal_id else "declined"
    return CorrectionRow(
        correction_id=asked.pk,
        entry_id=asked.entry.public_id,
        entry_kind=asked.entry.get_kind_display(),
        effective_on=asked.entry.effective_on,
        period=asked.entry.period_id,
        reason=asked.reason.text,
        asked_by=asked.asked_by.name,
        asked_at=asked.asked_at,
        state=state,
        answered_by=answer.answered_by.name if answer else "",
        answered_at=answer.answered_at if answer else None,
        answer=answer.reason.text if answer and answer.reason else "",
        reversal_id=answer.reversal.public_id if answer and answer.reversal else None,
        may_sign=may and state == "waiting" and asked.asked_by_id != actor.pk,
        may_decline=may and state == "waiting",
    )
