"""Choosing a bid."""

from __future__ import annotations

import json
from hashlib import sha256
from uuid import uuid4

import pytest

from bids.bidding import JudgingOver
from bids.disqualification import disqualify_bid
from bids.scoring import score_bid
from bids.submission import withdraw_bid
from ledger.books import check_books
from ledger.commissioning import (
    AlreadyAwarded,
    AlreadyEnded,
    JobCancelled,
    NotYetOpened,
    cancel_job,
    end_without_award,
)
from ledger.eligibility import BelowKnockOut, BidNotValid, BothSides, PriceIsTheBids
from ledger.grounds import CriterionMissing, NoSuchReason, ViewMissing
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine, Commitment
from ledger.posting import InsufficientFunds
from ledger.reports.debrief import debrief
from marketplace.details import CriterionDraft
from marketplace.membership import add_member
from marketplace.models.events import Event, Notice
from marketplace.models.people import Role
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.system import the_importer
from tests.builders import DAY, DEADLINE, HOUR, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(cast: Cast) -> Contest:
    """The team asks 40,000.00, Vera & Co 30,000.00; price alone makes the best value."""
    builders.grant(cast)
    return builders.contest(cast, vendor=("10000", "20000"), mode="lowest_cost")


def test_any_valid_bid_may_be_chosen(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.team_bid)

    assert award.provider == cast.events_team
    assert (award.price, award.department) == (eur("40000"), cast.marketing)
    assert (award.chosen_by, award.chosen_at) == (cast.maya, CHOICE)
    assert award.reason.text == "Their idea for the rain convinced us."


def test_price_and_fee_are_promised_in_the_same_moment(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.team_bid)

    line = BudgetLine.objects.get(pk=award.budget_line_id)
    assert (line.committed_minor, line.available_minor) == (40_800_00, 59_200_00)
    assert Commitment.objects.get(award=award).open_minor == 40_800_00
    assert stands("E110", award=award.pk) == eur("40800")


def test_the_comparison_is_frozen_with_its_digest(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.team_bid)

    frozen = json.loads(award.comparison)
    assert {bid["bid"] for bid in frozen["bids"]} == {
        str(contest.team_bid.pk),
        str(contest.vendor_bid.pk),
    }
    assert bytes(award.comparison_digest) == sha256(award.comparison.encode()).digest()


def test_the_bids_milestones_are_agreed(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.vendor_bid)

    agreed = [(part.position, part.title, part.price_minor) for part in builders.milestones(award)]
    assert agreed == [(1, "Part 1", 10_000_00), (2, "Part 2", 20_000_00)]


def test_a_bid_below_a_knock_out_is_not_chosen_and_its_bidder_is_told_why(cast: Cast):
    builders.grant(cast)
    criteria = (CriterionDraft("Idea", 60, knock_out=2), CriterionDraft("Care", 40))
    contest = builders.contest(cast, criteria=criteria)
    reason = "A plan for rain is wanted, and there is none."
    for bid, quarters in ((contest.team_bid, 2), (contest.vendor_bid, 1)):
        for criterion in contest.job.criteria.all():
            about = {"bid_id": bid.pk, "criterion_id": criterion.pk, "reason": reason}
            score_bid(actor=cast.maya, quarters=quarters, at=DEADLINE + HOUR, **about)

    with refused(BelowKnockOut) as refusal:
        builders.choose(cast, contest.vendor_bid)
    builders.choose(cast, contest.team_bid)

    assert (refusal.value.code, refusal.value.field) == ("below_knock_out", "bid_id")
    told = debrief(actor=cast.vera, job_id=contest.job.pk)
    assert told.own_place is None
    assert [one.is_below_knock_out for one in told.scores] == [True, False]


def test_a_bid_without_milestones_is_one_piece_of_work(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast, title="A stand")
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_in_one("500"))
    builders.open_job(job)

    award = builders.choose(cast, bid)

    (part,) = builders.milestones(award)
    assert (part.title, part.price_minor) == ("A stand", 500_00)
    assert part.due_on == bid.opened.finishes_on


