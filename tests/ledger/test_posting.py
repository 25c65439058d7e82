"""The one way into the journal, and what the database refuses whoever asks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger import chart
from ledger.balances import balance
from ledger.books import check_books
from ledger.models.budgets import BudgetLine
from ledger.models.journal import EntryKind, JournalEntry, Posting
from ledger.models.periods import PeriodStep
from ledger.posting import (
    BookedDifferently,
    BudgetMove,
    InsufficientFunds,
    Line,
    PeriodClosed,
    post_entry,
    reverse_entry,
)
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.system import the_clock

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def eur(major: int | str) -> Money:
    return Money.of(major, "EUR")


HUNDRED = eur(100)


@pytest.fixture
def clock() -> User:
    return the_clock()


@pytest.fixture
def marketing() -> Department:
    id = uuid4()
    return Department.objects.create(
        id=id, name="Marketing", cost_centre="4100", lineage=[id], currency="EUR", created_at=NOON
    )


@pytest.fixture
def line(marketing: Department) -> BudgetLine:
    return BudgetLine.objects.create(
        fiscal_year=2026, department=marketing, currency="EUR", control=BudgetControl.HARD
    )


@pytest.fixture
def book(clock: User, marketing: Department, line: BudgetLine) -> Any:
    """Grant 100.00 to Marketing's line, unless a test says otherwise."""

    def post(
        amount: Money = HUNDRED, *, source: UUID | None = None, credit: Money | None = None,
        at: datetime = NOON, budget: int | None = None, **words: Any,
    ) -> int:  # fmt: skip
        return post_entry(
            actor=clock,
            kind=EntryKind.BUDGET_GRANTED,
            source=source or uuid4(),
            at=at,
            lines=[
                Line.debit(chart.BUDGET, amount, department=marketing.pk),
                Line.credit(chart.BUDGET_CONTROL, credit or amount),
            ],
            budget_moves=[BudgetMove(line.pk, budget=amount.minor if budget is None else budget)],
            **words,
        )

    return post


def test_an_entry_moves_balances_and_the_budget_line(book, line, marketing):
    book(eur("100.50"))
    book(eur("20"))

    line.refresh_from_db()
    assert line.available == eur("120.50")
    assert balance(chart.BUDGET, "EUR", department=marketing.pk) == eur("120.50")
    assert balance(chart.BUDGET_CONTROL, "EUR") == eur("-120.50")
    assert check_books().ok


def test_the_same_fact_is_booked_once(book, line):
    grant = uuid4()

    first, second = book(source=grant), book(source=grant)

    line.refresh_from_db()
    assert first == second
    assert line.budget_minor == 100_00


def test_the_same_fact_with_other_figures_is_refused(book):
    grant = uuid4()
    book(eur(100), source=grant)

    with pytest.raises(BookedDifferently), transaction.atomic():
        book(eur(101), source=grant)

    assert JournalEntry.objects.count() == 1


def test_an_entry_that_does_not_balance_is_refused_at_commit(book):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        book(eur(5), credit=eur(4))
        connection.check_constraints()


def test_an_entry_without_postings_is_refused_at_commit(clock):
    with pytest.raises(IntegrityError, match="fewer than two"), transaction.atomic():
        post_entry(actor=clock, kind=EntryKind.CHARGED, source=uuid4(), at=NOON, lines=[])
        connection.check_constraints()


@pytest.mark.parametrize(("wanted", "passes"), [("100", True), ("100.01", False)])
def test_a_hard_budget_pays_to_the_last_unit_and_no_further(
    book, clock, line, marketing, wanted, passes
):
    book(eur(100))
    amount = eur(wanted)

    def commit() -> None:
        post_entry(
            actor=clock,
            kind=EntryKind.AWARDED,
            source=uuid4(),
            at=NOON,
            lines=[
                Line.debit(chart.COMMITMENT, amount, department=marketing.pk),
                Line.credit(chart.COMMITMENT_RESERVE, amount, department=marketing.pk),
            ],
            budget_moves=[BudgetMove(line.pk, committed=amount.minor)],
        )

    if passes:
        commit()
    else:
        with pytest.raises(InsufficientFunds) as refused, transaction.atomic():
            commit()
        assert (refused.value.available, refused.value.wanted) == (eur(100), amount)

    line.refresh_from_db()
    assert line.available == (eur(0) if passes else eur(100))


