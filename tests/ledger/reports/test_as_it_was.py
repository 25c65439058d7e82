"""Any report can be run again as it was: up to a day of effect, and as it was known at a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.periods import adjusting_period
from ledger.reports.batch_lines import charge_lines
from ledger.reports.changes import changes
from ledger.reports.commitments import commitments
from ledger.reports.disputes import credit_notes, disputes
from ledger.reports.journal import JournalFilter, journal_control
from ledger.reports.known import Known
from ledger.reports.provider_results import provider_results, rate_review
from ledger.reports.spend import spend
from ledger.reports.statement import provider_statement, statement
from ledger.reports.trial_balance import trial_balance
from ledger.reports.vendor_aging import vendor_aging
from ledger.year_end import close_year
from marketplace.money import Money
from marketplace.refusals import Forbidden
from tests.cast import Cast, assemble, assemble_again
from tests.ledger import builders as ledger

DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast)


class Story:
    """Vera & Co's 9,000 was chosen, delivered and accepted."""

    def __init__(self, cast: Cast) -> None:
        ledger.grant(cast)
        self.contest = ledger.contest(cast)
        self.award = ledger.choose(cast, self.contest.vendor_bid)
        ledger.finish(cast, self.award)
        self.charged_at = ledger.CHOICE + 31 * DAY  # accepted a day after it was delivered
        first = self.charged_at.date().replace(day=1)
        self.period = first.year * 100 + first.month
        self.span = {"since_on": first, "until_on": first + 27 * DAY}


def test_every_report_comes_to_what_the_trial_balance_says(cast: Cast, story: Story):
    paper = trial_balance(actor=cast.fin, since_period=story.period)
    spent = sum(
        row.debit.minor - row.credit.minor
        for row in paper.rows
        if row.account_code in {"5200", "5300", "5100", "5800"}
    )
    assert spent > 0

    summed = spend(actor=cast.fin, **story.span)
    told = statement(actor=cast.maya, department_id=cast.marketing.pk, **story.span)
    lines = charge_lines(actor=cast.fin, **story.span)
    control = journal_control(actor=cast.fin, only=JournalFilter(period=story.period))
    debit = sum(row.debit.minor for row in paper.rows)
    (owed,) = (row for row in paper.rows if row.account_code == "2100")
    (aged,) = vendor_aging(actor=cast.fin, known=Known(as_of=story.span["until_on"]))

    assert sum(row.amount.minor for row in summed) == spent
    assert told.charges.minor + told.credits.minor == spent
    assert sum(line.minor for line in lines) == spent
    assert [one.sum.minor for one in control.totals] == [debit, debit]
    assert aged.owed == -owed.closing
    assert aged.days_0_30 + aged.days_31_60 == aged.owed
    ledger.assert_books_hold()


def test_what_was_not_known_then_is_not_in_the_paper(cast: Cast, story: Story):
    before = Known(known_at=story.charged_at - DAY)
    after = Known(known_at=story.charged_at + DAY)

    for known, is_there in ((before, False), (after, True)):
        paper = trial_balance(actor=cast.fin, since_period=story.period, known=known)
        assert paper.is_balanced
        assert any(row.account_code == "5200" for row in paper.rows) is is_there
        assert bool(spend(actor=cast.fin, **story.span, known=known)) is is_there
        whose = {"department_id": cast.marketing.pk}
        told = statement(actor=cast.fin, **whose, **story.span, known=known)
        assert bool(told.lines) is is_there
        earned = {"provider_id": cast.vera_co.pk}
        assert (
            bool(provider_statement(actor=cast.fin, **earned, **story.span, known=known).lines)
            is is_there
        )
    now = trial_balance(actor=cast.fin, since_period=story.period)
    then = trial_balance(actor=cast.fin, since_period=story.period, known=after)
    assert now == then


def test_what_a_vendor_is_owed_grows_older(cast: Cast, story: Story):
    def spans(days: int) -> list[Money]:
        on = (story.charged_at + days * DAY).date()
        (row,) = vendor_aging(actor=cast.vera, known=Known(as_of=on))
        return [row.days_0_30, row.days_31_60, row.days_61_90, row.days_over_90]

    nothing = Money(0, "EUR")
    whole = sum((one.minor for one in spans(0)), 0)
    assert spans(30)[0] == Money(whole, "EUR")
    assert spans(31)[1] == Money(whole, "EUR")
    assert spans(91) == [nothing, nothing, nothing, Money(whole, "EUR")]
    assert vendor_aging(actor=cast.pia, known=Known(as_of=story.charged_at.date())) == ()


def test_papers_of_finance_are_not_for_everybody(cast: Cast, story: Story):
    today = story.charged_at.date()
    with pytest.raises(Forbidden):
        rate_review(actor=cast.maya, today=today)
    with pytest.raises(Forbidden):
        changes(actor=cast.maya, since=0, limit=10)
    months = {"since_period": story.period, "until_period": story.period}
    assert provider_results(actor=cast.fin, **months) == ()  # a vendor's work recovers nothing
    assert disputes(actor=cast.fin, at=story.charged_at) == ()
    assert credit_notes(actor=cast.fin, at=story.charged_at, **story.span) == ()


@pytest.mark.parametrize("closed", ["nothing", "december", "the year"])
def test_a_promise_that_was_carried_is_told_of_the_years_it_left_and_came_to(db, closed: str):
    """40,800.00 promised in December, 15,300.00 used then, and 20,400.00 in January."""
    cast = assemble_again(at=ledger.AUTUMN)
    ledger.grant(cast, at=ledger.AUTUMN)
    first, second, _third = ledger.milestones(ledger.award_of_december(cast))
    ledger.accept(cast, first, at=ledger.DECEMBER + DAY)
    new_year = ledger.JANUARY - DAY
    if closed != "nothing":
        ledger.close_month(cast, 202512, at=new_year)
    if closed == "the year":
        ended_at = new_year + timedelta(hours=1)
        close_year(actor=cast.fin, fiscal_year=2025, at=ended_at)
        ledger.close_month(cast, adjusting_period(2025, at=ended_at), at=ended_at)
    ledger.accept(cast, second, at=ledger.JANUARY)
    ask = {"actor": cast.fin, "at": ledger.JANUARY + DAY, "only_open": False}

    now = commitments(**ask)

    old, new = [
        (row.fiscal_year, *(money.minor for money in (row.original, row.liquidated, row.open)))
        for row in now
    ]
    assert old == (2025, 40_800_00, 15_300_00, 0)
    assert new == (2026, 25_500_00, 20_400_00, 5_100_00)
    assert commitments(**ask, known=Known(known_at=ask["at"])) == now
    then = commitments(**ask, known=Known(as_of=ask["at"].date()))
    assert [(row.fiscal_year, row.open) for row in then] == [
        (row.fiscal_year, row.open) for row in now
    ]
    (before,) = commitments(**ask, known=Known(known_at=new_year))
    assert (before.fiscal_year, before.open.minor) == (2025, 25_500_00)
