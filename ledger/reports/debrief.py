"""What a bidder is told once the choice is made: its own judgement, never a rival's content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal


class NotDecided(Refusal):
    """The job has no outcome yet."""

    code = "not_decided"


@dataclass(frozen=True, slots=True)
class DebriefScore:
    """How the bidder's own answer was judged on one criterion."""

    criterion_name: str
    weight: int
    levels: tuple[str, ...]
    quarters: int | None
    words: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Debrief:
    """The result for one bidder."""

    job_id: UUID
    reference: str
    title: str
    department_name: str
    provider_id: UUID
    provider_name: str
    bid_id: UUID
    outcome: str  # chosen, not_chosen, disqualified, no_award, cancelled
    decided_at: datetime
    decided_by: str
    own_price: Money | None
    own_quality: Decimal | None
    own_place: int | None
    bids_counted: int | None  # None where no bid was ever opened
    scores: tuple[DebriefScore, ...]
    disqualified: str  # the reason
    chosen_name: str
    chosen_is_in_house: bool | None
    chosen_quality: Decimal | None
    chosen_from: Money | None  # the band in which the price chosen lies
    chosen_to: Money | None
    reason_code: str
    reason_label: str
    reason: str
    decisive_criterion: str


def debrief(*, actor: User, job_id: UUID, provider_id: UUID | None = None) -> Debrief:
    """
    Return what a bidder of this job is told; of several own providers, `provider_id` says which.

    :raises Unknown: the actor has no bid on such a job.
    :raises NotDecided: the choice is not made yet.
    """
    raise NotImplementedError
