"""What there is on paper: budget lines, jobs, awards, their parts, and what is contested."""

from __future__ import annotations

from dataclasses import dataclass, field


def share(minor: int, part: int, whole: int = 10_000) -> int:
    """So many parts of a whole, rounded half up, away from zero."""
    rounded = (2 * abs(minor) * part + whole) // (2 * whole)
    return rounded if minor >= 0 else -rounded


@dataclass
class Line:
    """A department's budget for a year."""

    budget: int = 0
    carried: int = 0
    precommitted: int = 0
    committed: int = 0
    charged: int = 0

    @property
    def available(self) -> int:
        return self.budget + self.carried - self.precommitted - self.committed - self.charged


@dataclass
class Change:
    difference: int
    agreed: bool = False
    signed: bool = False


@dataclass
class Dispute:
    amount: int
    held: int
    retained: int  # of what is held: taken from what was kept back
    credit: int | None = None


@dataclass
class Part:
    """A milestone of an award: what it costs, and how far it is."""

    price: int
    state: str = "open"  # then delivered, returned (and delivered anew), accepted
    amount: int = 0  # of the last delivery
    owed: int = 0  # to a vendor, tax included, and not held
    kept: int = 0  # back of it, to be released later
    release: str = ""  # then due, released
    changes: list[Change] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)


@dataclass
class Work:
    """An award: its parts, and what is promised, accepted and credited on it so far."""

    in_house: bool
    parts: list[Part]
    tax: int
    price: int  # at the choice
    own: int  # of the price: the department's; the rest is borne by whoever overrode the choice
    overridden: bool = False
    promised: int = 0
    accepted: int = 0
    credited: int = 0
    open: list[int] = field(default_factory=lambda: [0, 0])  # of the promise, by who bears it
    offers: list[int] = field(default_factory=list)  # to end it, for so much
    ended: bool = False

    def tax_on(self, before: int, after: int) -> int:
        if self.in_house or not self.tax:
            return 0
        return share(after, self.tax, self.price) - share(before, self.tax, self.price)


@dataclass
class Job:
    """A job: a draft until it is published, opened or not, and what became of it."""

    ceiling: int
    bids: dict[str, tuple[list[int], int]] = field(default_factory=dict)  # parts, tax
    estimate: int = 0
    published: bool = False
    opened: bool = False
    end: str = ""  # cancelled, awarded, ended
    work: Work | None = None
