"""The box that a drawing fills."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of one drawing and the box inside it that the figures fill."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    def across(self, index: int, count: int) -> float:
        """Return where the n-th of so many points stands; a lone one in the middle."""
        span = self.right - self.left
        return round(self.left + (span / 2 if count < 2 else span * index / (count - 1)), 1)

    def along(self, share: float) -> float:
        """Return how far to the right a share of the whole width reaches."""
        return round(self.left + (self.right - self.left) * min(max(share, 0.0), 1.0), 1)

    def up(self, share: float) -> float:
        """Return how high a share of the whole height stands."""
        return round(self.bottom - (self.bottom - self.top) * min(max(share, 0.0), 1.0), 1)
