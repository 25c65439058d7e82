"""The six needs: ours beside the market's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend import formats
from frontend.charts.frame import Frame


@dataclass(frozen=True, slots=True)
class Need:
    """One need: ours and the market's mean, each None where too few were asked."""

    name: str
    ours: float | None
    theirs: float | None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need drawn: two dots on a line from 1 to 5."""

    name: str
    y: float
    name_y: float
    ours_x: float | None
    theirs_x: float | None
    ours: str
    theirs: str
    ours_text_x: float
    theirs_text_x: float
    ours_turn: str
    theirs_turn: str


@dataclass(frozen=True, slots=True)
class NeedsDrawing:
    """The profile in one frame."""

    frame: Frame
    rows: tuple[NeedRow, ...]
    rungs: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class NeedsChart:
    """The six needs, ours beside the market's, with their numbers for the table."""

    wide: NeedsDrawing
    narrow: NeedsDrawing
    needs: tuple[Need, ...]

    @property
    def drawings(self) -> tuple[tuple[str, NeedsDrawing], ...]:
        return (("wide", self.wide), ("narrow", self.narrow))


def needs_profile(needs: Sequence[Need]) -> NeedsChart:
    """Return the profile of the needs: names beside the lines when wide, above them when narrow."""
    return NeedsChart(
        wide=_needs_drawing(needs, width=760, left=130, right=742, step=34, above=0),
        narrow=_needs_drawing(needs, width=320, left=14, right=302, step=48, above=14),
        needs=tuple(needs),
    )


def _needs_drawing(
    needs: Sequence[Need], *, width: int, left: int, right: int, step: int, above: int
) -> NeedsDrawing:
    height = 28 + step * len(needs)
    frame = Frame(width=width, height=height, left=left, right=right, top=20, bottom=height - 2)
    rows = tuple(
        _need_row(need, frame, y=20 + step * index + step / 2 + above / 2, above=above)
        for index, need in enumerate(needs)
    )
    rungs = tuple((frame.along((mark - 1) / 4), formats.number(mark)) for mark in range(1, 6))
    return NeedsDrawing(frame, rows, rungs)


def _need_row(need: Need, frame: Frame, *, y: float, above: int) -> NeedRow:
    ours_x = None if need.ours is None else frame.along((need.ours - 1) / 4)
    theirs_x = None if need.theirs is None else frame.along((need.theirs - 1) / 4)
    # Each figure stands on the outer side of its dot, so that the two never meet.
    ours_leads = (ours_x or 0) >= (theirs_x or 0)
    outer, inner = (12, -12) if ours_leads else (-12, 12)
    return NeedRow(
        name=need.name,
        y=y,
        name_y=y - 16 if above else y + 4.5,
        ours_x=ours_x,
        theirs_x=theirs_x,
        ours="" if need.ours is None else formats.number(need.ours, places=1),
        theirs="" if need.theirs is None else formats.number(need.theirs, places=1),
        ours_text_x=(ours_x or 0) + outer,
        theirs_text_x=(theirs_x or 0) + inner,
        ours_turn="start" if ours_leads else "end",
        theirs_turn="end" if ours_leads else "start",
    )
