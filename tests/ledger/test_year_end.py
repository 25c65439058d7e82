"""A year ends: promises pass on, budgets lapse or pass on, results are closed; again, nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ledger import chart
from ledger.balances import balance
from ledger.changing import agree_change, propose_change, sign_change
from ledger.closing import CloseBlocked
from ledger.commissioning import cancel_job
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.duties import accept_the_silent
from ledger.models.budgets import BudgetLine, Commitment
from ledger.models.journal import JournalEntry, Posting
from ledger.models.years import YearEnd
from ledger.outside_spend import Payment, record_outside_spend
from ledger.periods import opened
from ledger.posting import InsufficientFunds, PeriodClosed
from ledger.reports.carry_forward import carry_forward
from ledger.reports.close_checklist import close_checklist
from ledger.reports.line_history import line_history
from ledger.reports.periods import is_final
from ledger.reports.spend import spend
from ledger.reports.statement import statement
from ledger.silence import silent_deliveries
from ledger.year_end import (
    MonthsOpen,
    NoSuchPolicy,
    ReasonMissing,
    YearEnded,
    YearNotOver,
    close_year,
    state_carry_forward,
)
from marketplace.models.events import Notice
from marketplace.models.jobs import Job
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, MINUTE, eur, refused
from tests.cast import Cast, assemble_again
from tests.ledger import builders
from tests.ledger.builders import (
    AUTUMN,
    DECEMBER,
    JANUARY,
    accept,
    assert_books_hold,
    award_of_december,
    books_stand,
    choose,
    close_month,
    grant,
    line_stands,
    milestones,
)

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 1, 8, 12, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    """The company of the tests, founded a year earlier."""
    return assemble_again(at=AUTUMN)


def close_months(cast: Cast, year: int = 2025) -> None:
    """Every month of the year is closed."""
    close_month(cast, year * 100 + 12, at=NEW_YEAR)


def state(cast: Cast, unspent: str, promises: str, **words: object) -> None:
    state_carry_forward(
        actor=cast.fin,
        fiscal_year=2025,
        unspent=unspent,
        promises=promises,
        reason="Decided with the heads in November.",
        at=AUTUMN,
        **words,  # type: ignore[arg-type]
    )


def end(cast: Cast) -> YearEnded:
    close_months(cast)
    return close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)


def line_of(year: int) -> BudgetLine:
    return BudgetLine.objects.get(fiscal_year=year, department__name="Marketing")


def test_a_promise_keeps_its_budget_and_the_rest_lapses(cast: Cast) -> None:
    """The worked example of a year's end: 40,800 promised, 15,300 of it charged in December."""
    old = grant(cast, at=AUTUMN)
    award = award_of_december(cast)
    first, second, third = milestones(award)
    accept(cast, first, at=DECEMBER + DAY)
    assert line_stands(old) == {
        "budget": "100000.00",
        "committed": "25500.00",
        "charged": "15300.00",
        "available": "59200.00",
    }

    ended = end(cast)

    assert (ended.promises_carried, ended.lines_lapsed, ended.lines_carried) == (1, 1, 0)
    assert ended.departments_closed == 2  # Marketing's cost, and the company's fee
    assert line_stands(old) == {
        "budget": "15300.00",
        "charged": "15300.00",
        "available": "0.00",
    }
    new = line_of(2026)
    assert line_stands(new) == {
        "carried_in": "25500.00",
        "committed": "25500.00",
        "available": "0.00",
    }
    assert books_stand() == {
        "2100": "15000.00",
        "3000": "-15000.00",  # 15,300 of Marketing's cost less 300 of fee recovered
        "B100": "40800.00",
        "B900": "40800.00",
        "E110": "25500.00",
        "E900": "25500.00",
    }
    net = {"until_period": 202513}
    assert balance(chart.NET_POSITION, "EUR", department=cast.marketing.pk, **net) == eur("15300")
    assert balance(chart.COMMITMENT, "EUR", **net) == eur("0")  # the old year promises nothing
    assert balance(chart.COMMITMENT, "EUR") == eur("25500")
    for milestone in (second, third):
        accept(cast, milestone, at=JANUARY)
    assert line_stands(new) == {
        "carried_in": "25500.00",
        "charged": "25500.00",
        "available": "0.00",
    }
    assert line_stands(old)["charged"] == "15300.00"
    assert_books_hold()


