"""Awards in another currency than the budget's: booked at a rate, settled at what it cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from bids.models.bids import Bid
from ledger.affording import CeilingAboveBudget
from ledger.changing import agree_change, propose_change
from ledger.currencies import (
    NotARate,
    NotASettlement,
    OneCurrency,
    RateInThePast,
    RateStated,
    settle_currency,
    state_rate,
)
from ledger.models.awards import Award
from ledger.models.rates import BookingRate, CurrencySettlement
from ledger.rates import NoRate, Rate, rate_in_force
from marketplace.models.events import Event
from marketplace.money import Money
from marketplace.refusals import Forbidden
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, assert_books_hold, bid_of
from tests.ledger.figures import figures, standing

pytestmark = pytest.mark.django_db
STATED = NOON - DAY


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def state(cast: Cast, rate: str = "0.9", **words: Any) -> BookingRate:
    """Finance books one dollar as 0.90 euros, unless a test says otherwise."""
    usual = {
        "actor": cast.fin,
        "currency": "USD",
        "into": "EUR",
        "rate": rate,
        "in_force_on": STATED.date(),
        "reason": "The central bank's rate of the day before.",
        "at": STATED,
    }
    return state_rate(**(usual | words))


def dollar_bid(cast: Cast) -> Bid:
    """Marketing asks for bids in dollars; Vera & Co bids 40,000.00 of them."""
    job = builders.publish(cast, currency="USD", ceiling=usd("45000"), point=usd("75"))
    content = replace(bid_of(["15000", "20000", "5000"]), currency="USD")
    bid = builders.submit(cast, job, cast.vera_co, content)
    builders.open_job(job)
    return bid


@pytest.fixture
def award(cast: Cast) -> Award:
    """Chosen at 40,000.00 USD, which 100,000.00 EUR pay."""
    builders.grant(cast)
    state(cast)
    return builders.choose(cast, dollar_bid(cast))


def settle(cast: Cast, award: Award, paid: str, cost: str, **words: Any) -> CurrencySettlement:
    usual = {
        "actor": cast.fin,
        "payment_id": uuid4(),
        "paid": usd(paid),
        "cost": eur(cost),
        "at": CHOICE + 20 * DAY,
    }
    return settle_currency(award_id=award.pk, **(usual | words))


def test_it_is_promised_and_charged_at_the_rate_of_the_choice(cast: Cast, award: Award):
    line = award.budget_line
    assert (award.price, line.currency) == (usd("40000"), "EUR")
    assert figures(line) == (36_720, 0, 63_280)  # 36,000.00 and a fee of 720.00
    assert standing() == {"B100": 100_000, "B900": 100_000, "E110": 36_720, "E900": 36_720}

    state(cast, "0.95", in_force_on=(CHOICE + 5 * DAY).date(), at=CHOICE)  # for later choices
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + 10 * DAY)

    assert figures(line) == (22_950, 13_770, 63_280)
    assert standing() == {
        "1190": -13_500,
        "4200": 270,
        "5200": 13_500,
        "5300": 270,
        "B100": 100_000,
        "B900": 100_000,
        "E110": 22_950,
        "E900": 22_950,
    }
    assert standing("USD") == {"1190": 15_000, "2100": 15_000}
    assert_books_hold()


def test_what_paying_it_cost_more_or_less_is_charged(cast: Cast, award: Award):
    line = award.budget_line
    builders.finish(cast, award)
    assert figures(line) == (0, 36_720, 63_280)

    settle(cast, award, "15000", "13650")  # 150.00 more than booked
    assert figures(line) == (0, 36_870, 63_130)
    assert standing() == {
        "1190": -36_150,
        "4200": 720,
        "5200": 36_000,
        "5300": 720,
        "5500": 150,
        "B100": 100_000,
        "B900": 100_000,
    }

    settle(cast, award, "25000", "22100")  # 400.00 less
    assert figures(line) == (0, 36_470, 63_530)
    # What was booked and what differed are what the two payments will take from the bank.
    assert standing()["1190"] == -(13_650 + 22_100)
    assert standing()["5500"] == -250
    assert_books_hold()


def test_a_payment_is_settled_once(cast: Cast, award: Award):
    builders.finish(cast, award)
    payment: UUID = uuid4()

    first = settle(cast, award, "15000", "13650", payment_id=payment)
    again = settle(cast, award, "15000", "13650", payment_id=payment)

    assert first == again
    assert standing()["5500"] == 150
    assert Event.objects.filter(kind="award.currency_settled").count() == 1


def test_rounding_loses_nothing(cast: Cast):
    builders.grant(cast)
    state(cast, "0.333333333")
    award = builders.choose(cast, dollar_bid(cast))

    builders.finish(cast, award)

    assert figures(award.budget_line)[0] == 0
    assert str(standing()["5200"]) == "13333.33"
    assert standing("USD") == {"1190": 40_000, "2100": 40_000}
    assert award.commitments.get().released_minor == 0
    assert_books_hold()


def test_a_change_is_promised_at_the_same_rate(cast: Cast, award: Award):
    change = propose_change(
        actor=cast.maya,
        milestone_id=builders.milestones(award)[2].pk,
        difference=usd("1000"),
        reason="One day more.",
        at=CHOICE + DAY,
    )
    agree_change(actor=cast.vera, change_id=change.pk, at=CHOICE + 2 * DAY)

    assert figures(award.budget_line) == (37_638, 0, 62_362)
    assert_books_hold()


def test_an_estimate_is_reserved_at_the_rate_and_given_back(cast: Cast):
    line = builders.grant(cast)
    state(cast)
    job = builders.publish(
        cast,
        currency="USD",
        ceiling=usd("45000"),
        point=usd("75"),
        estimate="42000",
    )
    line.refresh_from_db()
    assert line.precommitted_minor == 37_800_00
    bid = builders.submit(cast, job, cast.vera_co, replace(bid_of(["40000"]), currency="USD"))
    builders.open_job(job)

    builders.choose(cast, bid)

    line.refresh_from_db()
    assert line.precommitted_minor == 0
    assert figures(line) == (36_720, 0, 63_280)
    assert_books_hold()


def test_without_a_rate_nothing_is_published(cast: Cast):
    builders.grant(cast)

    with refused(NoRate):
        builders.publish(cast, currency="USD", ceiling=usd("45000"), point=usd("75"))


def test_the_budget_is_checked_in_its_own_currency(cast: Cast):
    builders.grant(cast, "36719.99")
    state(cast)

    with refused(CeilingAboveBudget) as caught:
        builders.publish(cast, currency="USD", ceiling=usd("40000"), point=usd("75"))

    assert "36,000.00 EUR" in caught.value.text
    builders.publish(cast, currency="USD", ceiling=usd("39999"), point=usd("75"))


def test_only_finance_states_rates_and_settles(cast: Cast, award: Award):
    for nobody in (cast.maya, cast.ada, cast.vera):
        with refused(Forbidden):
            state(cast, "1.1", actor=nobody, in_force_on=date(2027, 1, 1))
        with refused(Forbidden):
            settle(cast, award, "1", "1", actor=nobody)


@pytest.mark.parametrize(
    "words",
    [
        {"rate": "0"},
        {"rate": "-1"},
        {"rate": "one"},
        {"rate": "NaN"},
        {"rate": "Infinity"},
        {"rate": "0.0000000001"},
        {"into": "USD"},
    ],
)
def test_a_rate_is_a_number_between_two_currencies(cast: Cast, words: dict[str, str]):
    with refused(NotARate):
        state(cast, **words)


def test_a_rate_is_stated_once_for_a_day_and_not_for_the_past(cast: Cast):
    state(cast)

    with refused(RateStated):
        state(cast, "0.8")
    with refused(RateInThePast):
        state(cast, "0.8", in_force_on=(STATED - DAY).date())


def test_the_last_rate_before_a_day_is_that_of_the_day(cast: Cast):
    state(cast)
    state(cast, "0.8", in_force_on=date(2026, 5, 1))

    assert rate_in_force("USD", "EUR", date(2026, 4, 30)).of(100) == eur("0.90")
    assert rate_in_force("USD", "EUR", date(2026, 5, 1)).of(100) == eur("0.80")
    with refused(NoRate):
        rate_in_force("USD", "EUR", (STATED - DAY).date())


def test_a_rate_is_exact_between_minor_units(cast: Cast):
    yen = state(cast, "160.25", currency="EUR", into="JPY")

    assert (yen.numerator, yen.denominator) == (641, 400)
    assert Rate("JPY", 641, 400).of(eur("100").minor) == Money(16_025, "JPY")


def test_settling_needs_two_currencies_and_the_right_ones(cast: Cast, award: Award):
    for paid, cost in ((eur("1"), eur("1")), (usd("1"), usd("1")), (usd("0"), eur("1"))):
        with refused(NotASettlement):
            settle_currency(
                actor=cast.fin,
                award_id=award.pk,
                payment_id=uuid4(),
                paid=paid,
                cost=cost,
                at=CHOICE + DAY,
            )
    own = builders.choose(cast, builders.contest(cast).vendor_bid)
    with refused(OneCurrency):
        settle(cast, own, "1", "1")
