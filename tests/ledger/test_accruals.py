"""Accruals: a month bears the cost of what was handed over in it, decided or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db.models import Sum

from ledger.acceptance import accept_delivery
from ledger.books import check_books
from ledger.closing import begin_closing, stop_closing
from ledger.currencies import state_rate
from ledger.delivering import return_delivery
from ledger.granting import grant_budget
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.journal import Balance, JournalEntry
from ledger.overriding import override_choice
from ledger.reports.accruals import accruals
from ledger.reports.statement import statement
from ledger.showback import switch_mode
from marketplace.money import Money
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, after

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = 202603, 202604, 202605
HANDED_OVER = CHOICE + 18 * DAY  # 28 March


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    return builders.grant(cast)


@pytest.fixture
def award(cast: Cast, line: BudgetLine) -> Award:
    """Vera & Co's work for 40,000.00 in three parts; a fee of 2 % comes on top."""
    return builders.choose(cast, builders.contest(cast).vendor_bid)


def moved(code: str, period: int) -> Money:
    """What an account moved in a month, debit less credit."""
    balances = Balance.objects.filter(account__code=code, period=period)
    return Money(balances.aggregate(net=Sum(Balance.net()))["net"] or 0, "EUR")


def figures(line: BudgetLine) -> tuple[Money, Money, Money]:
    """Committed, charged, available."""
    line.refresh_from_db()
    return eur_of(line.committed_minor), eur_of(line.charged_minor), line.available


def eur_of(minor: int) -> Money:
    return Money(minor, "EUR")


def test_work_delivered_in_march_and_accepted_in_april_is_a_cost_of_march(cast, line, award):
    first = builders.milestones(award)[0]
    delivery = builders.deliver(cast, first, at=HANDED_OVER)
    assert figures(line) == (eur("40800"), eur("0"), eur("59200"))

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    # The accrual stands in March, its reversal on the first of April; the budget is as it was.
    assert (moved("5200", MARCH), moved("2200", MARCH)) == (eur("15000"), eur("-15000"))
    assert (moved("5200", APRIL), moved("2200", APRIL)) == (eur("-15000"), eur("15000"))
    assert (moved("2100", MARCH), moved("5300", MARCH)) == (eur("0"), eur("0"))
    assert figures(line) == (eur("40800"), eur("0"), eur("59200"))
    booked, reversed_ = JournalEntry.objects.filter(source=delivery.pk).order_by("pk")
    assert (booked.kind, booked.effective_on) == ("accrued", date(2026, 3, 31))
    assert (reversed_.kind, reversed_.effective_on) == ("accrual_reversed", date(2026, 4, 1))
    assert (reversed_.reverses, reversed_.corrects_period) == (booked, None)

    accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=after(MARCH) + DAY)

    # In April the reversal and the charge cancel out: the cost is March's, the fee April's.
    assert (moved("5200", MARCH), moved("5200", APRIL)) == (eur("15000"), eur("0"))
    assert (moved("2200", MARCH), moved("2200", APRIL)) == (eur("-15000"), eur("15000"))
    assert (moved("2100", APRIL), moved("5300", APRIL)) == (eur("-15000"), eur("300"))
    assert (moved("4200", APRIL), moved("E110", APRIL)) == (eur("-300"), eur("-15300"))
    assert figures(line) == (eur("25500"), eur("15300"), eur("59200"))
    assert check_books().wrong == ()


def test_a_teams_work_is_accrued_on_its_own_account(cast, line):
    award = builders.choose(cast, builders.contest(cast).team_bid)
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    assert (moved("5100", MARCH), moved("2200", MARCH)) == (eur("15000"), eur("-15000"))
    assert (moved("5100", APRIL), moved("2200", APRIL)) == (eur("-15000"), eur("15000"))
    assert (moved("5200", MARCH), moved("4100", MARCH)) == (eur("0"), eur("0"))
    assert figures(line) == (eur("40800"), eur("0"), eur("59200"))
    assert check_books().wrong == ()


def test_closing_begun_twice_accrues_once(cast, award):
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    for _ in range(2):
        begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))
        stop_closing(actor=cast.fin, period_id=MARCH, reason="A bill.", at=after(MARCH) + DAY)

    assert JournalEntry.objects.filter(kind="accrued").count() == 1
    assert JournalEntry.objects.filter(kind="accrual_reversed").count() == 1
    assert moved("5200", MARCH) == eur("15000")


def test_what_waits_for_two_months_is_accrued_in_both(cast, line, award):
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    builders.close_month(cast, MARCH)
    builders.close_month(cast, APRIL)

    # March bears it, April takes it back and bears it again, May takes it back.
    assert (moved("5200", MARCH), moved("5200", APRIL), moved("5200", MAY)) == (
        *(eur("15000"), eur("0")),
        eur("-15000"),
    )
    assert figures(line) == (eur("40800"), eur("0"), eur("59200"))
    assert check_books().wrong == ()


def test_what_was_sent_back_or_accepted_by_then_is_not_accrued(cast, award):
    first, second, third = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    again = builders.deliver(cast, second, at=HANDED_OVER)
    return_delivery(actor=cast.rolf, delivery_id=again.pk, missing="The plan.", at=after(MARCH))
    builders.deliver(cast, third, at=after(MARCH))  # in April

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH) + DAY)

    assert not JournalEntry.objects.filter(kind="accrued").exists()


def test_the_statement_of_the_department_shows_the_accrual_in_its_month(cast, award):
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)
    builders.close_month(cast, MARCH)

    paper = statement(
        actor=cast.maya,
        department_id=cast.marketing.pk,
        since_on=date(2026, 3, 1),
        until_on=date(2026, 3, 31),
    )

    assert [(each.kind, each.amount) for each in paper.lines] == [("accrued", eur("15000"))]
    assert paper.is_final


