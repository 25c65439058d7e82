"""A provider's record: the six needs, whether they would be chosen again, promises kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ledger.reports.columns import columns
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of so many. Never a bare percentage."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class NeedFigure:
    """One of the seven questions: the provider's shrunk mean beside the market's."""

    code: str
    name: str
    mean: Decimal | None  # None where too few rated
    n: int
    market: Decimal | None
    market_n: int


@dataclass(frozen=True, slots=True)
class LastJob:
    """A job the provider was chosen for."""

    job_id: UUID
    title: str
    department_name: str
    chosen_at: datetime
    price: Money | None  # where the reader may know it


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote with a rating, after the reveal."""

    job_title: str
    department_name: str
    text: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The profile of a provider."""

    provider_id: UUID
    name: str
    is_in_house: bool
    department_name: str
    description: str
    categories: tuple[tuple[str, str], ...]  # code, name
    admitted_at: datetime
    is_suspended: bool
    is_new: bool  # fewer than three finished jobs: neutral
    jobs_finished: int
    needs: tuple[NeedFigure, ...]
    again: Counted  # yes, of all who answered
    again_mean: Decimal | None  # with the market's prior; None where too few rated
    returned: Counted  # departments that chose them again, of those that could
    dates: Counted  # promised dates met
    first_time: Counted  # milestones accepted without a return
    chosen: Counted  # of the bids opened; whole 0 where the reader may not know
    last_jobs: tuple[LastJob, ...]
    remarks: tuple[Remark, ...]  # for the provider's own people and auditors
    is_mine: bool


def scorecard(*, actor: User, provider_id: UUID, at: datetime) -> Scorecard:
    """
    Return a provider's record. No average under three ratings, except for its own people.

    :raises Unknown: the actor cannot see the provider.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One provider in the list of ratings."""

    provider_id: UUID
    provider_name: str
    kind: str  # in_house, outside
    n: int
    needs: tuple[NeedFigure, ...]
    again_yes: int
    again_n: int
    again_mean: Decimal | None
    dates_kept: int
    dates_promised: int
    is_new: bool


COLUMNS = columns(
    "provider_name",
    "kind",
    "n",
    "again_yes",
    "again_n",
    "again_mean",
    "dates_kept",
    "dates_promised",
)


def ratings(*, actor: User, at: datetime, category: str = "") -> tuple[RatingRow, ...]:
    """Return the providers the actor may see with their ratings, the best result first."""
    raise NotImplementedError
