"""Past ratings as a criterion: from the record as it stood at the opening; newcomers as usual."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bids.models.panels import Score
from bids.prices import open_prices
from bids.scoring import RatingsSpeak, score_bid
from ledger.models.awards import Award
from ledger.reports.comparison import ComparedBid, comparison
from ledger.reports.debrief import debrief
from marketplace.details import (
    RATED_LEVELS,
    CriterionDraft,
    CriterionNotUsable,
    PastRatingsTooHeavy,
    PastRatingsTwice,
    past_ratings,
)
from marketplace.drafting import draft_details
from marketplace.models.jobs import Criterion, Job
from marketplace.templates import draft_from_template, keep_template
from tests.builders import DAY, HOUR, NOON, a_draft, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest, bid_of

RATED = CHOICE + 32 * DAY
OPENING = RATED + HOUR  # what could be read before counts
CRITERIA = (CriterionDraft("Idea", 48), CriterionDraft("Care", 32), past_ratings(20))
REASON = "The text answers the question in all its parts."


def rated(cast: Cast, number: int, result: int, *, vendor: bool = False) -> Award:
    """Work of the team, or of Vera & Co, that Rolf rated; both may read it from that day on."""
    fought = builders.contest(cast, team=("1000",), vendor=("900",))
    bid = fought.vendor_bid if vendor else fought.team_bid
    award = builders.choose(cast, bid, at=CHOICE + number * HOUR)
    builders.finish(cast, award, at=CHOICE + 30 * DAY)
    builders.rate_as(cast, award, "department", at=RATED, points={"result": result})
    builders.rate_as(cast, award, "provider", at=RATED)
    return award


@pytest.fixture
def history(cast: Cast) -> None:
    """The team was rated 5 three times, Vera & Co 1 once: 4.000 on average is what is usual."""
    builders.grant(cast, "900000")
    for number in range(3):
        rated(cast, number, 5)
    rated(cast, 3, 1, vendor=True)


def judged(cast: Cast, *, at: Any = OPENING, **words: Any) -> Contest:
    """Both ask 40,000.00, and Maya gives both ½ on what people judge. Opened on that day."""
    builders.grant(cast, "900000", at=at - 20 * DAY)
    job = builders.publish(
        cast,
        at=at - 20 * DAY,
        **({"criteria": CRITERIA, "closes_at": at, "questions_until": at - 5 * DAY} | words),
    )
    team = builders.submit(cast, job, cast.events_team, bid_of(["40000"]))
    vendor = builders.submit(cast, job, cast.vera_co, bid_of(["40000"]))
    contest = Contest(builders.open_job(job), team, vendor)
    for bid in (team, vendor):
        for criterion in job.criteria.judged():
            about = {"bid_id": bid.pk, "criterion_id": criterion.pk, "reason": REASON}
            score_bid(actor=cast.maya, quarters=2, at=at + HOUR, **about)
    return contest


def columns(cast: Cast, job: Job, **words: Any) -> dict[str, ComparedBid]:
    paper = comparison(actor=cast.maya, job_id=job.pk, at=OPENING + DAY, **words)
    return {bid.provider_name: bid for bid in paper.bids}


@pytest.mark.django_db
class TestWhatItGives:
    def test_good_work_counts_and_a_newcomer_as_is_usual(self, cast: Cast, history: None):
        shown = columns(cast, judged(cast).job)
        team, vendor = shown["Events"], shown["Vera & Co"]

        # (5 × 4.000 + 3 × 5) / (5 + 3) = 4.375, and (4.375 - 1) / 4 of 20 points.
        assert team.past_rating and vendor.past_rating
        assert (team.past_rating.mean, team.past_rating.ratings) == (Decimal("4.375"), 3)
        assert team.past_rating.points(20) == Decimal("16.8750")
        assert (vendor.past_rating.mean, vendor.past_rating.is_neutral) == (Decimal("4.000"), True)
        assert vendor.past_rating.points(20) == Decimal("15.0000")
        # 80 points at ½, and those; a point is worth 75.00, and an outside contract costs 1,500.00.
        assert (team.quality, team.evaluated) == (Decimal("56.8750"), eur("35734.38"))
        assert (vendor.quality, vendor.evaluated) == (Decimal("55.0000"), eur("37375.00"))
        assert (team.place, vendor.place) == (1, 2)

    def test_where_nobody_was_rated_all_count_as_the_middle(self, cast: Cast):
        shown = columns(cast, judged(cast).job)

        assert {one.past_rating.mean for one in shown.values() if one.past_rating} == {Decimal(3)}
        assert {one.quality for one in shown.values()} == {Decimal("50.0000")}

    def test_it_is_fixed_at_the_opening(self, cast: Cast, history: None):
        contest = judged(cast)
        before = columns(cast, contest.job)
        late = builders.contest(cast, team=("1000",), vendor=("900",), at=NOON)
        award = builders.choose(cast, late.team_bid, at=CHOICE + 9 * HOUR)
        builders.finish(cast, award, at=OPENING)
        # At the very moment of the opening is too late: nobody could read it before.
        builders.rate_as(cast, award, "department", at=OPENING, points={"result": 1})
        builders.rate_as(cast, award, "provider", at=OPENING)

        after = columns(cast, contest.job)

        assert after["Events"].past_rating == before["Events"].past_rating
        assert after["Events"].record.ratings == 4  # beside the bid stands what is known today

    def test_a_choice_freezes_it_and_the_debrief_tells_each_its_own(
        self, cast: Cast, history: None
    ):
        contest = judged(cast)
        award = builders.choose(cast, contest.team_bid, at=OPENING + DAY)

        told = debrief(actor=cast.vera, job_id=contest.job.pk)

        team = cast.events_team.pk
        assert f'["{team}","4.375",3,"4.000",4]' in award.comparison
        assert [(one.criterion_name, one.points) for one in told.scores][-1] == (
            "Past ratings",
            Decimal("15.0000"),
        )
        assert told.scores[-1].past_rating and told.scores[-1].past_rating.is_neutral
        assert "4.375" not in repr(told)
        builders.assert_books_hold()

    def test_with_names_hidden_nothing_tells_whose_past_it_is(self, cast: Cast, history: None):
        shown = columns(cast, judged(cast).job, hide_names=True)

        # With a half from whoever judged, 56.8750 less 40 would be the 16.8750 of Events’ past.
        assert list(shown) == ["Bid 1", "Bid 2"]
        told = {
            (bid.past_rating, bid.record, bid.quality, bid.evaluated, bid.place, bid.is_in_house)
            for bid in shown.values()
        }
        assert told == {(None, None, None, None, None, False)}

    def test_it_keeps_no_formal_price_sealed(self, cast: Cast):
        builders.grant(cast, "900000", at=NOON - DAY)
        contest = judged(cast, procedure="formal")

        assert open_prices(actor=cast.maya, job_id=contest.job.pk, at=OPENING + DAY) == 2


@pytest.mark.django_db
class TestRefusals:
    def test_nobody_judges_it(self, cast: Cast):
        contest = judged(cast)
        past = contest.job.criteria.get(kind="past_ratings")
        words = {"bid_id": contest.team_bid.pk, "criterion_id": past.pk, "reason": REASON}

        with refused(RatingsSpeak) as refusal:
            score_bid(actor=cast.maya, quarters=4, at=OPENING + HOUR, **words)

        assert refusal.value.code == "ratings_speak"
        assert not Score.objects.filter(criterion=past).exists()

    @pytest.mark.parametrize(
        ("criteria", "rule"),
        [
            ((past_ratings(21),), PastRatingsTooHeavy),
            ((past_ratings(10), past_ratings(10)), PastRatingsTwice),
            ((replace(past_ratings(20), knock_out=2),), CriterionNotUsable),
            ((replace(past_ratings(20), question="Who?"),), CriterionNotUsable),
            ((replace(past_ratings(20), kind="luck"),), CriterionNotUsable),
        ],
    )
    def test_the_past_never_outweighs_the_bid(
        self, cast: Cast, criteria: tuple[CriterionDraft, ...], rule: type[CriterionNotUsable]
    ):
        with refused(rule) as refusal:
            a_draft(cast, criteria=criteria)

        assert refusal.value.field == "criteria"

    @pytest.mark.parametrize("wrong", [{"weight": 21}, {"knock_out": 2}, {"kind": "luck"}])
    def test_nor_in_the_database(self, cast: Cast, wrong: dict[str, Any]):
        job = a_draft(cast, criteria=CRITERIA)

        with pytest.raises(IntegrityError, match="past_ratings_weigh"), transaction.atomic():
            job.criteria.filter(kind="past_ratings").update(**wrong)

    def test_the_database_counts_it_once(self, cast: Cast):
        job = a_draft(cast, criteria=CRITERIA)
        words = {"name": "Again", "weight": 1, "levels": list(RATED_LEVELS)}

        with pytest.raises(IntegrityError, match="past_ratings_count_once"), transaction.atomic():
            Criterion.objects.create(job=job, position=9, kind="past_ratings", **words)


@pytest.mark.django_db
def test_it_goes_with_copies_and_templates(cast: Cast):
    job = a_draft(cast, criteria=CRITERIA)

    copied = draft_details(actor=cast.rolf, job_id=job.pk)
    kept = keep_template(actor=cast.rolf, job_id=job.pk, name="With the past", at=NOON)
    begun = draft_from_template(
        actor=cast.rolf, template_id=kept.pk, department_id=cast.marketing.pk, at=NOON
    )

    assert copied.criteria[-1] == past_ratings(20)
    assert begun.criteria.get(kind="past_ratings").weight == 20