def test_the_report_names_what_waits_and_what_is_accrued(cast, award):
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)
    (before,) = accruals(actor=cast.ada, period_id=MARCH)
    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))
    (booked,) = accruals(actor=cast.fin, period_id=MARCH)

    assert (before.milestone_title, before.amount) == ("Part 1", eur("15000"))
    assert (before.is_accrued, booked.is_accrued) == (False, True)
    assert booked.entry_id == JournalEntry.objects.get(kind="accrued").public_id


def test_accruals_are_for_finance_and_auditors(cast, award):
    with refused(Forbidden):
        accruals(actor=cast.maya, period_id=MARCH)
    with refused(Unknown):
        accruals(actor=cast.fin, period_id=209901)


def test_work_without_a_price_is_not_accrued(cast, award):
    builders.deliver(cast, builders.milestones(award)[0], amount="0", at=HANDED_OVER)

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    assert not JournalEntry.objects.filter(kind="accrued").exists()


def test_an_overridden_choice_is_accrued_as_it_is_borne(cast, line):
    """The team asked 32,000.00, and Gerd took Vera & Co at 40,000.00: the house pays a fifth."""
    house = grant_budget(
        actor=cast.fin,
        department_id=cast.house.pk,
        fiscal_year=2026,
        amount=eur("20000"),
        at=NOON,
        grant_id=uuid4(),
    )
    contest = builders.contest(
        cast, team=("10000", "15000", "7000"), vendor=("15000", "20000", "5000")
    )
    builders.choose(cast, contest.team_bid)
    award = override_choice(
        actor=cast.gerd,
        job_id=contest.job.pk,
        bid_id=contest.vendor_bid.pk,
        reason_code="quality",
        reason="Their idea for the rain convinced me.",
        decisive_criterion_id=contest.job.criteria.order_by("position")[0].pk,
        followed_view="charged",
        at=CHOICE + DAY,
    )
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    assert (moved("5200", MARCH), moved("5700", MARCH)) == (eur("12000"), eur("3000"))
    assert (moved("5200", APRIL), moved("5700", APRIL)) == (eur("-12000"), eur("-3000"))
    assert (moved("2200", MARCH), moved("2200", APRIL)) == (eur("-15000"), eur("15000"))
    assert figures(house)[1] == eur("0")
    assert check_books().wrong == ()


def test_what_is_only_shown_is_accrued_in_the_book_that_shows(cast, line):
    """A vendor's work in a month of showback: no cost of Marketing's, and none promised."""
    switch_mode(
        actor=cast.fin,
        mode="showback",
        from_period=MARCH,
        reason="A year to get used to the figures.",
        at=NOON - 2 * DAY,
    )
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    # Shown to Marketing; and to be paid by the company, on 5200 without a department.
    assert (moved("M5200", MARCH), moved("M2100", MARCH)) == (eur("15000"), eur("-15000"))
    assert (moved("M5200", APRIL), moved("M2100", APRIL)) == (eur("-15000"), eur("15000"))
    assert (moved("5200", MARCH), moved("2200", MARCH)) == (eur("15000"), eur("-15000"))
    assert (moved("5200", APRIL), moved("2200", APRIL)) == (eur("-15000"), eur("15000"))
    assert not Balance.objects.filter(account__code="5200", department__isnull=False).exists()
    assert check_books().wrong == ()


def test_a_teams_work_that_is_only_shown_is_accrued_there_alone(cast, line):
    switch_mode(
        actor=cast.fin,
        mode="showback",
        from_period=MARCH,
        reason="A year to get used to the figures.",
        at=NOON - 2 * DAY,
    )
    award = builders.choose(cast, builders.contest(cast).team_bid)
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    assert (moved("M5100", MARCH), moved("M4100", MARCH)) == (eur("15000"), eur("-15000"))
    assert (moved("M5100", APRIL), moved("M4100", APRIL)) == (eur("-15000"), eur("15000"))
    assert (moved("5100", MARCH), moved("2200", MARCH)) == (eur("0"), eur("0"))
    assert check_books().wrong == ()


def test_work_in_another_currency_is_accrued_at_the_rate_of_its_choice(cast, line):
    """15,000.00 of 40,000.00 dollars, chosen at 0.90; the rate of the day is another one."""
    state_rate(
        actor=cast.fin,
        currency="USD",
        into="EUR",
        rate="0.9",
        in_force_on=(NOON - DAY).date(),
        reason="The central bank's.",
        at=NOON - DAY,
    )
    usd = {"currency": "USD", "ceiling": Money.of("45000", "USD"), "point": Money.of("75", "USD")}
    job = builders.publish(cast, **usd)
    bid = builders.submit(
        cast,
        job,
        cast.vera_co,
        replace(builders.bid_of(["15000", "20000", "5000"]), currency="USD"),
    )
    builders.open_job(job)
    award = builders.choose(cast, bid)
    state_rate(
        actor=cast.fin,
        currency="USD",
        into="EUR",
        rate="0.95",
        in_force_on=(CHOICE + DAY).date(),
        reason="The central bank's.",
        at=CHOICE,
    )
    builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    assert (moved("5200", MARCH), moved("2200", MARCH)) == (eur("13500"), eur("-13500"))
    assert (moved("5200", APRIL), moved("2200", APRIL)) == (eur("-13500"), eur("13500"))
    assert not Balance.objects.filter(currency="USD").exists()  # nothing is owed in dollars yet
    assert figures(line) == (eur("36720"), eur("0"), eur("63280"))
    assert check_books().wrong == ()
