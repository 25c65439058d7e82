"""Ratings, hidden until both are in or the time is over."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from ledger.duties import run
from ledger.models.awards import Award
from ledger.models.ratings import Rating, Reveal
from ledger.rating import (
    AgainMissing,
    AlreadyRated,
    NoSuchSide,
    NotFinished,
    PointOutOfRange,
    RatingClosed,
    TooEarly,
    reveal_ratings,
)
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_clock
from tests.builders import DAY, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

pytestmark = pytest.mark.django_db
FINISHED = CHOICE + 11 * DAY
LATER = FINISHED + DAY
ENDS = FINISHED + 14 * DAY


@pytest.fixture
def award(cast: Cast) -> Award:
    """The team's work, finished."""
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)
    builders.finish(cast, award, at=FINISHED - DAY)
    return award


def test_one_rating_alone_leaves_no_trace_for_the_other_side(cast: Cast, award: Award):
    events, notices = Event.objects.count(), Notice.objects.count()

    builders.rate_as(cast, award, "department", text="They listened.", at=LATER)

    assert (Event.objects.count(), Notice.objects.count()) == (events, notices)
    assert not Reveal.objects.exists()


def test_with_the_second_rating_both_can_be_read_and_are_recorded(cast: Cast, award: Award):
    builders.rate_as(cast, award, "department", text="They listened.", at=LATER)
    builders.rate_as(cast, award, "provider", again="no", at=LATER + DAY)

    assert Reveal.objects.get(award=award).revealed_at == LATER + DAY
    given = Event.objects.filter(kind="rating.given").order_by("id")
    assert [event.actor for event in given] == [cast.rolf, cast.pia]
    facts = json.loads(given[0].body)
    assert (facts["point_informed"], facts["point_result"], facts["again"]) == (5, 4, "yes")
    assert "listened" not in given[0].body
    told = {notice.recipient for notice in Notice.objects.filter(kind="rating.revealed")}
    assert told == {cast.maya, cast.rolf, cast.pia, cast.paul}


def test_a_single_rating_is_opened_when_the_time_is_over(cast: Cast, award: Award):
    builders.rate_as(cast, award, "department", at=LATER)

    assert run(at=ENDS - timedelta(microseconds=1))["ratings_revealed"] == 0
    assert run(at=ENDS)["ratings_revealed"] == 1
    assert run(at=ENDS)["ratings_revealed"] == 0

    assert Event.objects.filter(kind="rating.given").count() == 1


def test_where_nobody_rated_there_is_nothing_to_open(cast: Cast, award: Award):
    assert run(at=ENDS)["ratings_revealed"] == 0


def test_a_question_that_does_not_apply_is_left_out(cast: Cast, award: Award):
    rating = builders.rate_as(cast, award, "department", points={}, at=LATER)

    assert rating.points == {}


def test_each_side_rates_once(cast: Cast, award: Award):
    builders.rate_as(cast, award, "department", at=LATER)

    with refused(AlreadyRated):
        builders.rate_as(cast, award, "department", actor=cast.maya, at=LATER)


@pytest.mark.parametrize(
    ("side", "actor"),
    [
        ("department", "pia"),
        ("department", "fin"),
        ("provider", "maya"),
        ("provider", "paul"),
        ("provider", "ada"),
    ],
)
def test_nobody_rates_for_a_side_that_is_not_theirs(
    cast: Cast, award: Award, side: str, actor: str
):
    with refused(Forbidden):
        builders.rate_as(cast, award, side, actor=getattr(cast, actor), at=LATER)


def test_to_a_rival_the_work_is_not_there(cast: Cast, award: Award):
    with refused(Unknown):
        builders.rate_as(cast, award, "provider", actor=cast.vera, at=LATER)


def test_there_are_two_sides(cast: Cast, award: Award):
    with refused(NoSuchSide):
        builders.rate_as(cast, award, "audience", actor=cast.maya, at=LATER)


def test_unfinished_work_is_not_rated(cast: Cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)

    with refused(NotFinished):
        builders.rate_as(cast, award, "department", at=LATER)


def test_after_fourteen_days_nobody_rates(cast: Cast, award: Award):
    with refused(RatingClosed):
        builders.rate_as(cast, award, "department", at=ENDS)

    assert builders.rate_as(cast, award, "department", at=ENDS - timedelta(microseconds=1))


def test_a_rating_that_waited_while_the_clock_opened_the_other_is_too_late(
    cast: Cast, award: Award
):
    builders.rate_as(cast, award, "department", at=LATER)
    run(at=ENDS)

    with refused(RatingClosed):
        builders.rate_as(cast, award, "provider", at=ENDS - timedelta(seconds=1))

    assert Rating.objects.count() == 1


@pytest.mark.parametrize(
    "points", [{"informed": 0}, {"informed": 6}, {"informed": True}, {"clear_need": 3}]
)
def test_a_point_is_one_to_five_for_a_question_that_is_asked(
    cast: Cast, award: Award, points: dict[str, int]
):
    with refused(PointOutOfRange):
        builders.rate_as(cast, award, "department", points=points, at=LATER)


@pytest.mark.parametrize("again", ["", "perhaps"])
def test_a_rating_says_whether_again(cast: Cast, award: Award, again: str):
    with refused(AgainMissing):
        builders.rate_as(cast, award, "department", again=again, at=LATER)


def test_the_clock_opens_nothing_before_its_time(cast: Cast, award: Award):
    builders.rate_as(cast, award, "department", at=LATER)

    with refused(TooEarly):
        reveal_ratings(actor=the_clock(), award_id=award.pk, at=ENDS - DAY)


@pytest.mark.parametrize("actor", ["maya", "pia", "fin", "ada"])
def test_nobody_but_the_clock_opens_ratings(cast: Cast, award: Award, actor: str):
    builders.rate_as(cast, award, "department", at=LATER)

    with refused(Forbidden):
        reveal_ratings(actor=getattr(cast, actor), award_id=award.pk, at=ENDS)
