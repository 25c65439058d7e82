"""What a team recovered too much or too little goes into its next rate, or back to who paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.content import PriceLine
from ledger import chart
from ledger.balances import balance, recovered_in
from ledger.models.budgets import BudgetLine
from ledger.models.journal import JournalEntry
from ledger.models.years import RecoverySettled
from ledger.pricing import state_price_rule
from ledger.recoveries import (
    AlreadySettled,
    NoSuchPolicy,
    NotACost,
    NotATeam,
    NothingToRebate,
    ReasonMissing,
    YearNotOver,
    settle_recovery,
    shares,
)
from ledger.reports.provider_results import RATE_COLUMNS, provider_results, rate_review
from marketplace.models.events import Notice
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, eur, refused
from tests.cast import Cast, assemble_again
from tests.ledger.builders import (
    AUTUMN,
    DECEMBER,
    JANUARY,
    LATE,
    THREE_PARTS,
    accept,
    assert_books_hold,
    award_of_december,
    bid_of,
    books_stand,
    choose,
    grant,
    line_stands,
    milestones,
    open_job,
    publish,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    """The company of the tests, founded a year earlier."""
    return assemble_again(at=AUTUMN)


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    """Marketing was charged 40,000.00 for the Events team's work in December."""
    line = grant(cast, at=AUTUMN)
    for milestone in milestones(award_of_december(cast, provider="team")):
        accept(cast, milestone, at=DECEMBER + DAY)
    return line


def settle(cast: Cast, cost: str, policy: str, **words: Any) -> RecoverySettled:
    usual = {
        "actor": cast.fin,
        "team_id": cast.events_team.pk,
        "fiscal_year": 2025,
        "cost": eur(cost),
        "policy": policy,
        "reason": "Cost centre 1200, closed on 9 January.",
        "at": JANUARY,
    }
    return settle_recovery(**(usual | words))


def test_what_was_too_much_is_carried_into_the_next_rate(cast: Cast, line: BudgetLine) -> None:
    settled = settle(cast, "36500", "carry")

    assert (settled.recovered_minor, settled.cost_minor) == (40_000_00, 36_500_00)
    in_2025 = {"until_period": 202513}
    assert balance(chart.PROVIDER_RECOVERY, "EUR", **in_2025) == eur("-36500")
    assert balance(chart.RECOVERY_DEFERRED, "EUR", **in_2025) == eur("-3500")
    assert recovered_in(2026, cast.events_team) == {"EUR": eur("3500")}
    assert books_stand() == {
        "4100": "40000.00",
        "4200": "800.00",
        "5100": "40000.00",
        "5300": "800.00",
        "B100": "100000.00",
        "B900": "100000.00",
    }
    assert line_stands(line)["charged"] == "40800.00"
    assert Notice.objects.get(kind="recovery.settled").recipient == cast.pia
    assert_books_hold()


def test_the_teams_result_is_told_before_its_difference_was_carried(
    cast: Cast, line: BudgetLine
) -> None:
    settle(cast, "36500", "carry")

    old = provider_results(actor=cast.fin, since_period=202501, until_period=202513)
    new = provider_results(actor=cast.fin, since_period=202601, until_period=202613)

    assert [(row.is_total, row.recovered, row.cost, row.surplus) for row in old] == [
        (False, eur("40000"), None, None),
        (True, eur("40000"), eur("36500"), eur("3500")),
    ]
    assert {row.recovered for row in new} == {eur("3500")}  # what it begins with


def test_what_was_given_back_is_no_part_of_the_teams_result(cast: Cast, line: BudgetLine) -> None:
    settle(cast, "36500", "rebate")

    *_, total = provider_results(actor=cast.fin, since_period=202501, until_period=202513)

    assert (total.recovered, total.surplus) == (eur("40000"), eur("3500"))


def test_a_recovery_is_parted_as_the_chosen_bids_reckoned(cast: Cast) -> None:
    """A tenth of the bid is overhead, and so is a tenth of each part that is charged."""
    grant(cast, at=AUTUMN)
    days = {"closes_at": LATE + 7 * DAY, "questions_until": LATE + 5 * DAY}
    job = publish(cast, at=LATE, **days)
    lines = (PriceLine("labour", 36_000_00), PriceLine("overhead", 4_000_00))
    bid = submit(cast, job, cast.events_team, replace(bid_of(THREE_PARTS), lines=lines))
    submit(cast, job, cast.vera_co, bid_of(THREE_PARTS))
    open_job(job)
    award = choose(cast, bid, at=DECEMBER)
    accept(cast, milestones(award)[0], at=DECEMBER + DAY)

    *_, total = provider_results(actor=cast.fin, since_period=202501, until_period=202513)

    assert (total.recovered, total.direct_cost, total.overhead) == (
        eur("15000"),
        eur("13500"),
        eur("1500"),
    )


