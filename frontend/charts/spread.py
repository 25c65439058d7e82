"""The prices of several bids on one line each, from nothing to the highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend.charts.frame import Frame
from frontend.formats import Amount


@dataclass(frozen=True, slots=True)
class Priced:
    """One bid's price, and whether it is still in the running."""

    name: str
    price: Amount
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price drawn: a dot on its line, and its figure beside it."""

    name: str
    price: Amount
    is_valid: bool
    x: float
    y: float
    name_y: float
    text_x: float
    turn: str  # text-anchor


@dataclass(frozen=True, slots=True)
class SpreadDrawing:
    """All prices in one frame, with the line of the ceiling and that of the median."""

    frame: Frame
    rows: tuple[PriceRow, ...]
    ceiling_x: float | None
    median_x: float | None


@dataclass(frozen=True, slots=True)
class SpreadChart:
    """The spread of prices, with its numbers for the table."""

    wide: SpreadDrawing
    narrow: SpreadDrawing
    ceiling: Amount | None
    median: Amount | None

    @property
    def drawings(self) -> tuple[tuple[str, SpreadDrawing], ...]:
        return (("wide", self.wide), ("narrow", self.narrow))


def price_spread(
    prices: Sequence[Priced], *, ceiling: Amount | None, median: Amount | None
) -> SpreadChart:
    """Return the prices, the lowest first; both lines only where they are known."""
    rows = sorted(prices, key=lambda one: one.price.minor)
    lines = [one for one in (ceiling, median) if one is not None]
    most = max([one.price.minor for one in rows] + [one.minor for one in lines] + [1])

    def drawing(*, width: int, left: int, right: int, step: int, above: int) -> SpreadDrawing:
        height = 24 + step * len(rows)
        frame = Frame(width=width, height=height, left=left, right=right, top=20, bottom=height - 4)
        drawn = []
        for index, one in enumerate(rows):
            x = frame.along(one.price.minor / most)
            y = 20 + step * index + step / 2 + above / 2
            # On the right half the figure stands left of its dot, so that it never leaves the box.
            is_late = x > (left + right) / 2
            turn, beside = ("end", -12) if is_late else ("start", 12)
            name_y = y - 16 if above else y + 4.5
            drawn.append(
                PriceRow(one.name, one.price, one.is_valid, x, y, name_y, x + beside, turn)
            )
        return SpreadDrawing(
            frame,
            tuple(drawn),
            None if ceiling is None else frame.along(ceiling.minor / most),
            None if median is None else frame.along(median.minor / most),
        )

    return SpreadChart(
        wide=drawing(width=760, left=190, right=742, step=34, above=0),
        narrow=drawing(width=320, left=8, right=306, step=50, above=14),
        ceiling=ceiling,
        median=median,
    )