def late_job(cast: Cast) -> Job:
    """Published in December with an estimate of 42,000.00, and open into January."""
    return builders.publish(
        cast,
        at=DECEMBER,
        estimate="42000",
        closes_at=JANUARY - DAY,
        questions_until=JANUARY - 4 * DAY,
    )


def test_an_estimate_passes_into_the_new_year_with_its_budget(cast: Cast) -> None:
    """The worked example: what is reserved for a job that nobody decided on is not lost."""
    old = grant(cast, at=AUTUMN)
    job = late_job(cast)
    assert line_stands(old) == {
        "budget": "100000.00",
        "precommitted": "42000.00",
        "available": "58000.00",
    }
    (left,) = [row for row in carry_forward(actor=cast.fin, fiscal_year=2025).rows if row.job_id]
    assert (left.job_id, left.amount, left.carried_budget) == (job.pk, eur("42000"), eur("42000"))

    ended = end(cast)

    assert (ended.promises_carried, ended.estimates_carried, ended.lines_lapsed) == (0, 1, 1)
    assert line_stands(old) == {"available": "0.00"}
    new = line_of(2026)
    assert line_stands(new) == {
        "carried_in": "42000.00",
        "precommitted": "42000.00",
        "available": "0.00",
    }
    assert books_stand() == {
        "B100": "42000.00",
        "B900": "42000.00",
        "E100": "42000.00",
        "E910": "42000.00",
    }
    net = {"until_period": 202513}
    assert balance(chart.PRECOMMITMENT, "EUR", **net) == eur("0")
    assert_books_hold()
    assert close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR + DAY).is_empty
    assert [row.precommitted for row in line_history(actor=cast.fin, line_id=new.pk).rows] == [
        eur("42000")
    ]
    assert [row.available for row in line_history(actor=cast.fin, line_id=old.pk).rows] == [
        eur("0"),
        eur("58000"),
        eur("58000"),
        eur("100000"),
    ]

    # Chosen in January, at 40,000.00 and a fee of 800.00: less than was reserved.
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["40000"]))
    choose(cast, bid, at=builders.open_job(job).opened_at + DAY)
    assert line_stands(new) == {
        "carried_in": "42000.00",
        "committed": "40800.00",
        "available": "1200.00",
    }
    assert_books_hold()


def test_an_estimate_is_taken_along_by_a_choice_before_the_year_is_ended(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    job = late_job(cast)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["40000"]))

    choose(cast, bid, at=builders.open_job(job).opened_at + DAY)

    assert line_stands(old) == {"budget": "58000.00", "available": "58000.00"}
    assert line_stands(line_of(2026)) == {
        "carried_in": "42000.00",
        "committed": "40800.00",
        "available": "1200.00",
    }
    assert end(cast).estimates_carried == 0
    assert_books_hold()


def test_an_estimate_carried_without_budget_needs_it_in_the_new_year(cast: Cast) -> None:
    grant(cast, at=AUTUMN)
    late_job(cast)
    state(cast, "lapse", "without_budget")
    close_months(cast)

    with refused(InsufficientFunds):
        close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)

    new = grant(cast, "50000", at=NEW_YEAR)
    assert close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR).estimates_carried == 1
    assert line_stands(new) == {
        "budget": "50000.00",
        "precommitted": "42000.00",
        "available": "8000.00",
    }
    assert_books_hold()


def test_what_a_job_called_off_had_reserved_is_free_on_the_new_line(cast: Cast) -> None:
    grant(cast, at=AUTUMN)
    job = late_job(cast)
    end(cast)

    cancel_job(actor=cast.maya, job_id=job.pk, reason="No room.", at=NEW_YEAR + DAY)

    assert line_stands(line_of(2026)) == {"carried_in": "42000.00", "available": "42000.00"}
    assert_books_hold()


def test_running_it_again_doubles_nothing(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    accept(cast, milestones(award_of_december(cast))[0], at=DECEMBER + DAY)
    end(cast)
    before = (books_stand(), line_stands(old), line_stands(line_of(2026)))
    entries = JournalEntry.objects.count()

    again = close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR + DAY)

    assert again.is_empty
    assert again.run == 2
    assert (books_stand(), line_stands(old), line_stands(line_of(2026))) == before
    assert JournalEntry.objects.count() == entries
    assert_books_hold()


