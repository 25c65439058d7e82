"""The two ratings of one finished job: one's own at once, the other's at the reveal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.models.awards import Award
from ledger.models.ratings import DEPARTMENT_ASKED, PROVIDER_ASKED, Rating, RatingSide
from ledger.permissions import may_rate
from ledger.reports.custody import rate_until
from ledger.reports.questionnaire import QUESTIONS, Question
from ledger.reports.reading import Reader, reader_of
from marketplace.models.people import User
from marketplace.refusals import Unknown

__all__ = ["GivenRating", "Question", "RatingPaper", "rating_paper"]

ASKED = {RatingSide.DEPARTMENT: DEPARTMENT_ASKED, RatingSide.PROVIDER: PROVIDER_ASKED}
OTHER = {
    RatingSide.DEPARTMENT.value: RatingSide.PROVIDER,
    RatingSide.PROVIDER.value: RatingSide.DEPARTMENT,
}


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
    may_read: bool  # a side, or an auditor; finance reads of three jobs and more together
    can_rate: bool


def rating_paper(*, actor: User, job_id: UUID, at: datetime) -> RatingPaper:
    """
    Return the ratings of a job's award as far as the actor may read them.

    :raises Unknown: there is no award on such a job that the actor may see.
    """
    award = (
        Award.objects.visible_to(actor)
        .filter(job=job_id)
        .select_related("job__policy", "department", "provider", "completion", "reveal")
        .defer("comparison", "job__need")
        .first()
    )
    if award is None:
        raise Unknown("There is no such work.")
    reader = reader_of(actor)
    side = _side(reader, award)
    ratings = Rating.objects.filter(award=award).select_related("rated_by", "text")
    given = {rating.side: rating for rating in ratings}
    reveal = getattr(award, "reveal", None)
    until = rate_until(award) if hasattr(award, "completion") else None
    is_open = reveal is None and until is not None and at < until
    own = given.get(side)
    # Of one job's ratings finance reads nothing, only of three and more: they tell who gave them.
    may_read = bool(side) or reader.audits
    other = given.get(OTHER.get(side, RatingSide.PROVIDER)) if reveal and may_read else None
    if reveal and may_read and not side:
        own = given.get(RatingSide.DEPARTMENT)
    return RatingPaper(
        award_id=award.pk,
        job_id=award.job_id,
        title=award.job.title,
        department_name=award.department.name,
        provider_name=award.provider.name,
        provider_is_in_house=award.provider.is_in_house,
        side=side,
        questions=QUESTIONS.get(side, ()),
        completed_at=award.completion.completed_at if until else None,
        until=until,
        revealed_at=reveal.revealed_at if reveal else None,
        own=_given(own) if own else None,
        other=_given(other) if other else None,
        may_read=may_read,
        can_rate=is_open and bool(side) and own is None and may_rate(actor, award, side),
    )


def _side(reader: Reader, award: Award) -> str:
    if reader.buys(award.department_id):
        return RatingSide.DEPARTMENT.value
    return RatingSide.PROVIDER.value if award.provider_id in reader.providers else ""


def _given(rating: Rating) -> GivenRating:
    asked = ASKED[RatingSide(rating.side)]
    return GivenRating(
        side=rating.side,
        rated_by=rating.rated_by.name,
        rated_at=rating.rated_at,
        points=tuple((code, rating.points.get(code)) for code in asked),
        again=rating.again,
        again_label=rating.get_again_display(),
        text=rating.text.text if rating.text else "",
    )
