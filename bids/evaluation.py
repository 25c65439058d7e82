"""
How bids compare: quality to price, absolute, in two views of money. Pure arithmetic, all exact.

A bid's place never depends on bids that lose: `E = C - V·Q` is each bid's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from bids.content import PriceLine
from marketplace.money import Money

# What the company would not spend if the work went elsewhere; salaried labour is paid anyway.
AVOIDABLE = frozenset({"materials", "travel", "subcontract", "hired_labour"})
QUARTERS = 4

Key = Callable[["EvaluatedBid"], Fraction | None]


@dataclass(frozen=True, slots=True)
class Weight:
    """A criterion as the arithmetic sees it; below its knock-out level (quarters) a bid is out."""

    id: UUID
    weight: int
    knock_out: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid bid with its opened price and its level (0 to 1) on each scored criterion."""

    bid_id: UUID
    quoted: Money
    lines: tuple[PriceLine, ...]
    is_in_house: bool
    levels: Mapping[UUID, Fraction]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was fixed at publication, and finance's table for work that goes outside."""

    mode: str
    point: Money  # V: what one more quality point is worth
    weights: tuple[Weight, ...]
    administration: Money
    changeover: Money
    differential: Money | None = None  # protective, off unless finance states one


@dataclass(frozen=True, slots=True)
class EvaluatedBid:
    """One bid's figures. A rank of None: out by a knock-out, or not scored yet."""

    bid_id: UUID
    charged: Money  # what the department is charged
    spent: Money  # what the company really spends
    comparable: Money  # C: charged, with administration and changeover of outside work
    quality: Fraction | None  # Q, 0 to 100
    exact: Fraction | None  # E in minor units
    exact_spent: Fraction | None  # the same over `spent`
    rank: int | None
    rank_spent: int | None
    is_tied: bool
    is_knocked_out: bool

    @property
    def evaluated(self) -> Money | None:
        """E: the comparable cost less what the quality is worth."""
        return rounded(self.exact, self.charged.currency)

    @property
    def evaluated_spent(self) -> Money | None:
        """The same, over what the company really spends."""
        return rounded(self.exact_spent, self.charged.currency)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All bids of a job, best first. It advises; the head chooses."""

    rows: tuple[EvaluatedBid, ...]
    leaders_charged: tuple[UUID, ...]
    leaders_spent: tuple[UUID, ...]
    turning_point: Money | None  # V*: the nearest worth of a point that changes the leader …
    turning_bid_id: UUID | None  # … to this bid

    @property
    def views_disagree(self) -> bool:
        """Whether both views of money have a leader, and none in common."""
        if not self.leaders_charged or not self.leaders_spent:
            return False  # before every bid is scored nobody leads on either
        return not set(self.leaders_charged) & set(self.leaders_spent)


def level_of(quarters: Sequence[int]) -> Fraction:
    """Return the level, 0 to 1, that scorers gave on average."""
    return Fraction(sum(quarters), QUARTERS * len(quarters))


def rounded(exact: Fraction | None, currency: str) -> Money | None:
    """Return an exact amount of minor units as money, half away from zero."""
    if exact is None:
        return None
    whole = (abs(exact) + Fraction(1, 2)).__floor__()
    return Money(whole if exact >= 0 else -whole, currency)


def evaluate(candidates: Sequence[Candidate], terms: Terms) -> Evaluation:
    """Return the figures and places of these bids, which are in one currency."""
    drafts = [_figures(candidate, terms) for candidate in candidates]
    ranks = _ranks(drafts, _charged_key(terms), _tie_width(terms))
    ranks_spent = _ranks(drafts, _spent_key(terms), _tie_width(terms))
    places: Counter[int | None] = Counter(ranks.values())
    rows = [
        replace(
            draft,
            rank=ranks.get(draft.bid_id),
            rank_spent=ranks_spent.get(draft.bid_id),
            is_tied=places[ranks.get(draft.bid_id)] > 1 and draft.bid_id in ranks,
        )
        for draft in drafts
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.charged.minor, str(row.bid_id)))
    point, bid_id = _turning_point(rows, terms)
    return Evaluation(
        rows=tuple(rows),
        leaders_charged=tuple(row.bid_id for row in rows if row.rank == 1),
        leaders_spent=tuple(row.bid_id for row in rows if row.rank_spent == 1),
        turning_point=point,
        turning_bid_id=bid_id,
    )


def quality_of(levels: Mapping[UUID, Fraction], weights: Sequence[Weight]) -> Fraction | None:
    """Return `Q = Σ weight × level`, 0 to 100; None while a criterion is not scored."""
    if any(weight.id not in levels for weight in weights):
        return None
    return sum((weight.weight * levels[weight.id] for weight in weights), Fraction(0))


def really_spent(candidate: Candidate, terms: Terms) -> Money:
    """Return what the company would spend: of an in-house bid only what could be avoided."""
    if candidate.is_in_house:
        avoidable = sum(line.amount_minor for line in candidate.lines if line.kind in AVOIDABLE)
        return Money(avoidable, candidate.quoted.currency)
    return candidate.quoted + terms.administration + terms.changeover


def _figures(candidate: Candidate, terms: Terms) -> EvaluatedBid:
    comparable = candidate.quoted
    if not candidate.is_in_house:
        comparable = comparable + terms.administration + terms.changeover
        if terms.differential is not None:
            comparable = comparable + terms.differential
    spent = really_spent(candidate, terms)
    quality = quality_of(candidate.levels, terms.weights)
    worth = _worth(quality, terms)
    return EvaluatedBid(
        bid_id=candidate.bid_id,
        charged=candidate.quoted,
        spent=spent,
        comparable=comparable,
        quality=quality,
        exact=None if worth is None else comparable.minor - worth,
        exact_spent=None if worth is None else spent.minor - worth,
        rank=None,
        rank_spent=None,
        is_tied=False,
        is_knocked_out=any(
            weight.knock_out is not None
            and weight.id in candidate.levels
            and candidate.levels[weight.id] < Fraction(weight.knock_out, QUARTERS)
            for weight in terms.weights
        ),
    )


def _worth(quality: Fraction | None, terms: Terms) -> Fraction | None:
    """Return `V·Q` in minor units: nothing where price alone decides, None while unknown."""
    if terms.mode == "lowest_cost" or not terms.point:
        return Fraction(0)
    return None if quality is None else terms.point.minor * quality


def _charged_key(terms: Terms) -> Key:
    if terms.mode == "fixed_price":
        return _by_quality
    return lambda row: row.exact


def _spent_key(terms: Terms) -> Key:
    if terms.mode == "fixed_price":
        return _by_quality
    return lambda row: row.exact_spent


def _by_quality(row: EvaluatedBid) -> Fraction | None:
    return None if row.quality is None else -row.quality


def _tie_width(terms: Terms) -> Fraction:
    """Less than one currency unit apart is a tie; qualities tie only when they are equal."""
    if terms.mode == "fixed_price":
        return Fraction(0)
    return Fraction(10**terms.point.exponent)


def _ranks(rows: Sequence[EvaluatedBid], key: Key, width: Fraction) -> dict[UUID, int]:
    """
    Return the place of each bid that has one; bids that tie share theirs.

    A tie is measured from the best bid of its group, never from bid to bid: so no chain of small
    steps ties bids that are far apart, and no bid's place depends on a worse one.
    """
    running = [row for row in rows if not row.is_knocked_out]
    known = [(value, row.bid_id) for row in running if (value := key(row)) is not None]
    known.sort()
    places: dict[UUID, int] = {}
    best: Fraction | None = None
    place = 0
    for position, (value, bid_id) in enumerate(known, start=1):
        if best is None or (value != best and value - best >= width):
            best, place = value, position
        places[bid_id] = place
    return places


def _turning_point(rows: Sequence[EvaluatedBid], terms: Terms) -> tuple[Money | None, UUID | None]:
    """Return the worth of a point, nearest to the one stated, at which another bid would lead."""
    ranked = [row for row in rows if row.rank is not None and row.quality is not None]
    if terms.mode != "quality_to_price" or len(ranked) < 2:
        return None, None
    leader = ranked[0]
    turns = []
    for row in ranked[1:]:
        assert leader.quality is not None
        assert row.quality is not None
        if row.quality == leader.quality:
            continue
        turn = Fraction(leader.comparable.minor - row.comparable.minor) / (
            leader.quality - row.quality
        )
        if turn >= 0:
            turns.append((abs(turn - terms.point.minor), str(row.bid_id), turn, row.bid_id))
    if not turns:
        return None, None
    _, _, turn, bid_id = min(turns)
    return rounded(turn, leader.charged.currency), bid_id