def test_what_the_adjusting_period_brings_is_ended_by_the_next_run(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    state(cast, "carry", "with_budget")
    accept(cast, milestones(award_of_december(cast))[0], at=DECEMBER + DAY)
    end(cast)
    assert line_stands(line_of(2026))["carried_in"] == "84700.00"  # 59,200 unspent, 25,500 promised
    opened(202513, at=NEW_YEAR)
    add_to_adjusting_period(cast, old)

    again = close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR + DAY)

    assert (again.lines_carried, again.departments_closed) == (1, 1)
    assert line_stands(old) == {"budget": "14300.00", "charged": "14300.00", "available": "0.00"}
    assert line_stands(line_of(2026)) == {
        "carried_in": "85700.00",
        "committed": "25500.00",
        "available": "60200.00",
    }
    in_2025 = {"until_period": 202513}
    assert balance(chart.CHARGE_VENDOR, "EUR", **in_2025) == eur("0")
    assert balance(chart.NET_POSITION, "EUR", department=cast.marketing.pk) == eur("14300")
    assert_books_hold()


def test_figures_that_are_final_are_moved_by_no_promise_carried_later(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    first, second, _third = milestones(award_of_december(cast))
    accept(cast, first, at=DECEMBER + DAY)
    close_months(cast)
    opened(202513, at=NEW_YEAR)

    with refused(CloseBlocked) as no:
        close_month(cast, 202513, at=NEW_YEAR)
    assert no.value.text.startswith("Stop closing, and end 2025 first: what it has left passes on")
    asked = close_checklist(actor=cast.fin, period_id=202513, at=NEW_YEAR)
    assert [one.says for one in asked.blockers] == [
        "End 2025 first: what it has left passes on in this period."
    ]
    assert [row.text for one in asked.blockers for row in one.rows] == [
        "Summer party for 200 guests, promised: 25,500.00 EUR",
        "Marketing, unspent: 59,200.00 EUR",
    ]
    close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)
    close_month(cast, 202513, at=NEW_YEAR)
    final = line_stands(old)
    accept(cast, second, at=NEW_YEAR + DAY)

    assert is_final(202501, 202513)
    assert line_stands(old) == final
    assert_books_hold()


def test_a_year_with_nothing_left_is_ended_all_the_same(cast: Cast) -> None:
    opened(202512, at=AUTUMN)
    close_months(cast)
    opened(202513, at=NEW_YEAR)

    with refused(CloseBlocked):
        close_month(cast, 202513, at=NEW_YEAR)
    close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)
    close_month(cast, 202513, at=NEW_YEAR)


@pytest.mark.parametrize("has_budget", [True, False])
def test_what_was_found_after_a_years_end_is_ended_before_its_last_period_is_closed(
    cast: Cast, has_budget: bool
) -> None:
    old = grant(cast, at=AUTUMN)
    accept(cast, milestones(award_of_december(cast))[0], at=DECEMBER + DAY)
    end(cast)
    opened(202513, at=NEW_YEAR)
    add_to_adjusting_period(cast, old if has_budget else None)

    with refused(CloseBlocked) as no:
        close_month(cast, 202513, at=NEW_YEAR)
    assert no.value.text == "Stop closing, and end 2025 again: something came since it was ended."
    close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)

    (asked,) = [
        one
        for one in close_checklist(actor=cast.ada, period_id=202513, at=NEW_YEAR).checks
        if one.code == "year_ended"
    ]
    assert asked.state == "clear"
    assert asked.says == "2025 was ended on 08 January 2026. Nothing has come since."
    close_month(cast, 202513, at=NEW_YEAR)
    with refused(PeriodClosed):
        add_to_adjusting_period(cast, old)


def test_a_month_is_not_asked_for_its_years_end(cast: Cast) -> None:
    opened(202512, at=AUTUMN)
    asked = close_checklist(actor=cast.fin, period_id=202512, at=AUTUMN)
    assert all(one.code != "year_ended" for one in asked.checks)


def add_to_adjusting_period(cast: Cast, line: BudgetLine | None) -> None:
    """The auditors find that 1,000.00 of December's charge was too much."""
    from ledger.posting import BudgetMove, EntryKind, Line, post_entry

    post_entry(
        actor=cast.fin,
        kind=EntryKind.REVERSED,
        source=uuid4(),
        at=NEW_YEAR,
        period=202513,
        effective_on=date(2025, 12, 31),
        lines=[
            Line.debit(chart.VENDOR_PAYABLE, eur("1000"), provider=cast.vera_co.pk),
            Line.credit(
                chart.CHARGE_VENDOR,
                eur("1000"),
                department=cast.marketing.pk,
                budget_line=line.pk if line else None,
            ),
        ],
        budget_moves=[BudgetMove(line.pk, charged=-1000_00)] if line else [],
    )


