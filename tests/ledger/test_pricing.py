"""What a team's work costs the department, and what the team recovers: four rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from ledger import chart
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.pricing import TeamPricing
from ledger.pricing import (
    CostMissing,
    NoSuchRule,
    NotATeam,
    ReasonMissing,
    RuleStated,
    RuleTooEarly,
    ShareOutOfBounds,
    price_rule_of,
    state_price_rule,
)
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger.builders import (
    CHOICE,
    accept,
    assert_books_hold,
    books_stand,
    choose,
    contest,
    deliver,
    finish,
    grant,
    line_stands,
    milestones,
    stands,
)

pytestmark = pytest.mark.django_db
EARLIER = NOON - 2 * DAY


def state(cast: Cast, rule: str, basis_points: int = 0, **words: Any) -> TeamPricing:
    """Finance states the Events team's rule two days before, for the day before the job."""
    usual = {
        "actor": cast.fin,
        "team_id": cast.events_team.pk,
        "rule": rule,
        "basis_points": basis_points,
        "in_force_on": (NOON - DAY).date(),
        "reason": "Agreed with Services for this year.",
        "at": EARLIER,
    }
    return state_price_rule(**(usual | words))


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    return grant(cast)


def chosen(cast: Cast) -> Award:
    """The Events team is chosen at 40,000.00, in three parts."""
    return choose(cast, contest(cast).team_bid)


def test_by_the_market_the_department_pays_the_bid_and_the_team_recovers_it(
    cast: Cast, line: BudgetLine
) -> None:
    state(cast, "market")

    finish(cast, chosen(cast))

    assert line_stands(line) == {
        "budget": "100000.00",
        "charged": "40800.00",
        "available": "59200.00",
    }
    assert books_stand() == {
        "4100": "40000.00",
        "4200": "800.00",
        "5100": "40000.00",
        "5300": "800.00",
        "B100": "100000.00",
        "B900": "100000.00",
    }
    assert_books_hold()


def test_by_cost_plus_the_department_pays_cost_and_margin(cast: Cast, line: BudgetLine) -> None:
    state(cast, "cost_plus", 1_000)
    award = chosen(cast)
    first, second, third = milestones(award)
    assert line_stands(line)["committed"] == "40800.00"  # the bid is the most it can cost

    accept(cast, first, amount="12000", at=CHOICE + DAY)  # 15,000 bid, 13,200 with the margin
    assert line_stands(line) == {
        "budget": "100000.00",
        "committed": "27336.00",
        "charged": "13464.00",
        "available": "59200.00",
    }
    accept(cast, second, amount="19500", at=CHOICE + DAY)  # 21,450 would exceed the bid's 20,000
    accept(cast, third, amount="4000", at=CHOICE + DAY)  # 4,400

    assert line_stands(line) == {
        "budget": "100000.00",
        "charged": "38352.00",
        "available": "61648.00",
    }
    assert books_stand() == {
        "4100": "37600.00",
        "4200": "752.00",
        "5100": "37600.00",
        "5300": "752.00",
        "B100": "100000.00",
        "B900": "100000.00",
    }
    assert_books_hold()


def test_by_cost_plus_a_delivery_says_what_it_cost(cast: Cast, line: BudgetLine) -> None:
    state(cast, "cost_plus", 500)
    first = milestones(chosen(cast))[0]

    with refused(CostMissing):
        deliver(cast, first, at=CHOICE + DAY)

    assert deliver(cast, first, amount="10000", at=CHOICE + DAY).amount_minor == 10_500_00


def test_a_negotiated_price_is_a_part_of_the_bid(cast: Cast, line: BudgetLine) -> None:
    state(cast, "negotiated", 9_000)

    finish(cast, chosen(cast))

    assert line_stands(line) == {
        "budget": "100000.00",
        "charged": "36720.00",
        "available": "63280.00",
    }
    assert books_stand() == {
        "4100": "36000.00",
        "4200": "720.00",
        "5100": "36000.00",
        "5300": "720.00",
        "B100": "100000.00",
        "B900": "100000.00",
    }
    assert_books_hold()