def test_a_tracked_budget_shows_the_shortfall_instead_of_refusing(clock, marketing):
    tracked = BudgetLine.objects.create(
        fiscal_year=2026, department=marketing, currency="EUR", control=BudgetControl.TRACKED
    )

    post_entry(
        actor=clock,
        kind=EntryKind.BUDGET_MOVED,
        source=uuid4(),
        at=NOON,
        lines=[Line.credit("B100", eur(30)), Line.debit("B900", eur(30))],
        budget_moves=[BudgetMove(tracked.pk, budget=-30_00)],
    )

    tracked.refresh_from_db()
    assert tracked.available == eur(-30)


def test_a_period_that_is_closing_takes_no_entry(book, clock):
    book()
    PeriodStep.objects.create(
        period_id=202603, position=1, step="closing", taken_by=clock, taken_at=NOON
    )

    with pytest.raises(PeriodClosed, match="2026-03"), transaction.atomic():
        book()

    assert JournalEntry.objects.count() == 1


def test_an_entry_counts_for_the_day_it_is_booked_unless_another_is_said(book):
    today = JournalEntry.objects.get(pk=book())
    earlier = JournalEntry.objects.get(pk=book(effective_on=date(2026, 2, 28)))

    assert (today.posted_at, today.effective_on, today.period_id) == (NOON, NOON.date(), 202603)
    assert (earlier.posted_at, earlier.effective_on, earlier.period_id) == (
        *(NOON, date(2026, 2, 28)),
        202602,
    )


def test_the_adjusting_period_is_the_last_day_of_its_year(book):
    entry = JournalEntry.objects.get(pk=book(effective_on=date(2026, 12, 31), period=202613))

    assert (entry.period_id, str(entry.period)) == (202613, "2026-13")
    assert (entry.period.starts_on, entry.period.ends_on) == (date(2026, 12, 31),) * 2
    assert entry.period.fiscal_year == 2026
    assert check_books().ok


@pytest.mark.parametrize(
    ("period", "on"),
    [
        (202603, date(2026, 2, 28)),
        (202603, date(2026, 4, 1)),
        (202613, date(2026, 12, 30)),
    ],
)
def test_an_entry_counts_for_a_day_of_its_month(book, period, on):
    with pytest.raises(IntegrityError, match="is no day of period"), transaction.atomic():
        book(effective_on=on, period=period)

    assert not JournalEntry.objects.exists()


def test_a_reversal_takes_every_amount_back(book, clock, marketing):
    entry = book(eur(70))

    reverse_entry(actor=clock, entry_id=entry, kind=EntryKind.REVERSED, source=uuid4(), at=NOON)

    assert balance(chart.BUDGET, "EUR", department=marketing.pk) == eur(0)
    assert balance(chart.BUDGET_CONTROL, "EUR") == eur(0)


def test_a_reversal_in_a_later_month_names_the_month_it_corrects(book, clock):
    entry = book(eur(70))

    later = reverse_entry(
        actor=clock,
        entry_id=entry,
        kind=EntryKind.REVERSED,
        source=uuid4(),
        at=NOON.replace(month=5),
    )

    assert JournalEntry.objects.get(pk=later).period_id == 202605
    assert JournalEntry.objects.get(pk=later).corrects_period_id == 202603


def test_lines_of_zero_are_left_out(clock, marketing):
    entry = post_entry(
        actor=clock,
        kind=EntryKind.CHARGED,
        source=uuid4(),
        at=NOON,
        lines=[
            Line.debit(chart.CHARGE_VENDOR, eur(9), department=marketing.pk),
            Line.debit(chart.RECOVERABLE_TAX, eur(0)),
            Line.credit(chart.VENDOR_PAYABLE, eur(9)),
        ],
    )

    assert Posting.objects.filter(entry=entry).count() == 2


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE ledger_posting SET debit_minor = debit_minor + 1 WHERE debit_minor > 0",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting",
        "UPDATE ledger_journalentry SET memo = 'other'",
        "DELETE FROM ledger_journalentry",
        "TRUNCATE ledger_journalentry CASCADE",
        "UPDATE ledger_balance SET debit_minor = 0",
        "DELETE FROM ledger_balance",
        "UPDATE ledger_budgetline SET charged_minor = 0",
        "INSERT INTO ledger_balance (account_id, period_id, currency, stripe, debit_minor,"
        " credit_minor) SELECT 1, 202603, 'EUR', 0, 1, 0",
    ],
)
def test_the_application_writes_the_books_by_no_other_way(book, words):
    book()
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


def test_a_budget_line_cannot_be_born_with_money(marketing):
    with pytest.raises(DatabaseError, match="is empty"), transaction.atomic():
        BudgetLine.objects.create(
            fiscal_year=2027,
            department=marketing,
            currency="EUR",
            control=BudgetControl.HARD,
            budget_minor=1,
        )
