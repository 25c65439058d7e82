"""The books as papers: statements, budgets, commitments, trial balance, journal, spend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from ledger import chart
from ledger.acceptance import accept_delivery
from ledger.books import check_books
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.crediting import resolve_dispute
from ledger.delivering import return_delivery
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.models.charges import ProviderTurnover
from ledger.reports.budget_status import budget_status
from ledger.reports.columns import control_of
from ledger.reports.commitments import commitments
from ledger.reports.journal import JournalFilter, entry, every_line, journal
from ledger.reports.known import Known
from ledger.reports.periods import periods
from ledger.reports.spend import GROUPS, UnknownGroup, columns_of, spend
from ledger.reports.statement import Statement, provider_statement, statement
from ledger.reports.statement_lines import StatementLine, with_fees
from ledger.reports.trial_balance import UnknownPeriod, trial_balance
from marketplace.log.receipts import receipts_of
from marketplace.models.people import User
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest, assert_books_hold

pytestmark = pytest.mark.django_db
MARCH = {"since_on": date(2026, 3, 1), "until_on": date(2026, 3, 31)}
APRIL = {"since_on": date(2026, 4, 1), "until_on": date(2026, 4, 30)}
YEAR = {"since_on": date(2026, 1, 1), "until_on": date(2026, 12, 31)}


@pytest.fixture
def work(cast: Cast, contest: Contest) -> Award:
    """
    Vera & Co does the work for 30,000.00: 10,000.00 accepted in March, 20,000.00 in April, of
    which 4,000.00 is contested and 3,000.00 credited.
    """
    award = builders.choose(cast, contest.vendor_bid)
    first, second = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.accept(cast, second, at=CHOICE + 30 * DAY)
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=second.pk,
        amount=eur("4000"),
        reason="The band did not come.",
        at=CHOICE + 32 * DAY,
    )
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur("3000"),
        reason="It came late.",
        at=CHOICE + 33 * DAY,
    )
    return award


def test_a_statement_says_what_came_before_what_was_charged_and_what_stands(
    cast: Cast, work: Award
):
    paper = statement(actor=cast.rolf, department_id=cast.marketing.pk, **APRIL)

    assert (paper.name, paper.cost_centre, paper.currency) == ("Marketing", "1100", "EUR")
    assert paper.opening == eur("10200")
    assert [(line.kind, line.account_code, line.amount, line.fee) for line in paper.lines] == [
        ("charged", "5200", eur("20000"), eur("400")),
        ("credited", "5200", eur("-3000"), eur("-60")),
    ]
    assert paper.fees == eur("340")
    assert (paper.charges, paper.credits, paper.closing) == (
        eur("20400"),
        eur("-3060"),
        eur("27540"),
    )
    assert {line.job_id for line in paper.lines} == {work.job_id}
    assert {line.provider_name for line in paper.lines} == {"Vera & Co"}


def proved_at(line: StatementLine, reader: User) -> list[str]:
    """Return the kinds of the events that the address on a line leads this reader to."""
    address, _, subject = line.proof.partition("?subject=")
    assert address == f"{settings.SITE_URL}/api/v1/log/proofs/"
    return [event.kind for event in receipts_of(actor=reader, subject_ids=[UUID(subject)])]


def test_each_line_leads_to_what_proves_it(cast: Cast, work: Award, contest: Contest):
    other = builders.choose(cast, builders.contest(cast).vendor_bid, at=CHOICE + 34 * DAY)
    offer = offer_cancellation(
        actor=cast.vera,
        award_id=other.pk,
        fee=eur("500"),
        reason="The tent is gone.",
        at=CHOICE + 34 * DAY,
    )
    agree_cancellation(actor=cast.maya, offer_id=offer.pk, at=CHOICE + 35 * DAY)

    charged, credited, cancelled = statement(
        actor=cast.maya, department_id=cast.marketing.pk, **APRIL
    ).lines

    assert (cancelled.amount, cancelled.fee) == (eur("500"), None)
    assert "delivery.accepted" in proved_at(charged, cast.maya)
    assert "dispute.resolved" in proved_at(credited, cast.maya)
    assert "award.cancelled" in proved_at(cancelled, cast.maya)


def test_a_statement_tells_what_corrects_an_earlier_month(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.vendor_bid)
    first, second = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.accept(cast, second, at=CHOICE + 30 * DAY)
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=first.pk,
        amount=eur("4000"),
        reason="The band did not come.",
        at=CHOICE + 2 * DAY,
    )
    builders.close_month(cast, 202603)
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur("3000"),
        reason="It came late.",
        at=CHOICE + 33 * DAY,
    )

    april = statement(actor=cast.maya, department_id=cast.marketing.pk, **APRIL)
    year = statement(actor=cast.maya, department_id=cast.marketing.pk, **YEAR)

    assert [(line.kind, line.corrects_period) for line in april.lines] == [
        ("charged", None),
        ("credited", 202603),
    ]
    assert (april.credits, april.corrections) == (eur("-3060"), eur("-3060"))
    assert april.closing == eur("27540")  # as without the column: it is part of the credits
    # What corrects a month within the days asked for is no correction of an earlier one.
    assert (year.credits, year.corrections) == (eur("-3060"), eur("0"))


def test_of_a_line_that_is_a_fee_alone_nothing_is_an_amount(cast: Cast, work: Award):
    (line, *_) = statement(actor=cast.maya, department_id=cast.marketing.pk, **APRIL).lines
    fee = replace(line, account_code=chart.MARKETPLACE_FEE, amount=eur("400"), fee=None)
    other = replace(line, entry_id=uuid4(), fee=None)

    assert [(one.amount, one.fee, one.moves) for one in with_fees([other, fee])] == [
        (eur("20000"), None, eur("20000")),
        (eur("0"), eur("400"), eur("400")),
    ]


def test_the_closing_of_a_month_is_the_opening_of_the_next(cast: Cast, work: Award):
    march = statement(actor=cast.maya, department_id=cast.marketing.pk, **MARCH)
    april = statement(actor=cast.maya, department_id=cast.marketing.pk, **APRIL)

    assert march.closing == april.opening == eur("10200")


def test_a_statement_may_begin_in_the_middle_of_a_month(cast: Cast, work: Award):
    middle = (CHOICE + 3 * DAY).date()

    paper = statement(
        actor=cast.maya,
        department_id=cast.marketing.pk,
        since_on=middle,
        until_on=date(2026, 3, 31),
    )

    assert (paper.opening, paper.lines) == (eur("10200"), ())


def test_what_awards_still_promise_stands_under_the_statement(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.vendor_bid)
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + DAY)

    paper = statement(actor=cast.maya, department_id=cast.marketing.pk, **MARCH)

    assert [(each.award_id, each.open) for each in paper.promises] == [(award.pk, eur("20400"))]
    assert paper.promised == eur("20400")


def test_a_statement_is_final_once_its_months_are_closed(cast: Cast, work: Award):
    before = statement(actor=cast.maya, department_id=cast.marketing.pk, **MARCH)
    builders.close_month(cast, 202603)
    after = statement(actor=cast.maya, department_id=cast.marketing.pk, **MARCH)

    assert (before.is_final, after.is_final) == (False, True)
    assert [period.state for period in periods(actor=cast.maya)] == ["open", "closed"]


def test_a_vendor_sees_what_it_is_owed(cast: Cast, work: Award):
    paper = provider_statement(actor=cast.vera, provider_id=cast.vera_co.pk, **YEAR)

    # What is held in a dispute leaves one account for another, and is owed all the same.
    assert paper.closing == eur("27000")
    assert paper.cost_centre == ""


def test_a_lead_sees_what_the_team_recovered(cast: Cast, award: Award):
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + DAY)

    paper = provider_statement(actor=cast.pia, provider_id=cast.events_team.pk, **MARCH)

    assert [line.amount for line in paper.lines] == [eur("15000")]
    assert (paper.opening, paper.closing) == (eur("0"), eur("15000"))


@pytest.mark.parametrize(
    ("who", "refusal"), [("sam", Forbidden), ("pia", Forbidden), ("vera", Unknown)]
)
def test_the_books_of_a_department_are_its_own(cast: Cast, work: Award, who: str, refusal: type):
    with refused(refusal):
        statement(actor=getattr(cast, who), department_id=cast.marketing.pk, **MARCH)


@pytest.mark.parametrize(
    ("who", "refusal"), [("paul", Forbidden), ("maya", Forbidden), ("vera", Unknown)]
)
def test_what_a_team_earns_is_for_its_lead(cast: Cast, work: Award, who: str, refusal: type):
    with refused(refusal):
        provider_statement(actor=getattr(cast, who), provider_id=cast.events_team.pk, **MARCH)


def test_a_budget_says_what_is_promised_charged_and_left(cast: Cast, award: Award):
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + DAY)

    (row,) = budget_status(actor=cast.rolf)

    assert (row.department_name, row.fiscal_year) == ("Marketing", 2026)
    assert (row.budget, row.committed, row.charged) == (eur("900000"), eur("25500"), eur("15300"))
    assert row.available == eur("859200")
    assert str(row.used_percent) == "4.5"


def test_work_that_waits_for_an_answer_is_accrued_within_its_promise(cast: Cast, award: Award):
    """15,000.00 are handed over: with the fee of 2 %, 15,300.00 of the 40,800.00 promised."""
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + DAY)

    (row,) = budget_status(actor=cast.rolf)
    assert (row.committed, row.charged, row.accrued) == (eur("40800"), eur("0"), eur("15300"))
    assert (row.forecast, row.available) == (eur("40800"), eur("859200"))

    accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=CHOICE + 3 * DAY)
    (row,) = budget_status(actor=cast.rolf)
    assert (row.committed, row.charged, row.accrued) == (eur("25500"), eur("15300"), eur("0"))
    assert row.forecast == eur("40800")
    then = Known(as_of=(CHOICE + 2 * DAY).date())
    (row,) = budget_status(actor=cast.rolf, known=then)
    assert (row.committed, row.charged, row.accrued) == (eur("40800"), eur("0"), eur("15300"))
    assert_books_hold()


def test_work_that_was_sent_back_is_accrued_no_more(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    return_delivery(
        actor=cast.rolf, delivery_id=delivery.pk, missing="The stage.", at=CHOICE + 2 * DAY
    )

    (row,) = budget_status(actor=cast.rolf)

    assert (row.accrued, row.forecast) == (eur("0"), eur("40800"))


def test_budgets_of_others_are_not_listed(cast: Cast, award: Award):
    assert budget_status(actor=cast.pia) == ()
    with refused(Unknown):
        budget_status(actor=cast.pia, department_id=cast.marketing.pk)


def test_a_commitment_says_what_is_open_and_what_comes_next(cast: Cast, award: Award):
    first, second, _ = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)

    (row,) = commitments(actor=cast.fin, at=CHOICE + 5 * DAY)

    assert (row.original, row.liquidated, row.open) == (eur("40800"), eur("15300"), eur("25500"))
    assert (row.age_days, row.next_due_on) == (5, second.due_on)


def test_a_commitment_is_told_as_it_was_on_a_day(cast: Cast, award: Award):
    first, second, third = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.accept(cast, second, at=CHOICE + 20 * DAY)
    ask = {"actor": cast.fin, "at": CHOICE + 25 * DAY, "only_open": False}

    (now,) = commitments(**ask)
    (then,) = commitments(**ask, known=Known(as_of=(CHOICE + 5 * DAY).date()))

    assert (now.liquidated, now.planned_on) == (eur("35700"), (third.due_on,))
    assert (then.original, then.liquidated) == (eur("40800"), eur("15300"))
    assert (then.open, then.age_days) == (eur("25500"), 5)
    assert (then.next_due_on, then.planned_on) == (second.due_on, (second.due_on, third.due_on))
    assert commitments(**ask, known=Known(as_of=(CHOICE - DAY).date())) == ()
    (same,) = commitments(**ask, known=Known(known_at=ask["at"]))
    assert same == now


def test_a_finished_award_is_no_open_commitment(cast: Cast, award: Award):
    builders.finish(cast, award)

    assert commitments(actor=cast.fin, at=CHOICE + 60 * DAY) == ()
    (row,) = commitments(actor=cast.fin, at=CHOICE + 60 * DAY, only_open=False)
    assert row.open == eur("0")


def test_the_trial_balance_sums_to_zero_in_each_book(cast: Cast, work: Award):
    paper = trial_balance(actor=cast.fin, since_period=202603, until_period=202604)

    assert paper.is_balanced
    assert {total.book for total in paper.totals} == {"A", "B", "E"}
    rows = {row.account_code: row for row in paper.rows}
    assert rows["5200"].closing == eur("27000")
    assert rows["2100"].closing == eur("-27000")
    assert rows["4200"].closing == eur("-540")
    assert rows["E110"].closing == eur("0")


def test_a_month_of_the_trial_balance_opens_where_the_last_one_closed(cast: Cast, work: Award):
    march = trial_balance(actor=cast.ada, since_period=202603)
    april = trial_balance(actor=cast.ada, since_period=202604)

    closing = {row.account_code: row.closing for row in march.rows if row.closing}
    opening = {row.account_code: row.opening for row in april.rows if row.opening}
    assert closing == opening


@pytest.mark.parametrize("who", ["maya", "rolf", "pia", "vera", "adam"])
def test_the_trial_balance_is_for_finance_and_auditors(cast: Cast, work: Award, who: str):
    with refused(Forbidden):
        trial_balance(actor=getattr(cast, who), since_period=202603)


def test_there_is_no_trial_balance_of_a_month_that_is_not_in_the_books(cast: Cast, work: Award):
    with refused(UnknownPeriod):
        trial_balance(actor=cast.fin, since_period=199901)


def test_the_journal_shows_finance_every_line(cast: Cast, work: Award):
    page = journal(actor=cast.fin)

    assert all(row.is_whole for row in page.items)
    kinds = [row.kind for row in page.items]
    assert kinds[0] == "credited"
    assert {"awarded", "charged", "disputed", "credited"} <= set(kinds)
    for row in page.items:
        debit = sum(line.debit.minor for line in row.lines if line.debit)
        assert debit == sum(line.credit.minor for line in row.lines if line.credit)


def test_a_head_sees_the_departments_lines_of_an_entry_and_no_others(cast: Cast, work: Award):
    page = journal(actor=cast.maya, only=JournalFilter(kind="charged"))

    assert page.items
    for row in page.items:
        assert not row.is_whole
        assert {line.department_name for line in row.lines} == {"Marketing"}


def test_a_vendor_sees_its_own_income_lines_alone(cast: Cast, work: Award):
    page = journal(actor=cast.vera)

    codes = {line.account_code for row in page.items for line in row.lines}
    assert codes == {"2100", "2150"}


@pytest.mark.parametrize("who", ["rolf", "paul", "otto", "adam"])
def test_others_see_no_entry(cast: Cast, work: Award, who: str):
    assert journal(actor=getattr(cast, who)).items == ()
    known = journal(actor=cast.fin).items[0]
    with refused(Unknown):
        entry(actor=getattr(cast, who), entry_id=known.entry_id)


def test_the_journal_goes_on_where_a_page_ended(cast: Cast, work: Award):
    whole = journal(actor=cast.fin).items
    first = journal(actor=cast.fin, limit=2)
    assert first.next
    rest = journal(actor=cast.fin, cursor=first.next)

    assert [*first.items, *rest.items] == list(whole)
    assert len(list(every_line(actor=cast.fin))) == sum(len(row.lines) for row in whole)


def test_one_entry_can_be_opened(cast: Cast, work: Award):
    known = journal(actor=cast.fin).items[0]

    assert entry(actor=cast.fin, entry_id=known.entry_id) == known


def test_spend_is_summed_by_what_one_asks_for(cast: Cast, work: Award):
    rows = spend(actor=cast.fin, group_by=("provider", "month", "kind"), **YEAR)

    assert [(row.labels, row.amount, row.count) for row in rows] == [
        (("Vera & Co", "2026-03", "fee"), eur("200"), 1),
        (("Vera & Co", "2026-03", "outside"), eur("10000"), 1),
        (("Vera & Co", "2026-04", "fee"), eur("340"), 2),
        (("Vera & Co", "2026-04", "outside"), eur("17000"), 2),
    ]


def test_the_rows_of_a_spend_are_read_as_one_likes(cast: Cast, work: Award):
    rows = spend(actor=cast.fin, group_by=("provider", "category", "month"), **YEAR)

    assert rows[-1] == list(rows)[-1] == rows[len(rows) - 1]
    assert list(rows[1:]) == list(rows)[1:]
    assert rows.control == control_of(columns_of(("provider", "category", "month")), rows)
    with pytest.raises(IndexError):
        rows[len(rows)]


def test_spend_equals_the_statement(cast: Cast, work: Award):
    (row,) = spend(actor=cast.maya, **YEAR)

    paper = statement(actor=cast.maya, department_id=cast.marketing.pk, **YEAR)
    assert row.amount == paper.closing == eur("27540")


@pytest.mark.parametrize(
    "group_by",
    [("mood",), ("month", "month"), GROUPS[:5]],
)
def test_spend_is_grouped_by_four_known_things_at_most(cast: Cast, group_by: tuple[str, ...]):
    with refused(UnknownGroup):
        spend(actor=cast.fin, group_by=group_by, **YEAR)


def test_a_day_before_and_a_day_after_are_not_in_the_paper(cast: Cast, work: Award):
    accepted = (CHOICE + 2 * DAY).date()
    day = {"since_on": accepted, "until_on": accepted}
    eve = {"since_on": accepted - timedelta(days=1), "until_on": accepted - timedelta(days=1)}

    assert not spend(actor=cast.fin, **eve)
    assert [row.amount for row in spend(actor=cast.fin, **day)] == [eur("10200")]


def test_a_statement_of_april_reads_march_as_a_sum_once_it_is_closed(cast: Cast, award: Award):
    """15,000.00 in March, 20,000.00 in April: read the same before and after the closing."""
    first, second, _third = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.accept(cast, second, at=CHOICE + 30 * DAY)

    def read() -> Statement:
        return provider_statement(actor=cast.pia, provider_id=cast.events_team.pk, **APRIL)

    before = read()
    builders.close_month(cast, 202603)
    after = read()

    assert (before.opening, before.closing) == (eur("15000"), eur("35000"))
    assert after == before
    assert after.currencies == ("EUR",)
    sums = ProviderTurnover.objects.filter(provider=cast.events_team, period=202603)
    assert sums.get(account__code="4100").credit_minor == eur("15000").minor
    assert check_books().wrong == ()


def test_a_budget_is_told_as_it_stood_on_a_day(cast: Cast, award: Award):
    (now,) = budget_status(actor=cast.fin)
    assert (now.budget, now.committed) == (eur("900000"), eur("40800"))

    (before,) = budget_status(actor=cast.fin, known=Known(as_of=(CHOICE - DAY).date()))
    assert (before.budget, before.committed) == (eur("900000"), eur("0"))
    assert before.available == eur("900000")
    assert budget_status(actor=cast.fin, known=Known(as_of=(NOON - 9 * DAY).date())) == ()
    assert budget_status(actor=cast.fin, known=Known(as_of=(CHOICE + DAY).date())) == (now,)
