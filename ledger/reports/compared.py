"""What a comparison says: its criteria, its bids, their figures and what stands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ledger.reports.past_ratings import PastRating
from ledger.reports.stage import Stage
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class ComparedCriterion:
    """What the bids are judged on."""

    criterion_id: UUID
    name: str
    question: str
    weight: int
    levels: tuple[str, ...]  # words for 0, ¼, ½, ¾ and 1
    knock_out: int | None
    kind: str  # judged, past_ratings


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of a price."""

    kind: str
    label: str
    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ComparedScore:
    """One person's judgement of one bid on one criterion."""

    criterion_id: UUID
    quarters: int
    words: str  # the level's
    reason: str
    scorer_name: str
    scorer_id: UUID | None = None  # none where a panel judged together


@dataclass(frozen=True, slots=True)
class ComparedFlag:
    """Something worth a look. It informs and never blocks."""

    code: str
    text: str
    bid_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What the past says of a provider, beside the bid: never a number without its n."""

    result_mean: Decimal | None  # shrunk; None under three ratings
    ratings: int
    dates_kept: int
    dates_promised: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """A file of a bid; while names are hidden, called by its number."""

    file_id: UUID
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ComparedBid:
    """One column of the comparison."""

    bid_id: UUID
    reference: str
    provider_id: UUID
    provider_name: str
    is_in_house: bool
    team_of: str  # the department a team belongs to
    submitted_at: datetime
    lines: tuple[ComparedLine, ...]
    quoted: Money | None  # what the department is charged; None where never priced
    tax: Money | None  # recoverable, on top
    administration: Money | None  # of an outside contract
    changeover: Money | None
    comparable: Money | None  # C: quoted + administration + changeover
    spent: Money | None  # what the company really spends
    to_median: Money | None  # quoted, less the median of the valid bids
    # Q, 0 to 100, with the decimals that E takes; None while unscored, or hidden with the names
    quality: Decimal | None
    evaluated: Money | None  # E = C - V·Q, half away from zero
    place: int | None  # by the job's mode; equal places are ties
    spent_place: int | None
    is_tied: bool
    is_best_quoted: bool
    is_best_quality: bool
    is_above_ceiling: bool
    is_knocked_out: bool
    disqualified: str  # the reason; empty for a valid bid
    approach: str
    starts_on: date | None
    finishes_on: date | None
    valid_until_on: date | None
    answers: tuple[tuple[UUID, str], ...]  # criterion, text
    files: tuple[ComparedFile, ...]
    scores: tuple[ComparedScore, ...]
    record: Record | None  # None while names are hidden
    past_rating: PastRating | None  # None where it does not count, or names are hidden
    is_chosen: bool
    withdrawn: str  # why it was chosen and is not any more; it is not chosen again
    is_final: bool  # came in the best and final round
    is_followed: bool  # by its provider's best and final bid, which may be chosen instead


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole paper. `text` is its canonical form, `digest` the SHA-256 of that, in hex."""

    job_id: UUID
    reference: str
    title: str
    department_id: UUID
    department_name: str
    currency: str
    mode: str
    point: Money  # V
    ceiling: Money | None
    opened_at: datetime
    criteria: tuple[ComparedCriterion, ...]
    bids: tuple[ComparedBid, ...]  # best place first, then those without one
    flags: tuple[ComparedFlag, ...]
    leader_ids: tuple[UUID, ...]  # first place on what is charged
    spent_leader_ids: tuple[UUID, ...]  # first place on what is really spent
    views_disagree: bool
    turning_point: Money | None  # V*: the nearest value of a point that changes the leader …
    turning_bid_id: UUID | None  # … to this bid
    is_scored: bool  # each valid bid on each criterion
    chosen_bid_id: UUID | None
    chosen_at: datetime | None
    followed_view: str  # which view of money the choice followed, where they disagreed
    text: str
    digest: str
    can_score: bool
    can_choose: bool
    stage: Stage
    overrider: str  # the department that would pay, where the reader may override the choice
