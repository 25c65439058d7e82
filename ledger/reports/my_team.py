"""The one question for a provider's people: would they choose you?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ledger.reports.choice_share import Contest
from ledger.reports.scorecard import Scorecard
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class Lost:
    """A bid of ours that was not chosen, in the words given."""

    job_id: UUID
    title: str
    department_name: str
    decided_at: datetime
    reason_label: str
    reason: str
    own_place: int | None
    bids_counted: int


@dataclass(frozen=True, slots=True)
class Income:
    """What came in, month by month."""

    key: str  # 2026-11
    amount: Money


@dataclass(frozen=True, slots=True)
class TeamPaper:
    """How a provider fares."""

    scorecard: Scorecard
    contests: tuple[Contest, ...]  # by quarter
    price_position: Decimal | None  # median of own price over the lowest valid one; n ≥ 3
    price_n: int
    lost: tuple[Lost, ...]
    open_bids: int
    in_delivery: int
    income: tuple[Income, ...]


def my_team(*, actor: User, provider_id: UUID, at: datetime) -> TeamPaper:
    """
    Return how a provider fares, for its own people and auditors.

    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: it is not the actor's provider.
    """
    raise NotImplementedError
