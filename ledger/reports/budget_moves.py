"""The moves of budget: those that wait for a signature, and those that were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.models.moves import MoveAnswer, MoveWanted
from ledger.reports.columns import Column, columns
from marketplace.models.people import User
from marketplace.models.providers import Category
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move: who wants it and why, and what became of it."""

    move_id: UUID
    fiscal_year: int
    from_line_id: UUID
    from_department: str
    from_category: str
    to_department: str
    to_category: str
    amount: Money
    reason: str
    asked_by_id: UUID
    asked_by: str
    asked_at: datetime
    state: str  # waiting, made, declined
    answered_by: str
    answered_at: datetime | None
    answer: str  # why it was declined


COLUMNS: tuple[Column[MoveRow], ...] = columns(
    *("fiscal_year", "from_department", "from_category", "to_department", "to_category"),
    *("amount", "reason", "asked_by", "asked_at", "state", "answered_by", "answered_at", "answer"),
    currency=lambda row: row.amount.currency,
)


def budget_moves(*, actor: User, only_waiting: bool = False) -> tuple[MoveRow, ...]:
    """Return the moves that the actor may read, the latest first."""
    moves = MoveWanted.objects.visible_to(actor)
    if only_waiting:
        moves = moves.waiting()
    found = moves.select_related(
        "from_line__department",
        "from_line__category",
        "to_department",
        "to_category",
        "reason",
        "proposed_by",
        "answer__answered_by",
        "answer__reason",
    )
    return tuple(_row(move) for move in found.order_by("-proposed_at", "pk"))


def budget_move(*, actor: User, move_id: UUID) -> MoveRow:
    """Return one move. :raises Unknown: there is none that the actor may read."""
    return _row(MoveWanted.objects.visible_to(actor).one(move_id))


def _row(move: MoveWanted) -> MoveRow:
    line = move.from_line
    answer: MoveAnswer | None = getattr(move, "answer", None)
    return MoveRow(
        move_id=move.pk,
        fiscal_year=line.fiscal_year,
        from_line_id=line.pk,
        from_department=line.department.name,
        from_category=_name(line.category),
        to_department=move.to_department.name,
        to_category=_name(move.to_category),
        amount=Money(move.amount_minor, line.currency),
        reason=move.reason.text,
        asked_by_id=move.proposed_by_id,
        asked_by=move.proposed_by.name,
        asked_at=move.proposed_at,
        state=("made" if answer.is_made else "declined") if answer else "waiting",
        answered_by=answer.answered_by.name if answer else "",
        answered_at=answer.answered_at if answer else None,
        answer=answer.reason.text if answer and answer.reason else "",
    )


def _name(category: Category | None) -> str:
    return category.name if category else ""
