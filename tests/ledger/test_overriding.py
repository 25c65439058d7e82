"""Overriding a choice: a head above names another bid and pays what it costs more."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ledger.budgeting import NoBudget
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.changing import agree_change, propose_change
from ledger.crediting import resolve_dispute
from ledger.delivering import AwardEnded
from ledger.disputing import raise_dispute
from ledger.eligibility import BidNotValid, BothSides
from ledger.granting import grant_budget
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.overriding import (
    AlreadyOverridden,
    BelowTheLimit,
    NothingChosen,
    SameBid,
    WorkBegun,
    override_choice,
)
from ledger.posting import InsufficientFunds
from ledger.reports.statement import statement
from marketplace.membership import add_member
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, THREE_PARTS, Contest, assert_books_hold, books_stand
from tests.ledger.figures import figures, standing

pytestmark = pytest.mark.django_db
AFTER = CHOICE + DAY
DEARER = ("16000", "20000", "9000")  # Vera & Co asks 45,000.00, the team 40,000.00


def grant_house(cast: Cast, amount: str = "20000") -> BudgetLine:
    """The house above Marketing has a budget of its own."""
    return grant_budget(
        actor=cast.fin,
        department_id=cast.house.pk,
        fiscal_year=2026,
        amount=eur(amount),
        at=NOON - DAY,
        grant_id=uuid4(),
    )


def chosen(cast: Cast, *, vendor: tuple[str, ...] = DEARER) -> tuple[Contest, Award]:
    """Maya chooses her company's own team."""
    contest = builders.contest(cast, team=THREE_PARTS, vendor=vendor)
    return contest, builders.choose(cast, contest.team_bid)


def override(cast: Cast, contest: Contest, **words: Any) -> Award:
    first = contest.job.criteria.order_by("position").first()
    usual = {
        "actor": cast.gerd,
        "bid_id": contest.vendor_bid.pk,
        "reason_code": "capacity",
        "reason": "The team is needed at the fair.",
        "decisive_criterion_id": first.pk if first else None,
        "followed_view": "charged",
        "at": AFTER,
    }
    return override_choice(job_id=contest.job.pk, **(usual | words))


def test_the_overrider_pays_the_difference_to_the_last_cent(cast: Cast):
    marketing, house = builders.grant(cast), grant_house(cast)
    contest, first = chosen(cast)
    assert figures(marketing) == (40_800, 0, 59_200)
    assert figures(house) == (0, 0, 20_000)

    award = override(cast, contest)
    assert (award.provider, award.price, award.chosen_by) == (cast.vera_co, eur("45000"), cast.gerd)
    assert figures(marketing) == (40_800, 0, 59_200)
    assert figures(house) == (5_100, 0, 14_900)
    assert standing() == {
        "B100": 120_000,
        "B900": 120_000,
        "E110": 45_900,
        "E900": 45_900,
    }

    one, two, three = builders.milestones(award)
    builders.accept(cast, one, at=CHOICE + 10 * DAY)
    # 16,000.00 is divided as 40 to 5: 14,222.22 and 1,777.78; its fee of 320.00 likewise.
    assert [str(each) for each in figures(marketing)] == ["26293.34", "14506.66", "59200.00"]
    assert [str(each) for each in figures(house)] == ["3286.66", "1813.34", "14900.00"]
    assert {code: str(each) for code, each in standing().items()} == {
        "2100": "16000.00",
        "4200": "320.00",
        "5200": "14222.22",
        "5300": "320.00",
        "5700": "1777.78",
        "B100": "120000.00",
        "B900": "120000.00",
        "E110": "29580.00",
        "E900": "29580.00",
    }

    builders.accept(cast, two, at=CHOICE + 20 * DAY)
    builders.accept(cast, three, at=CHOICE + 30 * DAY)
    assert figures(marketing) == (0, 40_800, 59_200)
    assert figures(house) == (0, 5_100, 14_900)
    assert standing() == {
        "2100": 45_000,
        "4200": 900,
        "5200": 40_000,
        "5300": 900,
        "5700": 5_000,
        "B100": 120_000,
        "B900": 120_000,
    }
    assert [each.released_minor for each in award.commitments.all()] == [0, 0]
    assert first.commitments.get().released_minor == 40_800_00
    assert_books_hold()


