"""A budget through its year: what is free, and what is not charged yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend.charts.frame import Frame
from frontend.formats import Amount


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """How a budget stood at the end of a month."""

    label: str
    granted: Amount
    promised: Amount
    charged: Amount
    free: Amount


@dataclass(frozen=True, slots=True)
class Level:
    """One month end drawn: how high what is free stands, and what is not charged yet."""

    x: float
    free_y: float
    uncharged_y: float
    label: str
    shows_label: bool
    turn: str  # text-anchor


@dataclass(frozen=True, slots=True)
class BurndownDrawing:
    """Two falling lines in one frame; between them lies what awards have promised."""

    frame: Frame
    levels: tuple[Level, ...]
    free: str  # the points of a polyline
    uncharged: str
    zero_y: float


@dataclass(frozen=True, slots=True)
class BurndownChart:
    """A budget through its year, with its numbers for the table."""

    wide: BurndownDrawing
    narrow: BurndownDrawing
    months: tuple[MonthEnd, ...]
    most: Amount  # what the top of the drawing stands for

    @property
    def drawings(self) -> tuple[tuple[str, BurndownDrawing], ...]:
        return (("wide", self.wide), ("narrow", self.narrow))


def burndown(months: Sequence[MonthEnd]) -> BurndownChart:
    """Return a budget through its year; below the zero line it is overdrawn."""
    most = max((one.granted for one in months), key=lambda amount: amount.minor)
    wide = Frame(width=760, height=240, left=12, right=748, top=26, bottom=206)
    narrow = Frame(width=320, height=220, left=10, right=310, top=26, bottom=186)
    return BurndownChart(
        wide=_drawing(wide, months, most.minor, only_ends=False),
        narrow=_drawing(narrow, months, most.minor, only_ends=True),
        months=tuple(months),
        most=most,
    )


def _drawing(
    frame: Frame, months: Sequence[MonthEnd], most: int, *, only_ends: bool
) -> BurndownDrawing:
    lowest = min(0, *(one.free.minor for one in months))
    span = max(most - lowest, 1)
    last = len(months) - 1
    levels = tuple(
        Level(
            x=frame.across(index, len(months)),
            free_y=frame.up((one.free.minor - lowest) / span),
            uncharged_y=frame.up((one.free.minor + one.promised.minor - lowest) / span),
            label=one.label,
            shows_label=not only_ends or index in (0, last),
            turn="middle" if not last else {0: "start", last: "end"}.get(index, "middle"),
        )
        for index, one in enumerate(months)
    )
    return BurndownDrawing(
        frame,
        levels,
        " ".join(f"{one.x},{one.free_y}" for one in levels),
        " ".join(f"{one.x},{one.uncharged_y}" for one in levels),
        frame.up(-lowest / span),
    )
