"""What a release tells, in neutral words: no JSON is left in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bids.content import PlannedMilestone, PriceLine
from marketplace.details import CriterionDraft
from marketplace.money import Money

OURS = "choicebook"  # the object that holds what our extension adds, wherever it adds something


@dataclass(frozen=True, slots=True)
class Problem:
    """Something published that was not kept as it stands: where it is and why."""

    ocid: str | None
    where: str  # a JSON pointer into the release, or a line or byte of a file
    why: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A buyer or a provider: `key` is its own in all that one publisher publishes."""

    key: str
    name: str
    home: Organisation | None = None  # the department of an in-house team, where it is told
    cost_centre: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What bids on a job are judged on, as a release of a marketplace like this one states it."""

    mode: str
    point: Money | None  # what one more quality point is worth
    criteria: tuple[CriterionDraft, ...]
    criterion_keys: tuple[str, ...]  # by which the release refers to them
    category_code: str
    category_name: str
    shows_ceiling: bool
    invited: tuple[Organisation, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a bid was chosen, as a release of a marketplace like this one states it."""

    code: str
    reason: str
    criterion_key: str
    view: str


class Ending(Enum):
    """How a job ended when nobody was chosen."""

    CANCELLED = "cancelled"
    UNSUCCESSFUL = "unsuccessful"


@dataclass(frozen=True, slots=True)
class BidFact:
    """One bid. Without a price it was never opened; `fault` says why it cannot be chosen."""

    key: str
    bidder: Organisation
    at: datetime | None
    price: Money | None
    fault: str = ""
    is_withdrawn: bool = False
    is_implied: bool = False  # not published: an award names a provider that has no bid
    variant: int = 0  # which of the bidder's bids for this job, counted from 0
    lots: tuple[str, ...] = ()
    where: str = ""
    approach: str = ""
    lines: tuple[PriceLine, ...] = ()  # where they are published, and add up to the price
    milestones: tuple[PlannedMilestone, ...] = ()


@dataclass(frozen=True, slots=True)
class AwardFact:
    """One choice as published: whom it names, for how much, and whether a contract followed."""

    key: str
    suppliers: tuple[Organisation, ...]
    related: tuple[str, ...]  # the bids it names
    at: datetime | None
    agreed: Money | None
    reason: str
    is_pending: bool = False
    is_contracted: bool = False
    contracted_at: datetime | None = None
    lots: tuple[str, ...] = ()
    where: str = ""
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An award together with the bid it chose; zero is agreed where no value was published."""

    bid_key: str
    agreed: Money
    award: AwardFact


@dataclass(frozen=True, slots=True)
class LotFact:
    """A part of a procedure that is bid for and awarded by itself."""

    key: str
    title: str
    ending: Ending | None
    estimate: Money | None


@dataclass(frozen=True, slots=True)
class JobFact:
    """One job: a whole procedure, one lot of it, or the part of it that one award decided."""

    key: str
    title: str
    need: str
    category: str
    currency: str
    estimate: Money | None
    published_at: datetime | None
    closes_at: datetime | None
    known_at: datetime | None  # the date of the release: the last thing that is certain
    is_published: bool = True
    ending: Ending | None = None
    bids: tuple[BidFact, ...] = ()
    choice: Choice | None = None
    terms: Terms | None = None
    ending_reason: str = ""


@dataclass(frozen=True, slots=True)
class Tale:
    """All that the releases of one ocid tell, compiled."""

    ocid: str
    publisher: str
    buyer: Organisation | None
    jobs: tuple[JobFact, ...]
    problems: tuple[Problem, ...]
    releases: int = 1  # how many were compiled