def test_an_override_of_nine_thousand_lands_on_the_overriders_cost_centre(cast: Cast):
    marketing, house = builders.grant(cast), grant_house(cast)
    contest = builders.contest(cast, team=("15000", "16000", "5000"), vendor=DEARER)
    builders.choose(cast, contest.team_bid)

    award = override(cast, contest)  # 45,000.00 instead of 36,000.00

    assert award.override.difference_minor == 9_000_00
    assert award.override.department.cost_centre == "1000"
    assert (figures(marketing)[0], figures(house)[0]) == (36_720, 9_180)
    builders.finish(cast, award)
    assert (figures(marketing), figures(house)) == ((0, 36_720, 63_280), (0, 9_180, 10_820))
    assert standing() == {
        "2100": 45_000,
        "4200": 900,
        "5200": 36_000,
        "5300": 900,
        "5700": 9_000,
        "B100": 120_000,
        "B900": 120_000,
    }
    assert_books_hold()


def test_nothing_is_lost_by_rounding(cast: Cast):
    marketing, house = builders.grant(cast), grant_house(cast)
    contest, _ = chosen(cast, vendor=("15000.01", "14000.01", "15999.98"))

    builders.finish(cast, override(cast, contest))

    paid = [str(figures(line)[1]) for line in (marketing, house)]
    assert paid == ["40800.00", "5100.00"]
    assert figures(marketing)[0] == figures(house)[0] == 0
    assert_books_hold()


def test_a_team_that_is_chosen_after_all_recovers_the_whole(cast: Cast):
    marketing, house = builders.grant(cast), grant_house(cast)
    contest = builders.contest(cast, team=DEARER, vendor=THREE_PARTS)
    builders.choose(cast, contest.vendor_bid)

    builders.finish(cast, override(cast, contest, bid_id=contest.team_bid.pk))

    assert standing() == {
        "4100": 45_000,
        "4200": 900,
        "5100": 40_000,
        "5300": 900,
        "5700": 5_000,
        "B100": 120_000,
        "B900": 120_000,
    }
    assert (figures(marketing)[1], figures(house)[1]) == (40_800, 5_100)
    assert_books_hold()


def test_a_cheaper_bid_costs_the_overrider_nothing(cast: Cast):
    marketing = builders.grant(cast)
    contest, _ = chosen(cast, vendor=("15000", "15000", "5000"))

    award = override(cast, contest)  # the house has no budget, and needs none

    assert figures(marketing) == (35_700, 0, 64_300)
    assert award.override.difference_minor == 0
    builders.finish(cast, award)
    assert standing() == {
        "2100": 35_000,
        "4200": 700,
        "5200": 35_000,
        "5300": 700,
        "B100": 100_000,
        "B900": 100_000,
    }
    assert_books_hold()


def test_a_change_and_a_credit_are_divided_alike(cast: Cast):
    marketing, house = builders.grant(cast), grant_house(cast)
    contest, _ = chosen(cast)
    award = override(cast, contest)
    one, _, three = builders.milestones(award)
    change = propose_change(
        actor=cast.maya,
        milestone_id=three.pk,
        difference=eur("4500"),
        reason="A second stage.",
        at=AFTER + DAY,
    )
    agree_change(actor=cast.vera, change_id=change.pk, at=AFTER + 2 * DAY)
    assert (figures(marketing)[0], figures(house)[0]) == (44_880, 5_610)

    builders.accept(cast, one, at=CHOICE + 10 * DAY)
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=one.pk,
        amount=eur("900"),
        reason="Two lamps were missing.",
        at=CHOICE + 12 * DAY,
    )
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur("900"),
        reason="They were.",
        at=CHOICE + 13 * DAY,
    )
    # 800.00 with a fee of 16.00, and 100.00 with one of 2.00, come back.
    assert [str(each) for each in figures(marketing)] == ["30373.34", "13690.66", "55936.00"]
    assert [str(each) for each in figures(house)] == ["3796.66", "1711.34", "14492.00"]
    assert books_stand() == {
        "2100": "15100.00",
        "4200": "302.00",
        "5200": "13422.22",
        "5300": "302.00",
        "5700": "1677.78",
        "B100": "120000.00",
        "B900": "120000.00",
        "E110": "34170.00",
        "E900": "34170.00",
    }

    offered = offer_cancellation(
        actor=cast.vera,
        award_id=award.pk,
        fee=eur("450"),
        reason="Our crew is ill.",
        at=CHOICE + 14 * DAY,
    )
    agree_cancellation(actor=cast.maya, offer_id=offered.pk, at=CHOICE + 15 * DAY)
    assert [str(each) for each in figures(marketing)] == ["0.00", "14090.66", "85909.34"]
    assert [str(each) for each in figures(house)] == ["0.00", "1761.34", "18238.66"]
    assert books_stand() == {
        "2100": "15550.00",
        "4200": "302.00",
        "5200": "13822.22",
        "5300": "302.00",
        "5700": "1727.78",
        "B100": "120000.00",
        "B900": "120000.00",
    }
    assert_books_hold()


