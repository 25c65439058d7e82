"""Why bids won and why they lost: two bars to each reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend.charts.frame import Frame


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and how often it decided for us and for others."""

    name: str
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason drawn: its name above, a full bar for us and a hollow one for others."""

    name: str
    name_y: float
    won: int
    won_y: float
    won_width: float
    lost: int
    lost_y: float
    lost_width: float


@dataclass(frozen=True, slots=True)
class ReasonsChart:
    """Wins and losses by reason; one drawing fits every width."""

    frame: Frame
    rows: tuple[ReasonRow, ...]

    @property
    def won(self) -> int:
        return sum(row.won for row in self.rows)

    @property
    def lost(self) -> int:
        return sum(row.lost for row in self.rows)


STEP = 60


def wins_and_losses(reasons: Sequence[Reason]) -> ReasonsChart:
    """Return the reasons in the order given."""
    most = max([1, *(one.won for one in reasons), *(one.lost for one in reasons)])
    height = STEP * len(reasons)
    frame = Frame(width=320, height=height, left=0, right=280, top=0, bottom=height)
    rows = tuple(
        ReasonRow(
            name=one.name,
            name_y=STEP * index + 14,
            won=one.won,
            won_y=STEP * index + 22,
            won_width=frame.along(one.won / most),
            lost=one.lost,
            lost_y=STEP * index + 38,
            lost_width=frame.along(one.lost / most),
        )
        for index, one in enumerate(reasons)
    )
    return ReasonsChart(frame, rows)
