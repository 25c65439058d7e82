"""In months of showback departments read what they used, and are charged nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from ledger.books import check_books
from ledger.changing import agree_change, propose_change, sign_change
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine, Precommitment
from ledger.models.pricing import ModeStated
from ledger.outside_spend import Payment, record_outside_spend
from ledger.pricing import state_price_rule
from ledger.reports.columns import control_of
from ledger.reports.statement import provider_statement, statement
from ledger.reports.statement_rows import COLUMNS, rows_of
from ledger.showback import (
    NotAMonth,
    NothingSwitches,
    PeriodInUse,
    ReasonMissing,
    is_shown,
    mode_on,
    switch_mode,
)
from marketplace.models.events import Event
from marketplace.refusals import Forbidden
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger.builders import (
    CHOICE,
    accept,
    assert_books_hold,
    books_stand,
    choose,
    contest,
    finish,
    grant,
    line_stands,
    milestones,
)

MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def switch(
    cast: Cast, mode: str = "showback", from_period: int = 202603, **words: Any
) -> ModeStated:
    usual = {
        "actor": cast.fin,
        "mode": mode,
        "from_period": from_period,
        "reason": "A year to get used to the figures.",
        "at": NOON - 2 * DAY,
    }
    return switch_mode(**(usual | words))


def test_in_house_work_is_shown_and_charged_to_nobody(cast: Cast) -> None:
    """Not even a budget is needed."""
    switch(cast)
    award = choose(cast, contest(cast, estimate="42000").team_bid)
    assert is_shown(award)
    assert not Precommitment.objects.exists()
    assert books_stand() == {}

    finish(cast, award)

    assert books_stand() == {
        "M4100": "40000.00",
        "M4200": "800.00",
        "M5100": "40000.00",
        "M5300": "800.00",
    }
    assert line_stands(award.budget_line) == {"available": "0.00"}
    assert_books_hold()


def test_what_a_vendor_is_owed_is_owed_by_the_company(cast: Cast) -> None:
    line = grant(cast, "10")  # no work of 40,000.00 could be paid from it
    switch(cast)
    parts = ["100.00", "200.00"]
    award = choose(cast, contest(cast, team=parts, vendor=parts, vendor_tax="57").vendor_bid)

    finish(cast, award)

    assert books_stand() == {
        "1400": "57.00",
        "2100": "357.00",
        "5200": "300.00",  # without a department: the company's
        "M2100": "300.00",
        "M4200": "6.00",
        "M5200": "300.00",
        "M5300": "6.00",
        "B100": "10.00",
        "B900": "10.00",
    }
    assert line_stands(line) == {"budget": "10.00", "available": "10.00"}
    assert_books_hold()


def test_a_change_a_dispute_and_a_credit_are_shown_too(cast: Cast) -> None:
    switch(cast)
    parts = ["10000", "10000"]
    award = choose(cast, contest(cast, team=parts, vendor=parts).vendor_bid)
    first, second = milestones(award)
    change = propose_change(
        actor=cast.maya,
        milestone_id=second.pk,
        difference=eur("5000"),
        reason="One more day.",
        at=CHOICE,
    )
    sign_change(actor=cast.gerd, change_id=change.pk, at=CHOICE)
    agree_change(actor=cast.vera, change_id=change.pk, at=CHOICE + DAY)
    accept(cast, first, at=CHOICE + DAY)
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=first.pk,
        amount=eur("4000"),
        reason="No stage.",
        at=CHOICE + 3 * DAY,
    )
    assert books_stand()["2150"] == "4000.00"
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur("1000"),
        reason="A small one.",
        at=CHOICE + 4 * DAY,
    )
    accept(cast, second, at=CHOICE + 5 * DAY)

    assert books_stand() == {
        "2100": "24000.00",
        "5200": "24000.00",
        "M2100": "24000.00",
        "M4200": "480.00",
        "M5200": "24000.00",
        "M5300": "480.00",
    }
    assert_books_hold()


def test_dual_pricing_is_shown_as_well(cast: Cast) -> None:
    switch(cast)
    state_price_rule(
        actor=cast.fin,
        team_id=cast.events_team.pk,
        rule="dual",
        basis_points=11_000,
        in_force_on=NOON.date(),
        reason="So that Events can renew its tents.",
        at=NOON - 2 * DAY,
    )

    finish(cast, choose(cast, contest(cast).team_bid))

    assert books_stand() == {
        "M4100": "44000.00",
        "M4200": "800.00",
        "M5100": "40000.00",
        "M5300": "800.00",
        "M5600": "4000.00",
    }
    assert_books_hold()


def test_an_award_is_shown_or_charged_to_its_end(cast: Cast) -> None:
    line = grant(cast)
    charged = choose(cast, contest(cast).team_bid)
    switch(cast, from_period=202604, at=CHOICE)

    for milestone in milestones(charged):
        accept(cast, milestone, at=CHOICE + 30 * DAY)  # in April

    assert line_stands(line)["charged"] == "40800.00"
    assert set(books_stand()) == {"4100", "4200", "5100", "5300", "B100", "B900"}
    assert_books_hold()


def test_an_estimate_of_before_is_free_again_when_the_award_is_only_shown(cast: Cast) -> None:
    line = grant(cast)
    bids = contest(cast, estimate="42000")
    assert line_stands(line)["precommitted"] == "42000.00"
    switch(cast, from_period=202604, at=CHOICE)

    award: Award = choose(cast, bids.team_bid, at=CHOICE + 30 * DAY)

    assert is_shown(award)
    assert line_stands(line) == {"budget": "100000.00", "available": "100000.00"}
    assert_books_hold()


def test_a_payment_outside_is_shown_and_paid_by_the_company(cast: Cast) -> None:
    switch(cast)

    record_outside_spend(
        actor=cast.fin,
        payment=Payment(
            id=uuid4(),
            department_id=cast.marketing.pk,
            payee="Taxi Nord",
            document="4711",
            paid_on=date(2026, 3, 5),
            net=eur("80"),
            tax=eur("5.60"),
        ),
        at=CHOICE,
    )

    assert books_stand() == {
        "1100": "-85.60",
        "1400": "5.60",
        "5800": "80.00",
        "M2100": "80.00",
        "M5800": "80.00",
    }
    assert not BudgetLine.objects.exists()
    assert_books_hold()


def test_the_company_switches_back_from_a_later_month(cast: Cast) -> None:
    switch(cast)

    switched = switch(cast, "chargeback", 202607)

    assert mode_on(date(2026, 2, 28)) == "chargeback"
    assert mode_on(date(2026, 3, 1)) == "showback"
    assert mode_on(date(2026, 6, 30)) == "showback"
    assert mode_on(date(2026, 7, 1)) == "chargeback"
    assert Event.objects.about(switched.pk).get().kind == "mode.switched"


def test_a_month_in_use_is_not_switched(cast: Cast) -> None:
    grant(cast)
    choose(cast, contest(cast).team_bid)

    with refused(PeriodInUse):
        switch(cast, at=CHOICE)

    switch(cast, from_period=202604, at=CHOICE)
    assert check_books().ok


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"mode": "gift"}, NothingSwitches),
        ({"mode": "chargeback"}, NothingSwitches),
        ({"from_period": 202601}, NotAMonth),
        ({"from_period": 202613}, NotAMonth),
        ({"from_period": 12}, NotAMonth),
        ({"reason": " "}, ReasonMissing),
    ],
)
def test_what_switches_nothing_is_refused(cast: Cast, words: dict[str, Any], rule: Any) -> None:
    with refused(rule):
        switch(cast, **words)


def test_only_finance_switches(cast: Cast) -> None:
    for person in (cast.gerd, cast.adam, cast.maya):
        with refused(Forbidden):
            switch(cast, actor=person)


def test_a_statement_keeps_what_is_shown_apart(cast: Cast) -> None:
    grant(cast)
    finish(cast, choose(cast, contest(cast).team_bid))
    switch(cast, from_period=202605, at=CHOICE + 31 * DAY)
    later = {"closes_at": MAY + 7 * DAY, "questions_until": MAY + 5 * DAY}
    parts = ["60", "40"]
    bids = contest(cast, team=parts, vendor=parts, at=MAY, **later)
    finish(cast, choose(cast, bids.team_bid, at=MAY + 8 * DAY), at=MAY + 9 * DAY)
    span = {"since_on": date(2026, 5, 1), "until_on": date(2026, 5, 31)}

    paper = statement(actor=cast.maya, department_id=cast.marketing.pk, **span)

    assert paper.lines == ()
    assert (paper.opening, paper.closing) == (eur("40800"), eur("40800"))
    assert [line.amount for line in paper.shown] == [
        eur(amount) for amount in ("60", "1.20", "40", "0.80")
    ]
    assert all(line.is_shown for line in paper.shown)
    assert paper.shown_total == eur("102")
    rows = list(rows_of(paper))
    assert [(row.line, row.amount, row.shown, row.balance) for row in rows] == [
        ("opening", None, None, eur("40800")),
        *(("shown", None, eur(amount), None) for amount in ("60", "1.20", "40", "0.80")),
        ("closing", None, None, eur("40800")),
    ]
    # What a paper of these rows sums up: no balance, and nothing that is only shown as an amount.
    (total,) = control_of(COLUMNS, rows).totals
    assert (total.column, total.sum) == ("shown", eur("102"))
    earned = provider_statement(actor=cast.pia, provider_id=cast.events_team.pk, **span)
    assert (earned.closing, earned.shown_total) == (eur("40000"), eur("100"))
