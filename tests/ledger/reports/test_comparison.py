"""The bids side by side, what a choice freezes, and what the others are told."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256

import pytest

from bids.disqualification import disqualify_bid
from bids.opened import opened_bids
from bids.prices import ScoresMissing, open_prices
from bids.scoring import score_bid
from bids.submission import submit_bid
from ledger.commissioning import cancel_job, end_without_award
from ledger.models.awards import Award
from ledger.reports.bands import PriceSpread, price_band
from ledger.reports.comparison import StillSealed, comparison
from ledger.reports.debrief import NotDecided, debrief
from ledger.reports.weighing import freeze
from marketplace.admission import admit_vendor
from marketplace.membership import add_member, end_membership
from marketplace.models.people import Membership
from marketplace.money import Money
from marketplace.people import add_person
from marketplace.policies import change_policy
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, HOUR, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db
SCORED = CHOICE - 2 * HOUR


def score(cast: Cast, contest: Contest, team: int, vendor: int) -> None:
    """Rolf gives each bid one level on every criterion."""
    for bid, quarters in ((contest.team_bid, team), (contest.vendor_bid, vendor)):
        for criterion in contest.job.criteria.all():
            score_bid(
                actor=cast.rolf,
                bid_id=bid.pk,
                criterion_id=criterion.pk,
                quarters=quarters,
                reason="The text answers the question in all its parts.",
                at=SCORED,
            )


def test_both_views_of_money_stand_side_by_side(cast: Cast, contest: Contest):
    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)
    bids = {bid.provider_name: bid for bid in paper.bids}
    team, vendor = bids["Events"], bids["Vera & Co"]

    assert (team.quoted, team.comparable) == (eur("40000"), eur("40000"))
    # All of it is salaried labour, which the company pays anyway.
    assert team.spent == eur("0")
    assert vendor.quoted == eur("30000")
    assert vendor.administration == eur("1500")
    assert vendor.comparable == vendor.spent == eur("31500")
    assert (team.to_median, vendor.to_median) == (eur("5000"), eur("-5000"))
    assert (team.is_best_quoted, vendor.is_best_quoted) == (False, True)


def test_where_three_judged_and_a_point_is_dear_more_decimals_of_quality_are_shown(cast: Cast):
    builders.grant(cast, "900000")
    here = builders.contest(cast, point=eur("5000"))
    criteria = here.job.criteria.order_by("position")
    for judge, quarters in ((cast.maya, 4), (cast.rolf, 3), (cast.gerd, 3)):
        for criterion, level in zip(criteria, (4, quarters), strict=True):
            score_bid(
                actor=judge,
                bid_id=here.vendor_bid.pk,
                criterion_id=criterion.pk,
                quarters=level,
                reason="The text answers the question in all its parts.",
                at=SCORED,
            )

    paper = comparison(actor=cast.maya, job_id=here.job.pk, at=CHOICE)
    vendor = next(bid for bid in paper.bids if not bid.is_in_house)

    assert vendor.quality == Decimal("93.333333")
    assert vendor.evaluated == eur("41500") - eur("466666.67")


def test_quality_is_paid_for_at_the_price_that_was_named(cast: Cast, contest: Contest):
    score(cast, contest, team=4, vendor=2)

    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)
    team, vendor = (next(b for b in paper.bids if b.is_in_house is side) for side in (True, False))

    assert (team.quality, vendor.quality) == (Decimal("100.0000"), Decimal("50.0000"))
    assert team.evaluated == eur("40000") - eur("7500")
    assert vendor.evaluated == eur("31500") - eur("3750")
    assert paper.leader_ids == (vendor.bid_id,)
    assert paper.spent_leader_ids == (team.bid_id,)
    assert paper.views_disagree
    # The 8,500 between them, over the 50 points between them.
    assert (paper.turning_point, paper.turning_bid_id) == (eur("170"), team.bid_id)
    assert paper.is_scored
    assert team.scores[0].words == "Shown fully, and better than asked"
    assert team.scores[0].scorer_name == "Rolf"


def test_the_best_place_comes_first(cast: Cast, contest: Contest):
    score(cast, contest, team=1, vendor=4)

    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)

    assert [bid.provider_name for bid in paper.bids] == ["Vera & Co", "Events"]
    assert [bid.place for bid in paper.bids] == [1, 2]


def test_a_bid_that_is_out_says_why_and_has_no_place(cast: Cast, contest: Contest):
    disqualify_bid(actor=cast.maya, bid_id=contest.vendor_bid.pk, reason="No insurance.", at=SCORED)

    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)
    out = next(bid for bid in paper.bids if not bid.is_in_house)

    assert (out.disqualified, out.place, out.comparable) == ("No insurance.", None, None)
    assert "lowest_disqualified" in {flag.code for flag in paper.flags}


def test_an_unusually_low_price_is_flagged(cast: Cast):
    builders.grant(cast)
    low = builders.contest(cast, vendor=("9000",))

    paper = comparison(actor=cast.maya, job_id=low.job.pk, at=CHOICE)
    flag = next(flag for flag in paper.flags if flag.code == "abnormally_low")

    assert flag.bid_ids == (low.vendor_bid.pk,)


def test_a_newcomer_has_no_mean_and_says_so(cast: Cast, contest: Contest):
    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)

    assert all(bid.record.is_new and bid.record.result_mean is None for bid in paper.bids)


def test_nobody_compares_sealed_bids(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    builders.submit(cast, job, cast.vera_co, builders.bid_of(["100"]))

    for person in (cast.maya, cast.rolf, cast.ada):
        with refused(StillSealed):
            comparison(actor=person, job_id=job.pk, at=CHOICE)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("pia", Forbidden), ("vera", Forbidden), ("fin", Forbidden), ("adam", Forbidden),
     ("sam", Unknown)],
)  # fmt: skip
def test_bids_are_for_the_department_and_auditors(
    cast: Cast, contest: Contest, who: str, refusal: type
):
    with refused(refusal):
        comparison(actor=getattr(cast, who), job_id=contest.job.pk, at=CHOICE)
    assert comparison(actor=cast.ada, job_id=contest.job.pk, at=CHOICE).bids


def test_the_head_alone_is_shown_the_choice(cast: Cast, contest: Contest):
    may = {
        person.name: comparison(actor=person, job_id=contest.job.pk, at=CHOICE).can_choose
        for person in (cast.maya, cast.gerd, cast.rolf, cast.ada)
    }

    assert may == {"Maya": True, "Gerd": True, "Rolf": False, "Ada": False}


def test_what_a_choice_freezes_stays_as_it_was(cast: Cast, contest: Contest):
    before = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)
    award = builders.choose(cast, contest.team_bid)
    after = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE + 40 * DAY)

    assert award.comparison == before.text == after.text
    assert bytes(award.comparison_digest).hex() == before.digest == after.digest
    assert after.chosen_bid_id == contest.team_bid.pk
    assert [bid.is_chosen for bid in after.bids if bid.is_in_house] == [True]
    assert not after.can_choose


def test_the_frozen_text_is_canonical_and_names_nobody(cast: Cast, contest: Contest):
    score(cast, contest, team=3, vendor=2)
    frozen = freeze(contest.job)
    facts = json.loads(frozen.text)

    assert frozen.text == json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert frozen.digest == sha256(frozen.text.encode()).digest()
    assert "Vera" not in frozen.text
    assert "Rolf" not in frozen.text
    assert {bid["quoted_minor"] for bid in facts["bids"]} == {4_000_000, 3_000_000}
    assert frozen.valid.keys() == {contest.team_bid.pk, contest.vendor_bid.pk}


def test_the_same_bids_always_freeze_to_the_same_text(cast: Cast, contest: Contest):
    score(cast, contest, team=3, vendor=2)

    assert freeze(contest.job) == freeze(contest.job)


def _tell_the_price(cast: Cast) -> None:
    change_policy(
        actor=cast.fin,
        code="standard",
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="Here all know the price chosen.",
        tells_exact_price=True,
    )


def test_where_the_rules_say_so_a_bidder_is_told_the_price_itself(cast: Cast):
    builders.grant(cast)
    _tell_the_price(cast)
    contest = builders.contest(cast, vendor=("30000",))
    builders.choose(cast, contest.team_bid)

    told = debrief(actor=cast.vera, job_id=contest.job.pk)

    assert told.chosen_from == told.chosen_to == eur("40000")
    assert told.spread is None


def test_a_bidder_who_was_not_chosen_is_told_why(cast: Cast, contest: Contest):
    score(cast, contest, team=4, vendor=2)
    builders.choose(cast, contest.team_bid, followed_view="spent")

    told = debrief(actor=cast.vera, job_id=contest.job.pk)

    assert (told.outcome, told.decided_by) == ("not_chosen", "Maya")
    assert (told.own_price, told.own_quality) == (eur("30000"), Decimal("50.0000"))
    assert (told.own_place, told.bids_counted) == (1, 2)
    assert (told.chosen_name, told.chosen_is_in_house) == ("Events", True)
    assert told.chosen_quality == Decimal("100.0000")
    assert (told.chosen_from, told.chosen_to) == (eur("40000"), eur("50000"))
    assert (told.reason_label, told.reason) == (
        "Better quality",
        "Their idea for the rain convinced us.",
    )
    assert [(each.criterion_name, each.quarters) for each in told.scores] == [
        ("Idea", 2),
        ("Care", 2),
    ]
    assert told.scores[0].reasons == ("The text answers the question in all its parts.",)


def _of_five(cast: Cast, *, bidders: int = 5) -> Contest:
    """Three that everybody knows and two newcomers bid 20,100 to 40,100; Vera is chosen."""
    at, names = NOON - DAY, ("Fox & Daughter", "Gull")
    newcomers = [admit_vendor(actor=cast.adam, name=name, at=at) for name in names]
    leads = [cast.pia, cast.vera, cast.otto]
    for vendor in newcomers:
        email = f"{vendor.name[0].lower()}@outside.example"
        lead = add_person(actor=cast.adam, name=vendor.name, email=email, at=at)
        place = {"provider_id": vendor.pk, "role": "lead"}
        add_member(actor=cast.adam, user_id=lead.pk, at=at, **place)
        leads.append(lead)
    providers = [cast.events_team, cast.vera_co, cast.otto_co, *newcomers]
    job = builders.publish(cast, invited=tuple(one.pk for one in providers))
    assert job.closes_at is not None
    bids = [
        submit_bid(
            actor=leads[number], job_id=job.pk, provider_id=providers[number].pk,
            content=builders.bid_of([amount]), at=job.closes_at - 2 * DAY,
        )
        for number, amount in enumerate(("40100", "30100", "20100", "33100", "26100")[:bidders])
    ]  # fmt: skip
    return Contest(builders.open_job(job), bids[0], bids[1])


def test_of_five_bidders_the_middle_and_the_spread_are_told_by_their_bands(cast: Cast):
    builders.grant(cast)
    contest = _of_five(cast)
    builders.choose(cast, contest.vendor_bid)

    told = debrief(actor=cast.otto, job_id=contest.job.pk)

    # The middle is 30,100.00, of Vera; the lowest 20,100.00, the highest 40,100.00.
    assert told.spread == PriceSpread(5, eur("25000"), eur("31500"), eur("20000"), eur("50000"))
    assert told.spread == debrief(actor=cast.vera, job_id=contest.job.pk).spread
    for price in ("40100", "30100", "33100", "26100"):
        assert f"{price}00" not in repr(told)


def test_where_the_price_chosen_is_told_no_price_of_a_bid_that_lost_is(cast: Cast):
    builders.grant(cast)
    _tell_the_price(cast)
    contest = _of_five(cast)
    builders.choose(cast, contest.team_bid)

    told = debrief(actor=cast.otto, job_id=contest.job.pk)

    assert told.chosen_from == told.chosen_to == eur("40100")
    # The middle is 30,100.00, of Vera, who lost; the lowest is Otto's own.
    assert told.spread == PriceSpread(5, eur("25000"), eur("31500"), eur("20000"), eur("50000"))
    for price in ("30100", "33100", "26100"):
        assert f"{price}00" not in repr(told)


def test_of_four_bidders_neither_is_told(cast: Cast):
    builders.grant(cast)
    contest = _of_five(cast, bidders=4)
    builders.choose(cast, contest.vendor_bid)

    assert debrief(actor=cast.otto, job_id=contest.job.pk).spread is None


def test_a_debrief_holds_nothing_of_a_rivals_bid(cast: Cast):
    builders.grant(cast)
    fought = builders.contest(cast, team=("41234",), vendor=("30000",))
    builders.choose(cast, fought.team_bid)

    told = repr(debrief(actor=cast.vera, job_id=fought.job.pk))

    assert "4123400" not in told
    assert str(fought.team_bid.pk) not in told
    assert fought.team_bid.reference not in told


def test_the_one_chosen_is_told_too(cast: Cast, award: Award):
    told = debrief(actor=cast.paul, job_id=award.job_id)

    assert (told.outcome, told.own_price) == ("chosen", eur("40000"))


def test_a_bidder_that_is_out_is_told_the_reason(cast: Cast, contest: Contest):
    disqualify_bid(actor=cast.maya, bid_id=contest.vendor_bid.pk, reason="No insurance.", at=SCORED)
    builders.choose(cast, contest.team_bid)

    told = debrief(actor=cast.vera, job_id=contest.job.pk)

    assert (told.outcome, told.disqualified, told.own_place) == (
        "disqualified",
        "No insurance.",
        None,
    )


def test_a_job_that_ends_without_a_choice_is_debriefed(cast: Cast, contest: Contest):
    end_without_award(
        actor=cast.maya, job_id=contest.job.pk, reason="The party is called off.", at=CHOICE
    )

    told = debrief(actor=cast.vera, job_id=contest.job.pk)

    assert (told.outcome, told.reason) == ("no_award", "The party is called off.")
    assert (told.chosen_name, told.chosen_from) == ("", None)


def test_after_a_cancellation_no_count_of_bids_is_told(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    builders.submit(cast, job, cast.vera_co, builders.bid_of(["100"]))
    builders.submit(cast, job, cast.events_team, builders.bid_of(["100"]))
    assert job.closes_at is not None
    cancel_job(actor=cast.maya, job_id=job.pk, reason="No budget.", at=job.closes_at - DAY)

    told = debrief(actor=cast.vera, job_id=job.pk)

    assert (told.outcome, told.reason) == ("cancelled", "No budget.")
    assert (told.bids_counted, told.own_price, told.scores) == (None, None, ())


def test_nobody_is_debriefed_before_the_choice(cast: Cast, contest: Contest):
    with refused(NotDecided):
        debrief(actor=cast.vera, job_id=contest.job.pk)


@pytest.mark.parametrize("who", ["otto", "maya", "fin", "ada"])
def test_a_debrief_is_for_those_who_bid(cast: Cast, award: Award, who: str):
    with refused(Unknown):
        debrief(actor=getattr(cast, who), job_id=award.job_id)


@pytest.mark.parametrize("minor", [1, 99, 100, 124, 125, 999, 1000, 4_000_000, 10**15, 10**17 + 7])
def test_a_band_holds_its_price_and_is_a_fifth_wide(minor: int):
    low, high = price_band(Money(minor, "EUR"))

    assert low.minor <= minor < high.minor
    assert (high.minor - low.minor) * 5 >= high.minor


def test_who_joins_a_bidder_later_reads_no_rivals_bid(cast: Cast, contest: Contest):
    at = CHOICE - HOUR
    assert comparison(actor=cast.rolf, job_id=contest.job.pk, at=at).bids
    add_member(
        actor=cast.adam,
        user_id=cast.rolf.pk,
        role="member",
        provider_id=cast.events_team.pk,
        at=at,
    )

    with refused(Forbidden):
        comparison(actor=cast.rolf, job_id=contest.job.pk, at=at)
    with refused(Unknown):
        opened_bids(actor=cast.rolf, job_id=contest.job.pk)


def test_who_leaves_halfway_through_a_formal_job_keeps_no_price_shut(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast, procedure="formal")
    team = builders.submit(cast, job, cast.events_team, builders.bid_of(["40000"]))
    vendor = builders.submit(cast, job, cast.vera_co, builders.bid_of(["30000"]))
    builders.open_job(job)
    reason = "The text answers the question in all its parts."
    words = {"reason": reason, "at": job.closes_at + HOUR}
    for bid in (team, vendor):
        for one in job.criteria.all():
            ids = {"bid_id": bid.pk, "criterion_id": one.pk}
            score_bid(actor=cast.maya, quarters=2, **ids, **words)
            if bid == team:
                score_bid(actor=cast.rolf, quarters=4, **ids, **words)
    now = {"actor": cast.maya, "job_id": job.pk, "at": SCORED}
    with refused(ScoresMissing):
        open_prices(**now)
    seat = Membership.objects.current().get(user=cast.rolf)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=SCORED)

    assert open_prices(**now) == 2
    assert {bid.quality for bid in comparison(**now).bids} == {50}
