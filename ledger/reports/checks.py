"""What a checklist is made of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing that a check found: a job, a month, or words alone."""

    text: str
    job_id: UUID | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist."""

    code: str
    title: str
    is_blocker: bool  # stands against closing, unless it is clear
    is_clear: bool
    says: str  # what was found, and what to do about it
    rows: tuple[CheckRow, ...] = ()

    @property
    def state(self) -> str:
        """clear, blocker, or warning."""
        if self.is_clear:
            return "clear"
        return "blocker" if self.is_blocker else "warning"
