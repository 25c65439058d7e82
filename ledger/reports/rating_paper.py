"""The two ratings of one finished job: one's own at once, the other's at the reveal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.models.people import User


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked, with the words for its points, lowest first."""

    code: str
    name: str
    text: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GivenRating:
    """What one side said."""

    side: str
    rated_by: str
    rated_at: datetime
    points: tuple[tuple[str, int | None], ...]  # question code; None where it did not apply
    again: str
    again_label: str
    text: str


@dataclass(frozen=True, slots=True)
class RatingPaper:
    """Who may rate whom until when, and what was said."""

    award_id: UUID
    job_id: UUID
    title: str
    department_name: str
    provider_name: str
    provider_is_in_house: bool
    side: str  # department, provider, or empty for finance and auditors
    questions: tuple[Question, ...]  # what this side is asked
    completed_at: datetime | None
    until: datetime | None
    revealed_at: datetime | None
    own: GivenRating | None
    other: GivenRating | None  # None before the reveal, whether it is in or not
    can_rate: bool


def rating_paper(*, actor: User, job_id: UUID, at: datetime) -> RatingPaper:
    """
    Return the ratings of a job's award as far as the actor may read them.

    :raises Unknown: there is no award on such a job that the actor may see.
    """
    raise NotImplementedError
