"""Ratings: once, by both sides, hidden from each other until both are in or the time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ledger.models.awards import Award, Completion
from ledger.models.ratings import (
    DEPARTMENT_ASKED,
    PROVIDER_ASKED,
    Again,
    Rating,
    RatingSide,
    Reveal,
)
from ledger.permissions import may_rate, may_reveal
from marketplace.history import Fact, moment, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import Refusal, require
from marketplace.words import keep

ASKED = {RatingSide.DEPARTMENT: DEPARTMENT_ASKED, RatingSide.PROVIDER: PROVIDER_ASKED}


class NoSuchSide(Refusal):
    """The department rates, or the provider."""

    code = "no_such_side"
    field = "side"


class NotFinished(Refusal):
    """Work is rated once it is finished."""

    code = "not_finished"


class RatingClosed(Refusal):
    """The days for rating are over."""

    code = "rating_closed"


class AlreadyRated(Refusal):
    """Each side rates once."""

    code = "already_rated"


class PointOutOfRange(Refusal):
    """Each question that is asked takes a point from 1 to 5, or none where it does not apply."""

    code = "point_out_of_range"
    field = "points"


class AgainMissing(Refusal):
    """A rating says whether they would be chosen again."""

    code = "again_missing"
    field = "again"


class TooEarly(Refusal):
    """Ratings are hidden while the other side may still write its own."""

    code = "too_early"


@transaction.atomic(savepoint=False)
def rate(
    *,
    actor: User,
    award_id: UUID,
    side: str,
    points: Mapping[str, int],
    again: str,
    text: str,
    at: datetime,
) -> Rating:
    """
    Rate the other side of finished work. With the second rating both may be read.

    :param points: question to point, 1 to 5; a question that does not apply is left out.
    :raises Unknown: the actor cannot see the award.
    :raises Forbidden: the actor does not rate for this side.
    :raises NoSuchSide, NotFinished, RatingClosed, AlreadyRated, PointOutOfRange, AgainMissing:
        the rules say no.
    """
    award = Award.objects.visible_to(actor).lock(award_id)
    if side not in RatingSide.values:
        raise NoSuchSide("Rate for the department or for the provider.")
    require(may_rate(actor, award, side))
    _refuse_time(award, at=at)
    _refuse_answers(RatingSide(side), points, again)
    given = Rating.objects.filter(award=award)
    if given.filter(side=side).exists():
        raise AlreadyRated("Your side has rated this work before.")

    rating = Rating.objects.create(
        award=award,
        side=side,
        rated_by=actor,
        rated_at=at,
        points=dict(points),
        again=again,
        text=keep(text.strip(), at=at) if text.strip() else None,
    )
    # Nothing is recorded or told yet: that one side has rated is itself hidden from the other.
    if given.count() == len(RatingSide):
        _reveal(award, actor=actor, at=at)
    return rating


@transaction.atomic(savepoint=False)
def reveal_ratings(*, actor: User, award_id: UUID, at: datetime) -> Reveal:
    """
    Open the ratings of an award once the days for rating are over; again is once.

    :raises Forbidden: the clock does this.
    :raises NotFinished, TooEarly: the other side may still rate.
    """
    award = Award.objects.visible_to(actor).lock(award_id)
    require(may_reveal(actor))
    if at < rating_ends_at(award):
        raise TooEarly("The other side may still rate.")
    return Reveal.objects.filter(award=award).first() or _reveal(award, actor=actor, at=at)


def rating_ends_at(award: Award) -> datetime:
    """Return when the days for rating are over. :raises NotFinished: they have not begun."""
    completion = Completion.objects.filter(award=award).first()
    if completion is None:
        raise NotFinished("The work is not finished yet.")
    return completion.completed_at + timedelta(days=award.job.policy.rating_days)


def _refuse_time(award: Award, *, at: datetime) -> None:
    until = rating_ends_at(award)
    if at >= until:
        raise RatingClosed(f"This work could be rated until {until:%d %B %Y, %H:%M} UTC.")
    # Also when this was sent in time but waited while the clock opened the ratings. When both
    # sides have rated, AlreadyRated says it better.
    revealed = Reveal.objects.filter(award=award).exists()
    if revealed and Rating.objects.filter(award=award).count() < len(RatingSide):
        raise RatingClosed("The ratings of this work were opened.")


def _refuse_answers(side: RatingSide, points: Mapping[str, int], again: str) -> None:
    asked = ASKED[side]
    for question, point in points.items():
        if question not in asked:
            raise PointOutOfRange(f"“{question}” is not asked; {', '.join(asked)} are.")
        if type(point) is not int or not 1 <= point <= 5:
            raise PointOutOfRange(f"“{question}” takes 1 to 5, or nothing.")
    if again not in Again.values:
        raise AgainMissing("Say whether you would work with them again.")


def _reveal(award: Award, *, actor: User, at: datetime) -> Reveal:
    """Open both ratings, and only now write them into the record."""
    reveal = Reveal.objects.create(award=award, revealed_at=at)
    ratings = Rating.objects.filter(award=award).select_related("rated_by", "text")
    for rating in ratings.order_by("rated_at", "id"):
        _record(rating.rated_by, "rating.given", rating, award=award, at=at, facts=_facts(rating))
    _record(actor, "rating.revealed", award, award=award, at=at, facts={})
    tell(
        "rating.revealed",
        recipients=[
            *people_of_department(award.department),
            *people_of_provider(award.provider),
        ],
        text=f"The ratings of “{award.job.title}” can be read.",
        because="you worked together",
        at=at,
        job=award.job,
        subject=award,
    )
    return reveal


def _facts(rating: Rating) -> dict[str, Fact]:
    points: dict[str, Fact] = {f"point_{name}": point for name, point in rating.points.items()}
    return {
        **points,
        "award": str(rating.award_id),
        "side": rating.side,
        "again": rating.again,
        "rated_at": moment(rating.rated_at),
        "text_digest": bytes(rating.text.digest).hex() if rating.text else None,
    }


def _record(
    actor: User,
    kind: str,
    subject: Rating | Award,
    *,
    award: Award,
    at: datetime,
    facts: dict[str, Fact],
) -> None:
    record(
        actor,
        kind,
        subject,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts=facts,
    )