def test_everybody_who_bid_is_told_and_the_others_nothing_of_the_price(
    cast: Cast, contest: Contest
):
    builders.choose(cast, contest.team_bid)

    told = {
        kind: {notice.recipient for notice in Notice.objects.filter(kind=kind)}
        for kind in ("award.made", "award.debrief", "award.department")
    }
    assert told == {
        "award.made": {cast.pia, cast.paul},
        "award.debrief": {cast.vera},
        "award.department": {cast.maya, cast.rolf},
    }
    told = Notice.objects.get(kind="award.debrief")
    assert "40,000" not in told.text
    assert "Events" not in told.text


def test_the_choice_is_recorded_for_both_sides_and_no_rival(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.team_bid)

    event = Event.objects.get(kind="award.made")
    facts = json.loads(event.body)
    assert (event.audience, event.provider) == ("both", cast.events_team)
    assert (facts["price_minor"], facts["reason_code"]) == (40_000_00, "quality")
    assert facts["comparison_digest"] == bytes(award.comparison_digest).hex()
    assert "rain" not in event.body  # words are named by their hash


def test_a_head_above_may_choose(cast: Cast, contest: Contest):
    assert builders.choose(cast, contest.team_bid, actor=cast.gerd).chosen_by == cast.gerd


@pytest.mark.parametrize("actor", ["rolf", "pia", "vera", "fin", "ada"])
def test_nobody_but_a_head_chooses(cast: Cast, contest: Contest, actor: str):
    with refused(Forbidden):
        builders.choose(cast, contest.team_bid, actor=getattr(cast, actor))

    assert not Award.objects.exists()


def test_to_a_head_elsewhere_the_job_is_not_there(cast: Cast, contest: Contest):
    with refused(Unknown):
        builders.choose(cast, contest.team_bid, actor=cast.sam)


def test_a_head_whose_own_team_bids_does_not_choose(cast: Cast, contest: Contest):
    add_member(
        actor=cast.adam,
        user_id=cast.gerd.pk,
        role=Role.MEMBER,
        provider_id=cast.events_team.pk,
        at=DEADLINE,
    )

    with refused(BothSides):
        builders.choose(cast, contest.vendor_bid, actor=cast.gerd)


def test_a_sealed_job_is_not_decided(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["500"]))

    with refused(NotYetOpened):
        builders.choose(cast, bid)


def test_a_cancelled_job_is_not_decided(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["500"]))
    cancel_job(actor=cast.maya, job_id=job.pk, reason="The fair is off.", at=DEADLINE)

    with refused(JobCancelled):
        builders.choose(cast, bid)


def test_a_job_is_awarded_once(cast: Cast, contest: Contest):
    builders.choose(cast, contest.team_bid)

    with refused(AlreadyAwarded):
        builders.choose(cast, contest.vendor_bid)


def test_a_job_that_ended_without_a_choice_stays_so(cast: Cast, contest: Contest):
    end_without_award(
        actor=cast.maya, job_id=contest.job.pk, reason="None fits.", at=DEADLINE + DAY
    )

    with refused(AlreadyEnded):
        builders.choose(cast, contest.team_bid)


def test_a_bid_on_another_job_is_not_chosen(cast: Cast, contest: Contest):
    other = builders.contest(cast, title="Winter party")

    with refused(BidNotValid):
        builders.choose_bid(
            actor=cast.maya,
            job_id=contest.job.pk,
            bid_id=other.team_bid.pk,
            reason_code="quality",
            reason="Better.",
            at=CHOICE,
        )


def test_a_withdrawn_bid_is_not_chosen(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["500"]))
    builders.submit(cast, job, cast.events_team, builders.bid_of(["600"]))
    withdraw_bid(actor=cast.vera, bid_id=bid.pk, at=DEADLINE - DAY)
    builders.open_job(job)

    with refused(BidNotValid):
        builders.choose(cast, bid)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_choice_says_why(cast: Cast, contest: Contest, reason: str):
    with refused(ReasonMissing):
        builders.choose(cast, contest.team_bid, reason=reason)