def test_by_dual_pricing_the_company_pays_the_difference(cast: Cast, line: BudgetLine) -> None:
    """The worked example of entry 7b: the department pays 40,000.00, the team recovers 110 %."""
    state(cast, "dual", 11_000)
    award = chosen(cast)
    first = milestones(award)[0]

    accept(cast, first, at=CHOICE + DAY)
    assert line_stands(line) == {
        "budget": "100000.00",
        "committed": "25500.00",
        "charged": "15300.00",
        "available": "59200.00",
    }
    assert books_stand() == {
        "4100": "16500.00",
        "4200": "300.00",
        "5100": "15000.00",
        "5300": "300.00",
        "5600": "1500.00",
        "B100": "100000.00",
        "B900": "100000.00",
        "E110": "25500.00",
        "E900": "25500.00",
    }
    assert stands(chart.CENTRAL_SUBSIDY, department=cast.marketing.pk) == eur("0")

    contest_and_credit(cast, award, "3000")
    assert line_stands(line)["charged"] == "12240.00"
    for milestone in milestones(award)[1:]:
        accept(cast, milestone, at=CHOICE + 2 * DAY)
    assert books_stand() == {
        "4100": "40700.00",  # 110 % of 37,000
        "4200": "740.00",
        "5100": "37000.00",
        "5300": "740.00",
        "5600": "3700.00",
        "B100": "100000.00",
        "B900": "100000.00",
    }
    assert_books_hold()


def contest_and_credit(cast: Cast, award: Award, amount: str) -> None:
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=milestones(award)[0].pk,
        amount=eur(amount),
        reason="The tent was smaller.",
        at=CHOICE + 3 * DAY,
    )
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur(amount),
        reason="So it was.",
        at=CHOICE + 4 * DAY,
    )


def test_a_team_may_recover_less_than_the_department_pays(cast: Cast, line: BudgetLine) -> None:
    state(cast, "dual", 8_000)

    finish(cast, chosen(cast))

    assert books_stand() | {"B100": "", "B900": ""} == {
        "4100": "32000.00",
        "4200": "800.00",
        "5100": "40000.00",
        "5300": "800.00",
        "5600": "-8000.00",
        "B100": "",
        "B900": "",
    }
    assert_books_hold()


def test_what_the_parts_recover_is_what_the_whole_recovers(cast: Cast, line: BudgetLine) -> None:
    state(cast, "dual", 10_300)
    parts = ["8.50", "8.50", "8.50"]  # 103 % of one is 8.755

    finish(cast, choose(cast, contest(cast, team=parts, vendor=parts).team_bid))

    assert stands(chart.PROVIDER_RECOVERY) == eur("26.27")  # 103 % of 25.50 is 26.265
    assert_books_hold()


def test_a_job_keeps_the_rule_of_its_publication(cast: Cast, line: BudgetLine) -> None:
    bids = contest(cast)
    state(cast, "dual", 20_000, at=NOON, in_force_on=(NOON + DAY).date())

    award = choose(cast, bids.team_bid)

    assert price_rule_of(award) == ("market", 0)


def test_a_vendor_is_paid_what_it_bid(cast: Cast, line: BudgetLine) -> None:
    state(cast, "dual", 20_000)

    award = choose(cast, contest(cast).vendor_bid)

    assert price_rule_of(award) == ("market", 0)
    with refused(NotATeam):
        state(cast, "dual", 11_000, team_id=cast.vera_co.pk)


def test_a_rule_is_recorded_and_told_to_the_lead(cast: Cast) -> None:
    stated = state(cast, "negotiated", 9_000)

    assert Event.objects.about(stated.pk).get().kind == "price.stated"
    assert Notice.objects.get(kind="price.stated").recipient == cast.pia


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"rule": "guess"}, NoSuchRule),
        ({"rule": "market", "basis_points": 1}, ShareOutOfBounds),
        ({"rule": "negotiated", "basis_points": 0}, ShareOutOfBounds),
        ({"rule": "negotiated", "basis_points": 10_001}, ShareOutOfBounds),
        ({"rule": "dual", "basis_points": 50_001}, ShareOutOfBounds),
        ({"rule": "dual", "basis_points": -1}, ShareOutOfBounds),
        ({"in_force_on": EARLIER.date()}, RuleTooEarly),
        ({"in_force_on": date(2025, 1, 1)}, RuleTooEarly),
        ({"reason": " "}, ReasonMissing),
        ({"team_id": uuid4()}, Unknown),
    ],
)
def test_what_is_no_rule_is_refused(cast: Cast, words: dict[str, Any], rule: Any) -> None:
    with refused(rule):
        state(cast, **({"rule": "dual", "basis_points": 11_000} | words))


def test_only_finance_states_rules_and_one_for_a_day(cast: Cast) -> None:
    with refused(Forbidden):
        state(cast, "market", actor=cast.sam)
    state(cast, "market")
    with refused(RuleStated):
        state(cast, "dual", 11_000)
    state(cast, "dual", 11_000, in_force_on=(NOON + timedelta(days=30)).date())
