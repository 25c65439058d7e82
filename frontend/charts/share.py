"""A share over time, as a line of counted dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend import formats
from frontend.charts.frame import Frame
from ledger.reports.choice_share import percent_of

LABELS_MAX = 12  # more points than this and only some are named


@dataclass(frozen=True, slots=True)
class SharePoint:
    """How many of how many, in one stretch of time."""

    label: str
    part: int
    whole: int
    returns: int | None = None  # of the whole, the choices of somebody chosen before

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0

    @property
    def percent(self) -> str:
        return f"{formats.number(100 * self.share)}{formats.NO_BREAK}%" if self.whole else "–"

    @property
    def return_percent(self) -> str:
        if not self.whole or self.returns is None:
            return "–"
        rate = percent_of(self.returns, self.whole) or 0
        return f"{formats.number(rate, places=1)}{formats.NO_BREAK}%"


@dataclass(frozen=True, slots=True)
class Dot:
    """One point drawn: where it is, what it says, and whether the saying has room."""

    x: float
    y: float
    text: str
    label: str
    shows_text: bool
    shows_label: bool
    text_y: float
    turn: str  # text-anchor


@dataclass(frozen=True, slots=True)
class ShareDrawing:
    """A line of dots in one frame."""

    frame: Frame
    dots: tuple[Dot, ...]
    line: str  # the points of a polyline
    rungs: tuple[tuple[float, str], ...]  # height and name of each grid line


@dataclass(frozen=True, slots=True)
class ShareChart:
    """A share over time, with its numbers for the table."""

    wide: ShareDrawing
    narrow: ShareDrawing
    points: tuple[SharePoint, ...]

    @property
    def tells_returns(self) -> bool:
        """Whether the table has columns for returns."""
        return any(point.returns is not None for point in self.points)

    @property
    def drawings(self) -> tuple[tuple[str, ShareDrawing], ...]:
        return (("wide", self.wide), ("narrow", self.narrow))


def share_over_time(points: Sequence[SharePoint]) -> ShareChart:
    """Return a share over time; a stretch in which there was nothing is left out of the line."""
    wide = Frame(width=760, height=240, left=58, right=732, top=30, bottom=206)
    narrow = Frame(width=320, height=220, left=40, right=302, top=30, bottom=186)
    return ShareChart(
        wide=_share_drawing(wide, points, every=1 + len(points) // LABELS_MAX),
        narrow=_share_drawing(narrow, points, every=max(1, len(points) // 2), only_ends=True),
        points=tuple(points),
    )


def _share_drawing(
    frame: Frame, points: Sequence[SharePoint], *, every: int, only_ends: bool = False
) -> ShareDrawing:
    dots: list[Dot] = []
    last = len(points) - 1
    for index, point in enumerate(points):
        if not point.whole:
            continue
        x, y = frame.across(index, len(points)), frame.up(point.share)
        at_end = index in (0, last)
        dots.append(
            Dot(
                x=x,
                y=y,
                text=formats.fraction(point.part, point.whole),
                label=point.label,
                shows_text=at_end if only_ends else index % every == 0,
                shows_label=at_end if only_ends else index % every == 0,
                # Near the top there is no room above the dot.
                text_y=y + 24 if y < frame.top + 4 else y - 13,
                turn=_turn(index, last) if only_ends else "middle",
            )
        )
    rungs = tuple((frame.up(share), formats.number(100 * share)) for share in (0.0, 0.5, 1.0))
    return ShareDrawing(frame, tuple(dots), " ".join(f"{d.x},{d.y}" for d in dots), rungs)


def _turn(index: int, last: int) -> str:
    if last == 0:
        return "middle"
    return {0: "start", last: "end"}.get(index, "middle")