def charge_eighty_per_cent(cast: Cast) -> None:
    state_price_rule(
        actor=cast.fin,
        team_id=cast.events_team.pk,
        rule="negotiated",
        basis_points=8_000,
        in_force_on=DECEMBER.date(),
        reason="Eighty per cent of the bid covers the cost.",
        at=AUTUMN,
    )


def test_rates_are_reviewed_by_the_full_cost_of_what_was_charged(
    cast: Cast, line: BudgetLine
) -> None:
    charge_eighty_per_cent(cast)
    settle(cast, "36500", "carry")

    (row,) = rate_review(actor=cast.fin, today=JANUARY.date())

    assert (row.rate, row.units, row.cost_per_unit) == (Decimal(80), 3, eur("12166.67"))
    assert (row.over, row.proposed_rate) == (eur("3500"), Decimal("73.00"))
    assert row.reviewed_on == AUTUMN.date()


def test_a_team_that_recovered_nothing_has_its_shortfall_in_its_currency(cast: Cast) -> None:
    """It went without work for a year, and cost 1,000.00 all the same."""
    charge_eighty_per_cent(cast)
    settle(cast, "1000", "carry")

    (row,) = rate_review(actor=cast.fin, today=JANUARY.date())
    told = {column.name: column.value(row) for column in RATE_COLUMNS}

    assert (told["recovered"], told["cost"], told["over"]) == (eur("0"), eur("1000"), eur("-1000"))
    assert told["currency"] == "EUR"
    assert (told["units"], told["cost_per_unit"], told["proposed_rate"]) == (0, None, None)


def test_what_was_too_little_is_carried_likewise(cast: Cast, line: BudgetLine) -> None:
    settle(cast, "41000", "carry")

    assert balance(chart.RECOVERY_DEFERRED, "EUR", until_period=202513) == eur("1000")
    assert balance(chart.RECOVERY_DEFERRED, "EUR") == eur("0")
    assert recovered_in(2026, cast.events_team) == {"EUR": eur("-1000")}
    assert_books_hold()


def test_what_was_too_much_is_given_back_to_who_used_the_team(cast: Cast, line: BudgetLine) -> None:
    settle(cast, "36500", "rebate")

    assert line_stands(line) == {
        "budget": "100000.00",
        "charged": "37300.00",
        "available": "62700.00",
    }
    assert books_stand() == {
        "4100": "36500.00",
        "4200": "800.00",
        "5100": "36500.00",
        "5300": "800.00",
        "B100": "100000.00",
        "B900": "100000.00",
    }
    entry = JournalEntry.objects.get(kind="recovery_rebated")
    assert (entry.period_id, str(entry.effective_on)) == (202513, "2025-12-31")
    assert_books_hold()


def test_a_team_that_cost_what_it_recovered_moves_nothing(cast: Cast, line: BudgetLine) -> None:
    before = books_stand()

    settle(cast, "40000", "carry")

    assert books_stand() == before
    assert RecoverySettled.objects.count() == 1
    assert_books_hold()


@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_shares_add_up_and_are_never_a_unit_off(amount: int, weights: list[int]) -> None:
    parts = shares(amount, weights)

    assert sum(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - amount * weight) < whole


def test_equal_shares_of_what_does_not_divide_go_to_the_first() -> None:
    assert shares(100, [1, 1, 1]) == [34, 33, 33]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"fiscal_year": 2026}, YearNotOver),
        ({"at": datetime(2025, 12, 31, 23, tzinfo=UTC)}, YearNotOver),
        ({"cost": "-1"}, NotACost),
        ({"policy": "keep"}, NoSuchPolicy),
        ({"policy": "rebate", "cost": "40000"}, NothingToRebate),
        ({"policy": "rebate", "cost": "50000"}, NothingToRebate),
        ({"reason": " "}, ReasonMissing),
        ({"team_id": uuid4()}, Unknown),
    ],
)
def test_what_settles_nothing_is_refused(
    cast: Cast, line: BudgetLine, words: dict[str, Any], rule: Any
) -> None:
    with refused(rule):
        settle(cast, **({"cost": "1", "policy": "carry"} | words))


def test_a_teams_year_is_settled_once_by_finance(cast: Cast, line: BudgetLine) -> None:
    with refused(Forbidden):
        settle(cast, "1", "carry", actor=cast.sam)
    with refused(NotATeam):
        settle(cast, "1", "carry", team_id=cast.vera_co.pk)
    settle(cast, "39000", "carry")
    with refused(AlreadySettled):
        settle(cast, "38000", "rebate")
