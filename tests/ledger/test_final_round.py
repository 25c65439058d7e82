"""One best and final round: a shortlist, one question and deadline for all, sealed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bids.bidding import SitsWithTwo
from bids.disqualification import disqualify_bid
from bids.final_opening import FinalsOpened, RoundNotOver, open_final_bids
from bids.final_paper import final_content, final_paper
from bids.final_round import (
    BidIsOut,
    NotBetter,
    NotShortlistable,
    OneRoundOnly,
    RoundOpen,
    RoundOver,
    RoundTooLong,
    RoundTooShort,
    ShortlistTooShort,
    ask_for_final_bids,
    submit_final_bid,
)
from bids.models.bids import Bid
from bids.models.panels import FinalOffer, FinalRound
from bids.opened import opened_bids
from bids.reading import my_bid
from bids.rooting import holds
from ledger.books import check_books
from ledger.commissioning import end_without_award
from ledger.eligibility import BidNotValid
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.reports.comparison import comparison
from ledger.reports.debrief import debrief
from ledger.reports.desk import desk
from ledger.reports.own_bids import own_bids
from marketplace.membership import add_member
from marketplace.models.events import Event
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.system import the_clock
from tests.bids.builders import open_all, submit
from tests.builders import DAY, DEADLINE, HOUR, an_imported_job, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db
ENDS = CHOICE + 2 * DAY
QUESTION = "What is your best price if the tent is ours?"


@pytest.fixture
def contest(cast: Cast) -> Contest:
    """The team asks 40,000.00 and Vera & Co 30,000.00."""
    builders.grant(cast)
    return builders.contest(cast, vendor=("10000", "20000"))


def ask(cast: Cast, contest: Contest, **changes: Any) -> FinalRound:
    words: dict[str, Any] = {
        "actor": cast.maya,
        "job_id": contest.job.pk,
        "bid_ids": [contest.team_bid.pk, contest.vendor_bid.pk],
        "question": QUESTION,
        "closes_at": ENDS,
        "at": CHOICE,
    }
    return ask_for_final_bids(**(words | changes))


def final(cast: Cast, bid: Bid, amount: str, **changes: Any) -> FinalOffer:
    """The bidder's lead offers the same at another price."""
    lead = cast.pia if bid.provider == cast.events_team else cast.vera
    words = {"actor": lead, "bid_id": bid.pk, "at": CHOICE + DAY}
    return submit_final_bid(content=builders.bid_of([amount]), **(words | changes))


def open_finals(contest: Contest) -> None:
    open_final_bids(actor=the_clock(), job_id=contest.job.pk, at=ENDS)


def test_final_bids_are_sealed_until_the_end_and_then_opened_together(cast: Cast, contest: Contest):
    ask(cast, contest)
    offer = final(cast, contest.team_bid, "36000")

    shown = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE + DAY)
    assert {bid.bid_id for bid in shown.bids} == {contest.team_bid.pk, contest.vendor_bid.pk}
    assert not Bid.objects.filter(pk=offer.pk).exists()
    for person in (cast.maya, cast.ada):
        told = str(opened_bids(actor=person, job_id=contest.job.pk)) + str(shown)
        assert offer.reference not in told
        assert "36,000" not in told
    with refused(RoundNotOver):
        open_final_bids(actor=the_clock(), job_id=contest.job.pk, at=ENDS - HOUR)

    open_finals(contest)

    shown = comparison(actor=cast.maya, job_id=contest.job.pk, at=ENDS)
    bids = {bid.bid_id: bid for bid in shown.bids}
    assert (bids[offer.pk].quoted, bids[offer.pk].is_final) == (eur("36000"), True)
    assert bids[contest.team_bid.pk].is_followed
    assert not bids[contest.vendor_bid.pk].is_followed  # whoever sent none keeps their bid
    with refused(FinalsOpened):
        open_finals(contest)
    assert holds(contest.job.sealed_root)


def test_a_final_bid_keeps_what_was_said_of_the_one_it_follows(cast: Cast, contest: Contest):
    from tests.ledger.reports.test_comparison import score

    score(cast, contest, team=4, vendor=2)
    ask(cast, contest)
    offer = final(cast, contest.team_bid, "30500")
    open_finals(contest)

    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=ENDS)
    best = next(bid for bid in paper.bids if bid.bid_id == offer.pk)
    assert best.quality == 100
    assert paper.leader_ids == (offer.pk,)