@pytest.mark.parametrize("code", ["", "sympathy", "imported"])
def test_a_reason_code_is_one_of_the_list(cast: Cast, contest: Contest, code: str):
    with refused(NoSuchReason):
        builders.choose(cast, contest.team_bid, reason_code=code)


def test_another_bid_than_the_best_value_needs_the_criterion_that_decided(
    cast: Cast, contest: Contest
):
    with refused(CriterionMissing):
        builders.choose(cast, contest.team_bid, decisive_criterion_id=None)


@pytest.fixture
def cheaper(cast: Cast) -> Contest:
    """
    Vera & Co asks 39,000.00, and 1,500.00 of administration come to it: the team with 40,000.00
    is ahead, for the same work and the same scores.
    """
    builders.grant(cast)
    return builders.contest(cast, team=("40000",), vendor=("39000",), mode="lowest_cost")


def test_where_only_the_price_decided_no_criterion_is_named(cast: Cast, cheaper: Contest):
    words = {"decisive_criterion_id": None, "followed_view": "neither"}
    with refused(CriterionMissing) as said:
        builders.choose(cast, cheaper.vendor_bid, reason_code="quality", **words)
    assert said.value.text.endswith("give that as the reason, too.")

    award = builders.choose(cast, cheaper.vendor_bid, reason_code="price", **words)

    assert (award.price, award.reason_code) == (eur("39000"), "price")
    assert award.decisive_criterion is None
    assert check_books().wrong == ()


def test_the_price_decided_only_for_a_bid_that_asks_for_less(cast: Cast, contest: Contest):
    with refused(CriterionMissing):  # 40,000.00 against 30,000.00
        builders.choose(cast, contest.team_bid, reason_code="price", decisive_criterion_id=None)


def test_the_best_value_needs_none(cast: Cast, contest: Contest):
    award = builders.choose(
        cast, contest.vendor_bid, reason_code="best_value", decisive_criterion_id=None
    )

    assert award.decisive_criterion is None


def test_the_criterion_that_decided_is_one_of_the_jobs(cast: Cast, contest: Contest):
    with refused(CriterionMissing):
        builders.choose(cast, contest.vendor_bid, decisive_criterion_id=uuid4())


@pytest.fixture
def two_views(cast: Cast) -> Contest:
    """The team charges more, and costs the company nothing that it would not spend anyway."""
    builders.grant(cast)
    return builders.contest(cast, team=("40000",), vendor=("30000",), mode="lowest_cost")


@pytest.mark.parametrize("view", ["", "guessed"])
def test_where_the_two_views_disagree_the_choice_says_which_it_followed(
    cast: Cast, two_views: Contest, view: str
):
    with refused(ViewMissing):
        builders.choose(cast, two_views.team_bid, followed_view=view)


def test_without_scores_there_is_no_best_value_to_explain(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast, team=("40000",), vendor=("30000",))

    award = builders.choose(cast, contest.team_bid, decisive_criterion_id=None, followed_view="")

    assert award.price == eur("40000")


def test_the_view_that_was_followed_is_kept(cast: Cast, two_views: Contest):
    award = builders.choose(cast, two_views.team_bid, followed_view="spent")

    assert award.followed_view == "spent"


def test_a_bid_that_leads_in_neither_view_may_have_followed_neither(cast: Cast):
    """Vera charges least, the team costs least to the company, and Otto has the marquee."""
    builders.grant(cast)
    job = builders.publish(cast, mode="lowest_cost")
    offered = [(cast.events_team, "40000"), (cast.vera_co, "30000"), (cast.otto_co, "35000")]
    bids = [
        builders.submit(cast, job, provider, builders.bid_of([price]))
        for provider, price in offered
    ]
    builders.open_job(job)

    for leader in bids[:2]:
        with refused(ViewMissing) as no:
            builders.choose(cast, leader, followed_view="neither")
        assert no.value.field == "followed_view"
    award = builders.choose(cast, bids[2], followed_view="neither")

    assert (award.followed_view, award.price) == ("neither", eur("35000"))
    builders.assert_books_hold()


