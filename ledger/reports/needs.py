"""The seven questions about a provider: its shrunk means beside the market's, with their n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ledger.models.ratings import DEPARTMENT_ASKED, Again
from ledger.reports.opinions import DAY, ENOUGH, Market, Opinion
from ledger.reports.shrinkage import THOUSANDTH, shrunk_mean, shrunk_share

NEEDS = {
    "informed": "Informed",
    "in_control": "In control",
    "choices": "Choices",
    "friendly": "Friendly",
    "knowledgeable": "Knowledgeable",
    "attentive": "Attentive",
    "result": "Result",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of so many. Never a bare percentage."""

    part: int
    whole: int


NOTHING = Counted(0, 0)


@dataclass(frozen=True, slots=True)
class NeedFigure:
    """One of the seven questions: the provider's shrunk mean beside the market's."""

    code: str
    name: str
    mean: Decimal | None  # None where too few rated
    n: int
    market: Decimal | None
    market_n: int


def need_figures(
    said: Sequence[Opinion], market: Market, *, at: datetime, tells_all: bool
) -> tuple[NeedFigure, ...]:
    """Return the questions with a provider's shrunk means beside the market's."""
    figures = []
    for code in DEPARTMENT_ASKED:
        points = [
            (opinion.points[code], (at - opinion.rated_at) / DAY)
            for opinion in said
            if code in opinion.points
        ]
        mean, n = market.needs[code]
        enough = bool(points) if tells_all else len(points) >= ENOUGH
        figures.append(
            NeedFigure(
                code=code,
                name=NEEDS[code],
                mean=shrunk_mean(points, mean) if enough and n else None,
                n=len(points),
                market=Decimal(mean).quantize(THOUSANDTH) if n >= ENOUGH else None,
                market_n=n,
            )
        )
    return tuple(figures)


def again_mean(again: Counted, market: Market, *, tells_all: bool) -> Decimal | None:
    """Return the share that would choose them again, with the market's prior."""
    enough = again.whole > 0 if tells_all else again.whole >= ENOUGH
    if not enough or not market.again_n:
        return None
    return shrunk_share(again.part, again.whole, market.again_yes / market.again_n)


def again_of(said: Sequence[Opinion], *, tells_all: bool) -> Counted:
    """Return how many would choose them again; nothing where one person's answer would show."""
    if not tells_all and len(said) < ENOUGH:
        return NOTHING
    return Counted(sum(opinion.again == Again.YES for opinion in said), len(said))
