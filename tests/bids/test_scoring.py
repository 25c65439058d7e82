"""Judging opened bids."""

from __future__ import annotations

from functools import partial

import pytest

from bids import scoring
from bids.disqualification import disqualify_bid
from bids.models.panels import Score
from bids.opened import opened_bids
from bids.scoring import score_bid
from marketplace.membership import add_member
from marketplace.models.events import Event
from marketplace.refusals import Forbidden, NotOpened, Unknown
from tests.bids.builders import REASON, criterion, open_all, refused
from tests.builders import DEADLINE, HOUR, MINUTE, a_published_job


@pytest.fixture
def bid(submit, job):
    bid = submit()
    open_all(job)
    return bid


@pytest.fixture
def score(cast, bid, job):
    return partial(
        score_bid,
        actor=cast.rolf,
        bid_id=bid.pk,
        criterion_id=criterion(job, "Idea").pk,
        quarters=3,
        reason=REASON,
        at=DEADLINE + HOUR,
    )


def test_a_score_is_a_level_with_its_reason(score, cast, job):
    score()

    [opened] = opened_bids(actor=cast.maya, job_id=job.pk)
    [facts] = opened.scores
    assert (facts.quarters, facts.reason, facts.scorer_name) == (3, REASON, "Rolf")
    assert facts.criterion_id == criterion(job, "Idea").pk


def test_a_new_judgement_replaces_the_persons_earlier_one(score):
    score(quarters=1)
    score(quarters=2, at=DEADLINE + 2 * HOUR)

    assert Score.objects.get(replaced_at=None).quarters == 2
    assert Score.objects.count() == 2


def test_two_people_judge_apart(score, cast):
    score(quarters=1)
    score(actor=cast.maya, quarters=4)

    assert Score.objects.filter(replaced_at=None).count() == 2


def test_a_later_judgement_is_not_replaced_by_an_earlier_one(score):
    score(at=DEADLINE + 2 * HOUR)

    with refused(scoring.Superseded):
        score(at=DEADLINE + HOUR)


def test_the_record_keeps_the_score_and_the_digest_of_its_reason(score):
    score()

    event = Event.objects.get(kind="bid.scored")
    assert '"quarters":3' in event.body
    assert REASON not in event.body


def test_a_reason_of_a_few_words_is_refused(score):
    with refused(scoring.ReasonTooShort):
        score(reason="x" * 29)

    assert score(reason="x" * 30).pk


@pytest.mark.parametrize("quarters", [-1, 5])
def test_a_level_is_one_of_five(score, quarters):
    with refused(scoring.LevelOutOfRange):
        score(quarters=quarters)


def test_a_criterion_of_another_job_is_unknown(score, cast):
    other = a_published_job(cast, title="Autumn party")

    with refused(Unknown):
        score(criterion_id=criterion(other, "Idea").pk)


def test_a_sealed_bid_is_not_judged(cast, job, submit):
    bid = submit()

    with refused(Unknown):
        score_bid(
            actor=cast.rolf,
            bid_id=bid.pk,
            criterion_id=criterion(job, "Idea").pk,
            quarters=3,
            reason=REASON,
            at=DEADLINE,
        )


def test_nobody_judges_before_the_opening_or_a_bid_that_is_out(score, cast, bid):
    with refused(NotOpened):
        score(at=DEADLINE - MINUTE)
    disqualify_bid(actor=cast.maya, bid_id=bid.pk, reason="No insurance.", at=DEADLINE + HOUR)
    with refused(NotOpened):
        score()


def test_nobody_judges_a_contest_that_their_own_side_is_in(score, cast):
    add_member(
        actor=cast.adam,
        user_id=cast.rolf.pk,
        provider_id=cast.events_team.pk,
        role="member",
        at=DEADLINE,
    )

    with refused(scoring.OwnProvider):
        score()


@pytest.mark.parametrize(
    ("person", "refusal"), [("ada", Forbidden), ("fin", Forbidden), ("vera", Unknown)]
)
def test_only_people_of_the_department_judge(score, cast, person, refusal):
    with refused(refusal):
        score(actor=getattr(cast, person))


def test_once_prices_are_known_quality_is_not_judged_again(cast):
    from bids.prices import open_prices
    from tests.bids.builders import submit

    job = a_published_job(cast, procedure="formal")
    bid = submit(cast, job)
    open_all(job)
    words = {"actor": cast.rolf, "bid_id": bid.pk, "quarters": 2, "reason": REASON}
    for one in job.criteria.all():
        score_bid(**words, criterion_id=one.pk, at=DEADLINE + HOUR)
    open_prices(actor=cast.maya, job_id=job.pk, at=DEADLINE + 2 * HOUR)

    with refused(scoring.ScoresAreFixed):
        score_bid(**words, criterion_id=criterion(job, "Idea").pk, at=DEADLINE + 3 * HOUR)
