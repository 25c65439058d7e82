"""How often the inside is chosen: by month, department, kind of work, provider."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ledger.reports.choices import ALL, ChoiceFilter
from ledger.reports.columns import columns
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Choices of one group, in one currency."""

    key: str  # 2026-11, a department's id, a category's code
    label: str
    currency: str
    in_house: int
    outside: int
    choices: int
    in_house_value: Money
    outside_value: Money


COLUMNS = columns(
    "label", "currency", "in_house", "outside", "choices", "in_house_value", "outside_value"
)


def choice_share(
    *, actor: User, only: ChoiceFilter = ALL, by: str = "month"
) -> tuple[ShareRow, ...]:
    """
    Return choices inside against outside, grouped by month, quarter, department or category.

    :raises UnknownGroup: `by` is none of these.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Contest:
    """How often a provider was chosen where both an in-house team and a vendor had bid."""

    key: str  # 2026-Q4
    label: str  # Q4 2026
    chosen: int
    contests: int


def contests_won(*, actor: User, provider_id: UUID) -> tuple[Contest, ...]:
    """
    Return a provider's contests by quarter, oldest first.

    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: how this provider fares is not the actor's to read.
    """
    raise NotImplementedError
