"""The months of the books, to pick from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.models.people import User


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One month of the books."""

    id: int  # 202611
    label: str  # 2026-11
    fiscal_year: int
    starts_on: date
    ends_on: date
    state: str  # open, closing, closed


def periods(*, actor: User) -> tuple[PeriodRow, ...]:
    """Return the months of the books, newest first."""
    raise NotImplementedError