def test_a_final_bid_is_chosen_and_the_one_it_follows_is_not(cast: Cast, contest: Contest):
    ask(cast, contest)
    offer = final(cast, contest.team_bid, "36000")
    with refused(RoundOpen):
        builders.choose(cast, contest.vendor_bid, at=CHOICE + DAY)
    open_finals(contest)
    with refused(BidNotValid):
        builders.choose(cast, contest.team_bid, at=ENDS)

    award = builders.choose(cast, Bid.objects.get(pk=offer.pk), at=ENDS)

    line = BudgetLine.objects.get(pk=award.budget_line_id)
    # 36,000.00 and 2 % of it to the marketplace are promised, of 100,000.00.
    assert (line.committed_minor, line.available_minor) == (36_720_00, 63_280_00)
    assert [part.price_minor for part in builders.milestones(award)] == [36_000_00]
    assert debrief(actor=cast.vera, job_id=contest.job.pk).own_price == eur("30000")
    assert check_books().wrong == ()


def test_a_later_final_bid_replaces_the_earlier_one_and_none_asks_for_more(
    cast: Cast, contest: Contest
):
    ask(cast, contest)
    final(cast, contest.team_bid, "38000")
    second = final(cast, contest.team_bid, "39000", at=CHOICE + DAY + HOUR)
    with refused(NotBetter):
        final(cast, contest.team_bid, "40000.01", at=CHOICE + DAY + HOUR)

    open_finals(contest)

    assert [one.pk for one in Bid.objects.filter(final_of__isnull=False)] == [second.pk]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"question": " "}, ReasonMissing),
        ({"closes_at": CHOICE + DAY - timedelta(seconds=1)}, RoundTooShort),
    ],
)
def test_a_round_has_a_question_and_a_day(
    cast: Cast, contest: Contest, changes: dict[str, Any], rule: type
):
    with refused(rule):
        ask(cast, contest, **changes)


def test_a_round_is_held_once_with_two_bidders_at_least_by_the_head(cast: Cast, contest: Contest):
    with refused(ShortlistTooShort):
        ask(cast, contest, bid_ids=[contest.team_bid.pk, contest.team_bid.pk])
    with refused(NotShortlistable):
        ask(cast, contest, bid_ids=[contest.team_bid.pk, contest.job.pk])
    with refused(Forbidden):
        ask(cast, contest, actor=cast.rolf)
    ask(cast, contest)
    with refused(OneRoundOnly):
        ask(cast, contest)


def test_only_the_lead_of_a_shortlisted_bidder_sends_one_and_in_time(cast: Cast, contest: Contest):
    with refused(Unknown):
        final(cast, contest.team_bid, "36000")
    ask(cast, contest)
    with refused(Forbidden):
        final(cast, contest.team_bid, "36000", actor=cast.paul)
    with refused(Unknown):
        final(cast, contest.team_bid, "36000", actor=cast.vera)
    with refused(RoundOver):
        final(cast, contest.team_bid, "36000", at=ENDS)


def test_an_altered_final_bid_leaves_the_earlier_one_in_place(cast: Cast, contest: Contest):
    ask(cast, contest)
    offer = final(cast, contest.team_bid, "36000")
    with pytest.raises(IntegrityError), transaction.atomic():
        FinalOffer.objects.filter(pk=offer.pk).update(replaced_at=ENDS)
    with pytest.raises(IntegrityError, match="no bids at that moment"), transaction.atomic():
        Bid.objects.create(
            reference="B-FORGED",
            job=contest.job,
            provider=cast.events_team,
            variant=100,
            submitted_by=cast.pia,
            submitted_at=CHOICE + DAY,
            **dict.fromkeys(
                ("quality_envelope", "price_envelope", "quality_key", "price_key"), b""
            ),
            key_name="",
            fingerprint=b"",
            receipt="",
        )


def test_what_is_asked_stands_on_the_bidders_desk(cast: Cast, contest: Contest):
    ask(cast, contest)

    [item] = [one for one in desk(actor=cast.vera, at=CHOICE).mine if one.kind == "final_bid"]
    assert (item.due_at, item.who) == (ENDS, "You")
    [waits] = [one for one in desk(actor=cast.maya, at=CHOICE).others if one.kind == "choice"]
    assert waits.who == "The bidders on the shortlist"
    paper = final_paper(actor=cast.vera, bid_id=contest.vendor_bid.pk)
    content = final_content(paper, amounts=[eur("9000"), eur("18000")], answer="27,000 then.")
    assert [part.amount_minor for part in content.milestones] == [9_000_00, 18_000_00]
    assert content.approach.startswith("27,000 then.")
    assert replace(content, approach="").quoted == eur("27000")