def test_what_is_unspent_is_carried_where_finance_said_so(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    state(cast, "lapse", "with_budget")
    state(cast, "carry", "with_budget", department_id=cast.marketing.pk)

    ended = end(cast)

    assert (ended.lines_carried, ended.lines_lapsed) == (1, 0)
    assert line_stands(old) == {"available": "0.00"}
    assert line_stands(line_of(2026)) == {"carried_in": "100000.00", "available": "100000.00"}
    assert books_stand() == {"B100": "100000.00", "B900": "100000.00"}
    assert line_of(2026).control == old.control
    assert_books_hold()


def test_promises_without_budget_are_paid_by_the_new_year(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    state(cast, "lapse", "without_budget")
    award_of_december(cast)
    grant(cast, "50000", at=JANUARY)

    end(cast)

    assert line_stands(old) == {"available": "0.00"}
    assert line_stands(line_of(2026)) == {
        "budget": "50000.00",
        "committed": "40800.00",
        "available": "9200.00",
    }
    assert books_stand() == {
        "B100": "50000.00",
        "B900": "50000.00",
        "E110": "40800.00",
        "E900": "40800.00",
    }
    assert_books_hold()


def test_a_new_year_that_cannot_pay_refuses_the_end_and_says_for_what(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    state(cast, "lapse", "without_budget")
    award_of_december(cast)
    grant(cast, "40000", at=JANUARY)
    close_months(cast)

    with refused(InsufficientFunds) as caught:
        close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)

    assert "Summer party" in caught.value.text
    assert "40,000.00 EUR" in caught.value.text
    assert line_stands(old)["committed"] == "40800.00"
    assert not YearEnd.objects.exists()


def test_a_december_promise_accepted_in_january_is_charged_to_the_new_year(cast: Cast) -> None:
    """
    Nobody has ended the year yet. The first charge of January takes the promise along, with its
    budget, just as the end would have; the end then finds it gone.
    """
    old = grant(cast, at=AUTUMN)
    award = award_of_december(cast)
    first, second, _third = milestones(award)

    accept(cast, first, at=JANUARY)

    assert line_stands(old) == {"budget": "59200.00", "available": "59200.00"}
    assert line_stands(line_of(2026)) == {
        "carried_in": "40800.00",
        "committed": "25500.00",
        "charged": "15300.00",
        "available": "0.00",
    }
    charged = Posting.objects.filter(entry__kind="charged", budget_line__isnull=False)
    assert {posting.budget_line for posting in charged} == {line_of(2026)}
    carried = JournalEntry.objects.filter(kind="promise_carried").order_by("pk")
    assert list(carried.values_list("period", flat=True)) == [202513, 202601]
    was, stands = Commitment.objects.order_by("budget_line__fiscal_year")
    assert (was.open_minor, was.released_minor, stands.open_minor) == (0, 40_800_00, 25_500_00)
    assert stands.follows == was
    accept(cast, second, at=JANUARY + DAY)
    assert JournalEntry.objects.filter(kind="promise_carried").count() == 2
    ended = end(cast)
    assert (ended.promises_carried, ended.lines_lapsed) == (0, 1)
    assert line_stands(old) == {"available": "0.00"}
    assert_books_hold()


def test_a_change_and_a_credit_of_january_move_the_new_year(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)
    award = award_of_december(cast)
    first, second, _third = milestones(award)
    accept(cast, first, at=DECEMBER + DAY)
    grant(cast, "5100", at=JANUARY)
    change = propose_change(
        actor=cast.maya,
        milestone_id=second.pk,
        difference=eur("5000"),
        reason="Two more days.",
        at=JANUARY,
    )
    sign_change(actor=cast.gerd, change_id=change.pk, at=JANUARY)
    agree_change(actor=cast.vera, change_id=change.pk, at=JANUARY)
    assert line_stands(line_of(2026)) == {
        "budget": "5100.00",
        "carried_in": "25500.00",
        "committed": "30600.00",
        "available": "0.00",
    }

    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=first.pk,
        amount=eur("1000"),
        reason="Half of the lamps.",
        at=DECEMBER + 3 * DAY,
    )
    resolve_dispute(
        actor=cast.fin, dispute_id=dispute.pk, credit=eur("1000"), reason="So it is.", at=JANUARY
    )

    assert line_stands(line_of(2026))["charged"] == "-1020.00"
    assert line_stands(old)["charged"] == "15300.00"
    assert_books_hold()


def test_a_promise_without_budget_waits_for_the_new_budget(cast: Cast) -> None:
    grant(cast, at=AUTUMN)
    state(cast, "lapse", "without_budget")
    first = milestones(award_of_december(cast))[0]

    with refused(InsufficientFunds):
        accept(cast, first, at=JANUARY)

    grant(cast, "40800", at=JANUARY)
    accept(cast, first, at=JANUARY)
    assert line_stands(line_of(2026))["available"] == "0.00"
    assert_books_hold()


def test_silence_that_cannot_be_charged_is_told_once_and_tried_again_last(cast: Cast) -> None:
    grant(cast, at=AUTUMN)
    state(cast, "lapse", "without_budget")
    first, second = milestones(award_of_december(cast))[:2]
    stuck = builders.deliver(cast, first, at=JANUARY)
    at = stuck.silent_at + MINUTE
    for _ in range(2):
        assert accept_the_silent(at=at) == 0

    told = Notice.objects.filter(kind="delivery.not_accepted", subject_id=stuck.pk)
    assert sorted(one.recipient.name for one in told) == ["Fin", "Maya"]
    assert "silence" in told[0].text
    later = builders.deliver(cast, second, at=at)
    at = later.silent_at + MINUTE
    assert list(silent_deliveries(at)) == [later, stuck]
    grant(cast, "40800", at=at)
    assert accept_the_silent(at=at) == 2
    assert_books_hold()


def test_a_promise_is_carried_to_a_later_year_of_its_own_budget_only(cast: Cast) -> None:
    line = grant(cast, at=AUTUMN)
    commitment = award_of_december(cast).commitments.get()

    with pytest.raises(DatabaseError, match="later year"), transaction.atomic():
        Commitment.objects.create(
            award=commitment.award, line=2, budget_line=line, follows=commitment
        )


def test_a_year_ends_when_it_is_over_and_its_months_are_closed(cast: Cast) -> None:
    grant(cast, at=AUTUMN)
    with refused(YearNotOver):
        close_year(actor=cast.fin, fiscal_year=2025, at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    with refused(MonthsOpen) as caught:
        close_year(actor=cast.fin, fiscal_year=2025, at=NEW_YEAR)
    assert "2025-11" in caught.value.text
    close_months(cast)
    with refused(Forbidden):
        close_year(actor=cast.maya, fiscal_year=2025, at=NEW_YEAR)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"unspent": "burn"}, NoSuchPolicy),
        ({"promises": "never"}, NoSuchPolicy),
        ({"reason": " "}, ReasonMissing),
        ({"department_id": uuid4()}, Unknown),
    ],
)
def test_what_is_carried_is_said_with_its_reason(cast: Cast, words: dict, rule: type) -> None:
    usual = {
        "actor": cast.fin,
        "fiscal_year": 2025,
        "unspent": "lapse",
        "promises": "with_budget",
        "reason": "As ever.",
        "at": AUTUMN,
    }
    with refused(rule):
        state_carry_forward(**(usual | words))
    with refused(Forbidden):
        state_carry_forward(**(usual | {"actor": cast.maya}))


