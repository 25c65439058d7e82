"""Ratings as papers: means that few voices cannot swing, and promises from the record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ledger.models.awards import Award
from ledger.rating import rate
from ledger.reports.my_team import my_team
from ledger.reports.questionnaire import OF_DEPARTMENTS, OF_PROVIDERS
from ledger.reports.rating_paper import rating_paper
from ledger.reports.scorecard import ratings, scorecard
from ledger.reports.shrinkage import shrunk_mean, shrunk_share
from marketplace.models.people import User
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, HOUR, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

LATER = CHOICE + 60 * DAY
FINISHED = CHOICE + 31 * DAY


@pytest.mark.parametrize(
    ("points", "mean"),
    [([], "4.200"), ([5], "4.333"), ([2, 2, 2], "3.375")],
)
def test_few_voices_cannot_swing_a_mean(points: list[int], mean: str):
    assert shrunk_mean([(point, 0.0) for point in points], 4.2) == Decimal(mean)


def test_many_voices_can():
    fifty = [(5, 0.0)] * 30 + [(4, 0.0)] * 20  # of 4.6 on average

    assert shrunk_mean(fifty, 4.2) == Decimal("4.564")


def test_what_was_said_a_year_ago_weighs_half():
    assert shrunk_mean([(5, 365.0), (5, 365.0)], 4.2) == shrunk_mean([(5, 0.0)], 4.2)


def test_a_share_is_drawn_to_the_markets():
    assert shrunk_share(0, 0, 0.8) == Decimal("0.800")
    assert shrunk_share(5, 5, 0.8) == Decimal("0.900")


def finished(cast: Cast, number: int, result: int, again: str = "yes") -> Award:
    """Work of the team, accepted and rated by both."""
    fought = builders.contest(cast, team=("1000",), vendor=("900",))
    award = builders.choose(cast, fought.team_bid, at=CHOICE + number * HOUR)
    builders.finish(cast, award, at=CHOICE + 30 * DAY)
    points = {"informed": 5, "result": result}
    builders.rate_as(
        cast, award, "department", at=FINISHED + DAY, points=points, again=again, text="Good band."
    )
    builders.rate_as(cast, award, "provider", at=FINISHED + DAY)
    return award


@pytest.fixture
def rated(cast: Cast) -> list[Award]:
    """Three finished jobs of the team; two would choose it again."""
    builders.grant(cast, "900000")
    given = [(5, "yes"), (4, "yes"), (3, "no")]
    return [finished(cast, number, *each) for number, each in enumerate(given)]


@pytest.mark.django_db
class TestScorecard:
    def test_means_stand_beside_the_market_with_their_n(self, cast: Cast, rated: list[Award]):
        card = scorecard(actor=cast.maya, provider_id=cast.events_team.pk, at=LATER)
        needs = {need.code: need for need in card.needs}

        assert (needs["result"].n, needs["result"].market) == (3, Decimal("4.000"))
        assert needs["result"].mean == Decimal("4.000")
        assert (needs["friendly"].n, needs["friendly"].mean) == (0, None)
        assert (card.again.part, card.again.whole) == (2, 3)
        assert not card.is_new
        assert card.jobs_finished == 3

    def test_under_three_ratings_there_is_no_mean(self, cast: Cast):
        builders.grant(cast)
        finished(cast, 0, 5)
        card = scorecard(actor=cast.maya, provider_id=cast.events_team.pk, at=LATER)
        own = scorecard(actor=cast.paul, provider_id=cast.events_team.pk, at=LATER)

        assert card.is_new
        assert {need.mean for need in card.needs} == {None}
        assert {need.market for need in card.needs} == {None}
        # One person's answer would show.
        assert (card.again.part, card.again.whole, card.again_mean) == (0, 0, None)
        assert own.needs[-1].mean == Decimal("5.000")
        assert own.again.whole == 1

    def test_a_rating_counts_from_its_reveal(self, cast: Cast):
        builders.grant(cast)
        fought = builders.contest(cast)
        award = builders.choose(cast, fought.team_bid)
        builders.finish(cast, award, at=CHOICE + 30 * DAY)
        builders.rate_as(cast, award, "department", at=FINISHED + DAY)

        card = scorecard(actor=cast.pia, provider_id=cast.events_team.pk, at=FINISHED + 2 * DAY)

        assert {need.n for need in card.needs} == {0}

    def test_promises_are_counted_from_the_record(self, cast: Cast, rated: list[Award]):
        card = scorecard(actor=cast.maya, provider_id=cast.events_team.pk, at=LATER)

        assert (card.dates.part, card.dates.whole) == (3, 3)
        assert (card.first_time.part, card.first_time.whole) == (3, 3)
        assert (card.chosen.part, card.chosen.whole) == (3, 3)
        assert (card.returned.part, card.returned.whole) == (0, 0)  # of one department: too few
        own = scorecard(actor=cast.pia, provider_id=cast.events_team.pk, at=LATER)
        assert (own.returned.part, own.returned.whole) == (1, 1)

    def test_what_was_written_is_read_by_those_it_is_about(self, cast: Cast, rated: list[Award]):
        def remarks(name: str) -> int:
            person = getattr(cast, name)
            return len(scorecard(actor=person, provider_id=cast.events_team.pk, at=LATER).remarks)

        assert {name: remarks(name) for name in ("pia", "ada", "maya", "fin", "sam")} == {
            "pia": 3, "ada": 3, "maya": 3, "fin": 0, "sam": 0,
        }  # fmt: skip

    def test_last_jobs_tell_a_price_only_to_those_who_may_know(
        self, cast: Cast, rated: list[Award]
    ):
        def prices(name: str) -> set[object]:
            card = scorecard(actor=getattr(cast, name), provider_id=cast.events_team.pk, at=LATER)
            return {job.price for job in card.last_jobs}

        assert prices("maya") == prices("pia") == prices("fin") == {eur("1000")}
        assert prices("paul") == {None}
        assert prices("sam") == set()

    def test_a_vendor_sees_no_other_provider(self, cast: Cast, rated: list[Award]):
        with refused(Unknown):
            scorecard(actor=cast.vera, provider_id=cast.events_team.pk, at=LATER)
        assert [row.provider_name for row in ratings(actor=cast.vera, at=LATER)] == ["Vera & Co"]

    def test_the_best_result_comes_first_and_newcomers_last(self, cast: Cast, rated: list[Award]):
        rows = ratings(actor=cast.maya, at=LATER)

        assert [row.provider_name for row in rows] == ["Events", "Otto Events", "Vera & Co"]
        assert [row.n for row in rows] == [3, 0, 0]
        assert [row.is_new for row in rows] == [False, True, True]
        assert ratings(actor=cast.maya, at=LATER, category="print") == ()


@pytest.mark.django_db
class TestMyTeam:
    def test_a_team_sees_how_it_fares(self, cast: Cast, rated: list[Award]):
        paper = my_team(actor=cast.pia, provider_id=cast.events_team.pk, at=LATER)

        assert (paper.contests[0].chosen, paper.contests[0].contests) == (3, 3)
        # Two bids each: the position would tell the other's price to the cent.
        assert (paper.price_position, paper.price_n) == (None, 0)
        assert [(month.key, month.amount) for month in paper.income] == [("2026-04", eur("3000"))]
        assert paper.lost == ()

    def test_a_price_position_is_of_three_contests_of_three_bids(self, cast: Cast):
        builders.grant(cast, "900000")
        for number in range(3):
            job = builders.publish(cast, title=f"Party {number}")
            bids = [
                builders.submit(cast, job, provider, builders.bid_in_one(price))
                for provider, price in (
                    (cast.events_team, "1000"),
                    (cast.vera_co, "900"),
                    (cast.otto_co, "1200"),
                )
            ]
            builders.open_job(job)
            builders.choose(cast, bids[0])

        paper = my_team(actor=cast.pia, provider_id=cast.events_team.pk, at=LATER)

        assert (paper.price_position, paper.price_n) == (Decimal("1.111"), 3)

    def test_a_firm_sees_why_it_lost(self, cast: Cast, rated: list[Award]):
        paper = my_team(actor=cast.vera, provider_id=cast.vera_co.pk, at=LATER)

        assert len(paper.lost) == 3
        assert paper.lost[0].reason == "Their idea for the rain convinced us."

    def test_a_member_is_not_told_what_the_team_earns(self, cast: Cast, rated: list[Award]):
        assert my_team(actor=cast.paul, provider_id=cast.events_team.pk, at=LATER).income == ()

    def test_open_bids_are_counted_for_their_own_side_alone(self, cast: Cast):
        builders.grant(cast)
        job = builders.publish(cast)
        builders.submit(cast, job, cast.events_team, builders.bid_of(["100"]))

        own = my_team(actor=cast.pia, provider_id=cast.events_team.pk, at=CHOICE)
        auditor = my_team(actor=cast.ada, provider_id=cast.events_team.pk, at=CHOICE)

        assert (own.open_bids, auditor.open_bids) == (1, 0)

    @pytest.mark.parametrize("who", ["maya", "fin", "sam"])
    def test_nobody_else_is_told(self, cast: Cast, rated: list[Award], who: str):
        with refused(Forbidden):
            my_team(actor=getattr(cast, who), provider_id=cast.events_team.pk, at=LATER)


@pytest.mark.django_db
class TestRatingPaper:
    @pytest.fixture
    def award(self, cast: Cast) -> Award:
        builders.grant(cast)
        fought = builders.contest(cast)
        award = builders.choose(cast, fought.team_bid)
        builders.finish(cast, award, at=CHOICE + 30 * DAY)
        return award

    def test_each_side_is_asked_its_own_questions(self, cast: Cast, award: Award):
        at = FINISHED + DAY
        buyer = rating_paper(actor=cast.rolf, job_id=award.job_id, at=at)
        provider = rating_paper(actor=cast.pia, job_id=award.job_id, at=at)

        assert (buyer.side, buyer.questions) == ("department", OF_PROVIDERS)
        assert (provider.side, provider.questions) == ("provider", OF_DEPARTMENTS)
        assert (buyer.can_rate, provider.can_rate) == (True, True)
        assert buyer.until == FINISHED + 14 * DAY

    def test_a_member_reads_and_does_not_rate(self, cast: Cast, award: Award):
        assert not rating_paper(actor=cast.paul, job_id=award.job_id, at=FINISHED + DAY).can_rate

    def test_the_other_sides_rating_is_hidden_until_both_are_in(self, cast: Cast, award: Award):
        at = FINISHED + DAY
        before = rating_paper(actor=cast.pia, job_id=award.job_id, at=at)
        builders.rate_as(cast, award, "department", at=at)

        # Not even that there is one may show.
        assert rating_paper(actor=cast.pia, job_id=award.job_id, at=at) == before
        assert rating_paper(actor=cast.ada, job_id=award.job_id, at=at).own is None
        own = rating_paper(actor=cast.rolf, job_id=award.job_id, at=at)
        assert own.own is not None
        assert dict(own.own.points)["result"] == 4
        assert not own.can_rate

        builders.rate_as(cast, award, "provider", at=at + HOUR)

        after = rating_paper(actor=cast.pia, job_id=award.job_id, at=at + DAY)
        assert after.other is not None
        assert (after.other.side, after.other.again_label) == ("department", "Yes")
        assert after.revealed_at == at + HOUR

    def test_the_time_for_rating_ends(self, cast: Cast, award: Award):
        over = FINISHED + timedelta(days=14)

        assert not rating_paper(actor=cast.rolf, job_id=award.job_id, at=over).can_rate

    def test_finance_reads_nothing_of_one_jobs_ratings(self, cast: Cast, award: Award):
        rate(
            actor=cast.rolf,
            award_id=award.pk,
            side="department",
            points={"result": 5},
            again="yes",
            text="Wonderful.",
            at=FINISHED + DAY,
        )
        builders.rate_as(cast, award, "provider", at=FINISHED + DAY)

        def words(name: str) -> str:
            paper = rating_paper(actor=getattr(cast, name), job_id=award.job_id, at=LATER)
            given = paper.own if paper.side != "provider" else paper.other
            assert given is not None
            return given.text

        told = rating_paper(actor=cast.fin, job_id=award.job_id, at=LATER)
        assert (told.own, told.other, told.may_read) == (None, None, False)
        assert words("ada") == words("pia") == words("maya") == "Wonderful."

    def test_others_do_not_know_of_it(self, cast: Cast, award: Award):
        with refused(Unknown):
            rating_paper(actor=cast.vera, job_id=award.job_id, at=LATER)


def test_a_team_that_was_invited_and_did_not_bid_is_not_told_who_was_chosen(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_in_one("9000"))
    builders.open_job(job)
    builders.choose(cast, bid)

    def shown(actor: User) -> int:
        return len(scorecard(actor=actor, provider_id=cast.vera_co.pk, at=LATER).last_jobs)

    assert shown(cast.pia) == 0
    assert shown(cast.maya) == 1
