"""A budget as one bar."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.charts.frame import Frame
from frontend.formats import Amount


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """One stretch of the bar: what it is, how much, where it lies."""

    kind: str  # charged, committed, available, over
    amount: Amount
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class BudgetChart:
    """A budget as one bar: charged, committed, available; or over it."""

    frame: Frame
    parts: tuple[BudgetPart, ...]
    limit_x: float  # where the budget ends
    is_over: bool


def budget_bar(*, granted: Amount, charged: Amount, committed: Amount, free: Amount) -> BudgetChart:
    """Return a budget as one bar; when more is taken than granted, the bar runs past its end."""
    frame = Frame(width=760, height=40, left=0, right=760, top=4, bottom=36)
    taken = max(charged.minor, 0) + max(committed.minor, 0)
    scale = max(granted.minor, taken, 1)
    parts: list[BudgetPart] = []
    start = 0
    for kind, amount in (
        ("charged", charged),
        ("committed", committed),
        ("available", free),
    ):
        size = max(amount.minor, 0)
        x, end = frame.along(start / scale), frame.along((start + size) / scale)
        parts.append(BudgetPart(kind, amount, x, round(end - x, 1)))
        start += size
    limit = frame.along(granted.minor / scale)
    return BudgetChart(frame, tuple(parts), limit, is_over=taken > granted.minor)