def test_a_choice_that_the_budget_cannot_pay_is_refused_and_leaves_nothing(cast: Cast):
    line = builders.grant(cast, "45000")
    first = builders.contest(cast, title="Spring fair", ceiling=eur("40000"), vendor=("30000",))
    second = builders.contest(cast, title="Autumn fair", ceiling=eur("40000"), vendor=("15000",))
    builders.choose(cast, first.vendor_bid)

    with refused(InsufficientFunds) as no:
        builders.choose(cast, second.vendor_bid)

    assert isinstance(no.value, InsufficientFunds)
    assert no.value.available == eur("14400")
    assert no.value.wanted == eur("15300")  # the fee counts
    line.refresh_from_db()
    assert line.committed_minor == 30_600_00


@pytest.mark.parametrize("agreed", ["29999", "30001"])
def test_the_price_is_the_bids(cast: Cast, contest: Contest, agreed: str):
    with refused(PriceIsTheBids):
        builders.choose(cast, contest.vendor_bid, agreed=eur(agreed))


def test_the_bids_own_price_may_be_said(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.vendor_bid, agreed=eur("30000"))

    assert award.price == eur("30000")


@pytest.fixture
def imported(cast: Cast) -> Contest:
    """A contest as another system's record has it: no budget was ever granted."""
    builders.state_imported_policy(cast)
    return builders.contest(cast, policy_code="imported")


def test_another_systems_price_is_taken_as_it_is(cast: Cast, imported: Contest):
    award = builders.choose(
        cast,
        imported.vendor_bid,
        actor=the_importer(),
        agreed=eur("51000"),
        reason_code="imported",
        decisive_criterion_id=None,
        followed_view="",
    )

    (part,) = builders.milestones(award)
    assert (award.price, part.price_minor) == (eur("51000"), 51_000_00)


def test_another_systems_award_may_have_no_price(cast: Cast, imported: Contest):
    award = builders.choose(
        cast,
        imported.vendor_bid,
        actor=the_importer(),
        agreed=eur("0"),
        reason_code="imported",
        followed_view="",
    )
    builders.finish(cast, award)

    assert award.price == eur("0")
    assert not award.postings.exists()


def test_no_system_agreed_on_less_than_nothing(cast: Cast, imported: Contest):
    with refused(PriceIsTheBids):
        builders.choose(
            cast,
            imported.vendor_bid,
            actor=the_importer(),
            agreed=eur("-1"),
            reason_code="imported",
        )


def test_a_person_who_chooses_on_an_imported_job_says_why_and_pays_the_bids_price(
    cast: Cast, imported: Contest
):
    with refused(NoSuchReason):
        builders.choose(cast, imported.vendor_bid, reason_code="imported")
    with refused(PriceIsTheBids):
        builders.choose(cast, imported.vendor_bid, agreed=eur("1"))


@pytest.mark.parametrize("chosen", [True, False])
def test_once_decided_the_bids_are_not_judged_anew(cast: Cast, contest: Contest, chosen: bool):
    if chosen:
        builders.choose(cast, contest.vendor_bid)
    else:
        end_without_award(actor=cast.maya, job_id=contest.job.pk, reason="Neither fits.", at=CHOICE)
    criterion = contest.job.criteria.first()
    assert criterion is not None

    with refused(JudgingOver):
        disqualify_bid(
            actor=cast.maya, bid_id=contest.team_bid.pk, reason="Too late.", at=CHOICE + DAY
        )
    with refused(JudgingOver):
        score_bid(
            actor=cast.rolf,
            bid_id=contest.team_bid.pk,
            criterion_id=criterion.pk,
            quarters=0,
            reason="On second thoughts we like it less than we did.",
            at=CHOICE + DAY,
        )


def test_who_has_joined_a_team_that_bids_does_not_end_its_contest(cast: Cast, contest: Contest):
    add_member(
        actor=cast.adam,
        user_id=cast.maya.pk,
        role="member",
        provider_id=cast.events_team.pk,
        at=CHOICE,
    )

    with refused(Forbidden):
        end_without_award(actor=cast.maya, job_id=contest.job.pk, reason="None fits.", at=CHOICE)
    assert end_without_award(actor=cast.gerd, job_id=contest.job.pk, reason="None fits.", at=CHOICE)