@pytest.mark.parametrize(("budget", "rule"), [(None, NoBudget), ("5099.99", InsufficientFunds)])
def test_whoever_overrides_must_be_able_to_pay(cast: Cast, budget: str | None, rule: Any):
    marketing = builders.grant(cast)
    if budget:
        grant_house(cast, budget)
    contest, first = chosen(cast)

    with refused(rule):
        override(cast, contest)

    assert Award.objects.get() == first
    assert figures(marketing) == (40_800, 0, 59_200)
    assert_books_hold()


def test_only_a_head_above_overrides(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, _ = chosen(cast)

    for nobody in (cast.maya, cast.rolf, cast.fin, cast.ada, cast.sam, cast.pia):
        with refused(Forbidden, Unknown):
            override(cast, contest, actor=nobody)


def test_nobody_overrides_for_their_own_team(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, _ = chosen(cast)
    add_member(
        actor=cast.adam,
        user_id=cast.gerd.pk,
        provider_id=cast.events_team.pk,
        role="member",
        at=CHOICE,
    )

    with refused(BothSides):
        override(cast, contest)


def test_there_must_be_a_choice_another_bid_and_a_reason(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest = builders.contest(cast, vendor=DEARER)
    with refused(NothingChosen):
        override(cast, contest)
    builders.choose(cast, contest.team_bid)

    with refused(SameBid):
        override(cast, contest, bid_id=contest.team_bid.pk)
    with refused(BidNotValid):
        override(cast, contest, bid_id=uuid4())
    with refused(ReasonMissing):
        override(cast, contest, reason=" ")


def test_a_small_choice_is_the_departments_own(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest = builders.contest(cast, team=("9999.99",), vendor=("12000",))
    builders.choose(cast, contest.team_bid)

    with refused(BelowTheLimit) as caught:
        override(cast, contest)

    assert "10,000.00 EUR" in caught.value.text


def test_a_choice_is_overridden_once_and_before_the_work_begins(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, _ = chosen(cast)
    award = override(cast, contest)
    with refused(AlreadyOverridden):
        override(cast, contest, bid_id=contest.team_bid.pk)

    other, begun = chosen(cast)
    builders.deliver(cast, builders.milestones(begun)[0], at=AFTER)
    with refused(WorkBegun):
        override(cast, other)
    assert award.replaces is not None


def test_the_first_choice_stays_on_the_record_and_takes_no_work(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, first = chosen(cast)
    milestone = builders.milestones(first)[0]

    award = override(cast, contest)

    assert list(Award.record.order_by("chosen_at")) == [first, award]
    assert Award.objects.get() == award
    with refused(Unknown, AwardEnded):
        builders.deliver(cast, milestone, at=AFTER + DAY)
    assert {event.kind for event in Event.objects.filter(happened_at=AFTER)} == {
        "award.overridden",
        "award.replaced",
    }
    facts = Event.objects.get(kind="award.overridden").body
    assert '"difference_minor":500000' in facts
    assert '"own_minor":4000000' in facts


def test_everybody_is_told_their_part_of_it(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, _ = chosen(cast)

    override(cast, contest)

    told = {
        (notice.kind, notice.recipient.name): notice.text
        for notice in Notice.objects.filter(told_at=AFTER).select_related("recipient")
    }
    assert "chosen after all" in told["award.made", "Vera"]
    assert "overridden" in told["award.replaced", "Pia"]
    assert "House pays the difference of 5,000.00 EUR" in told["award.department", "Maya"]
    assert ("award.department", "Gerd") in told


def test_the_difference_stands_on_the_overriders_statement(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, _ = chosen(cast)
    builders.finish(cast, override(cast, contest))

    paper = statement(
        actor=cast.gerd,
        department_id=cast.house.pk,
        since_on=CHOICE.date(),
        until_on=(CHOICE + 60 * DAY).date(),
    )

    assert {line.account_code for line in paper.lines} == {"5700"}
    assert paper.fees == eur("100")
    assert paper.closing == eur("5100")


def test_the_database_refuses_a_second_first_choice_and_a_chain(cast: Cast):
    builders.grant(cast)
    grant_house(cast)
    contest, first = chosen(cast)
    award = override(cast, contest)

    for column, value in (("replaces", None), ("replaces", award)):
        copy = Award.record.get(pk=first.pk)
        copy.pk, copy.bid_id = uuid4(), uuid4()
        setattr(copy, column, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