def test_the_record_knows_the_round_and_no_price_before_its_end(cast: Cast, contest: Contest):
    ask(cast, contest)
    final(cast, contest.team_bid, "36000")

    kinds = set(Event.objects.filter(job=contest.job).values_list("kind", flat=True))
    assert "job.final_round" in kinds
    assert Event.objects.filter(kind="bid.submitted", happened_at__gt=CHOICE).count() == 0
    open_finals(contest)
    assert Event.objects.filter(kind="bid.submitted", happened_at__gt=CHOICE).count() == 1
    assert Award.objects.count() == 0


def test_a_bidder_who_is_out_does_not_come_back_by_the_final_round(cast: Cast, contest: Contest):
    ask(cast, contest)
    offer = final(cast, contest.team_bid, "36000")
    disqualify_bid(
        actor=cast.maya, bid_id=contest.team_bid.pk, reason="No insurance.", at=CHOICE + DAY
    )
    with refused(BidIsOut):
        final(cast, contest.team_bid, "35000", at=CHOICE + DAY + HOUR)

    open_finals(contest)

    assert not Bid.objects.filter(pk=offer.pk).exists()


def test_no_final_bid_is_taken_for_a_job_that_has_ended(cast: Cast, contest: Contest):
    ask(cast, contest)
    end_without_award(actor=cast.maya, job_id=contest.job.pk, reason="No party.", at=CHOICE + HOUR)

    with refused(RoundOver) as told:
        final(cast, contest.team_bid, "36000")
    assert "has ended" in told.value.text


def test_a_round_ends_within_a_month(cast: Cast, contest: Contest):
    with refused(RoundTooLong):
        ask(cast, contest, closes_at=CHOICE + 30 * DAY + HOUR)

    assert ask(cast, contest, closes_at=CHOICE + 30 * DAY).pk


def test_two_bids_of_one_bidder_are_no_shortlist(cast: Cast):
    job = an_imported_job(cast)
    bids = [submit(cast, job, variant=variant) for variant in (0, 1)]
    open_all(job)

    with refused(ShortlistTooShort):
        ask_for_final_bids(
            actor=cast.maya,
            job_id=job.pk,
            bid_ids=[bid.pk for bid in bids],
            question=QUESTION,
            closes_at=DEADLINE + 2 * DAY,
            at=DEADLINE,
        )


def test_who_belongs_to_two_on_the_shortlist_sends_and_reads_for_the_first_alone(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast, invited=(cast.vera_co.pk, cast.otto_co.pk), waiver="No team fits.")
    own = builders.submit(cast, job, cast.vera_co, builders.bid_of(["30000"]))
    other = builders.submit(cast, job, cast.otto_co, builders.bid_of(["32000"]))
    both = Contest(builders.open_job(job), other, own)
    seat = {"actor": cast.adam, "user_id": cast.vera.pk, "role": "lead"}
    add_member(**seat, provider_id=cast.otto_co.pk, at=CHOICE - HOUR)
    ask(cast, both, bid_ids=[own.pk, other.pk])

    with refused(SitsWithTwo) as told:
        final(cast, other, "29000")
    assert "Otto Events and Vera & Co" in told.value.text
    for read in (my_bid, final_paper):
        at = {"at": CHOICE + DAY} if read is my_bid else {}
        with refused(SitsWithTwo):
            read(actor=cast.vera, bid_id=other.pk, **at)
    final(cast, own, "29000")

    open_finals(both)
    assert my_bid(actor=cast.vera, bid_id=other.pk, at=ENDS).content.quoted == eur("32000")


def test_the_bid_that_a_final_one_followed_was_not_passed_over(cast: Cast, contest: Contest):
    ask(cast, contest)
    offer = final(cast, contest.team_bid, "36000")
    open_finals(contest)
    bid = Bid.objects.get(pk=offer.pk)
    at = ENDS + HOUR

    builders.choose(cast, bid, at=at, reason_code="quality", followed_view="charged")

    told = {one.bid_id: (one.state, one.outcome) for one in own_bids(actor=cast.pia, at=at)}
    assert told == {bid.pk: ("opened", "chosen"), contest.team_bid.pk: ("opened", "")}
    (other,) = own_bids(actor=cast.vera, at=at)
    assert (other.bid_id, other.outcome) == (contest.vendor_bid.pk, "not_chosen")