def test_outside_spend_of_december_told_in_january_is_charged_to_december(cast: Cast) -> None:
    old = grant(cast, at=AUTUMN)

    record_outside_spend(
        actor=cast.fin,
        payment=Payment(
            id=uuid4(),
            department_id=cast.marketing.pk,
            payee="Taxi Nord",
            document="4711",
            paid_on=date(2025, 12, 30),
            net=eur("80"),
        ),
        at=JANUARY,
    )

    assert line_stands(old)["charged"] == "80.00"
    assert JournalEntry.objects.get(kind="spent_outside").period_id == 202512
    assert_books_hold()


def test_closing_the_accounts_is_no_credit_on_a_statement(cast: Cast) -> None:
    grant(cast, at=AUTUMN)
    accept(cast, milestones(award_of_december(cast))[0], at=DECEMBER + DAY)
    end(cast)
    span = {"since_on": date(2025, 12, 1), "until_on": date(2025, 12, 31)}

    paper = statement(actor=cast.maya, department_id=cast.marketing.pk, **span)

    assert [(line.amount, line.fee) for line in paper.lines] == [(eur("15000"), eur("300"))]
    assert paper.closing == eur("15300")
    (spent,) = spend(actor=cast.fin, **span)
    assert spent.amount == eur("15300")
