"""The record of choices: which bid, against which, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.reports.columns import columns
from ledger.reports.paging import PAGE, Page
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class ChoiceFilter:
    """Which choices are meant; what is left out does not restrict."""

    since_on: date | None = None
    until_on: date | None = None  # that day included, in UTC
    department_id: UUID | None = None
    include_children: bool = False
    provider_id: UUID | None = None
    job_id: UUID | None = None
    category: str = ""  # the code
    kind: str = ""  # in_house, outside
    currency: str = ""


ALL = ChoiceFilter()


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One choice."""

    award_id: UUID
    job_id: UUID
    job_reference: str
    job_title: str
    job_source_key: str  # where it was imported
    department_id: UUID
    department_name: str
    category_code: str
    provider_id: UUID
    provider_name: str
    kind: str  # in_house, outside
    currency: str
    price: Money  # what was agreed
    bid_price: Money | None  # what the chosen bid asked
    valid_priced_bids: int
    is_lowest: bool | None  # the bid asked no more than any valid bid; None where unpriced
    lowest_is_tied: bool
    best_in_house: Money | None  # of the valid bids; None where there is none or it is kept
    best_outside: Money | None
    spread: Money | None  # highest less lowest valid bid
    reason_code: str
    reason_label: str
    reason: str
    decisive_criterion: str
    followed_view: str
    chosen_by: str
    chosen_at: datetime


COLUMNS = columns(
    "job_reference",
    "job_title",
    "department_name",
    "category_code",
    "provider_name",
    "kind",
    "currency",
    "price",
    "bid_price",
    "valid_priced_bids",
    "is_lowest",
    "best_in_house",
    "best_outside",
    "spread",
    "reason_code",
    "reason",
    "decisive_criterion",
    "followed_view",
    "chosen_by",
    "chosen_at",
)


@dataclass(frozen=True, slots=True)
class ChoiceTotals:
    """The choices counted."""

    choices: int
    awarded: tuple[Money, ...]  # one per currency
    valid_priced_bids: int
    contested: int  # with two or more valid priced bids
    lowest_chosen: int  # of those contested; ties count as lowest
    lowest_tied: int  # contested, with the lowest price asked more than once
    in_house: int
    outside: int


def choices(
    *,
    actor: User,
    only: ChoiceFilter = ALL,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[ChoiceRow]:
    """
    Return choices of the actor's departments, or all for finance and auditors, newest first.

    :raises NotACursor: the cursor is none of this list.
    """
    raise NotImplementedError


def every_choice(*, actor: User, only: ChoiceFilter = ALL) -> Iterator[ChoiceRow]:
    """Return all of them, in pages behind the curtain, for a file."""
    raise NotImplementedError


def choice_totals(*, actor: User, only: ChoiceFilter = ALL) -> ChoiceTotals:
    """Return the same choices counted."""
    raise NotImplementedError
