"""The jobs that a person may see, as a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.reports.columns import columns
from ledger.reports.paging import PAGE, Page
from ledger.reports.states import State
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job in the list."""

    job_id: UUID
    reference: str
    title: str
    state: State
    department_id: UUID
    department_name: str
    category_code: str
    category_name: str
    procedure: str  # quick, formal
    currency: str
    ceiling: Money | None  # None where there is none, or where it is kept from this reader
    ceiling_is_hidden: bool
    drafted_at: datetime
    published_at: datetime | None
    closes_at: datetime | None
    side: str  # buyer, provider (invited), office: how the reader comes to see it
    has_it: str  # who has to act now
    next_at: datetime | None  # by when
    then: str  # what happens then
    is_late: bool
    provider_id: UUID | None  # who was chosen, where the reader may know
    provider_name: str
    provider_is_in_house: bool | None


COLUMNS = columns(
    "reference",
    "title",
    "state",
    "department_name",
    "category_code",
    "procedure",
    "currency",
    "ceiling",
    "published_at",
    "closes_at",
    "has_it",
    "next_at",
    "provider_name",
)


def register(
    *,
    actor: User,
    at: datetime,
    state: str = "",  # one of State, or "any_open"; empty is any
    department_id: UUID | None = None,
    category: str = "",  # the code
    search: str = "",
    mine: bool = False,  # only of my departments or for my providers
    order: str = "newest",  # or "deadline": the next deadline first
    cursor: str = "",
    limit: int = PAGE,
) -> Page[JobRow]:
    """
    Return the jobs the actor may see, a page at a time.

    :raises NotACursor: the cursor is none of this list.
    """
    raise NotImplementedError
