"""Many entries posted at once are what they would have been one by one, or they are nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import RestrictViolation

from ledger import chart
from ledger.books import check_books
from ledger.models.budgets import BudgetLine
from ledger.models.journal import EntryKind, JournalEntry
from ledger.models.periods import PeriodStep
from ledger.posting import (
    BookedDifferently,
    BudgetMove,
    Entry,
    InsufficientFunds,
    Line,
    NotPosted,
    PeriodClosed,
    post_entries,
    post_entry,
)
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.system import the_clock
from tests.cast import assemble
from tests.ledger.stored import ask
from tests.proof.faults import superuser
from tests.races.starting import at_once

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock(db: None) -> User:
    return the_clock()


def a_line(name: str) -> BudgetLine:
    """A department with an empty budget that may not be overspent."""
    id = uuid4()
    department = Department.objects.create(
        id=id, name=name, cost_centre=name, lineage=[id], currency="EUR", created_at=NOON
    )
    return BudgetLine.objects.create(
        fiscal_year=2026, department=department, currency="EUR", control=BudgetControl.HARD
    )


@pytest.fixture
def marketing(db: None) -> BudgetLine:
    return a_line("Marketing")


@pytest.fixture
def services(db: None) -> BudgetLine:
    return a_line("Services")


def granted(line: BudgetLine, cents: int, source: UUID | None = None, **words: Any) -> Entry:
    amount = Money(cents, "EUR")
    return Entry(
        EntryKind.BUDGET_GRANTED,
        source or uuid4(),
        lines=[
            Line.debit(chart.BUDGET, amount, department=line.department_id),
            Line.credit(chart.BUDGET_CONTROL, amount),
        ],
        budget_moves=[BudgetMove(line.pk, budget=cents)],
        **words,
    )


def charged(line: BudgetLine, cents: int, source: UUID | None = None, **words: Any) -> Entry:
    amount = Money(cents, "EUR")
    cost = {"department": line.department_id, "budget_line": line.pk}
    return Entry(
        EntryKind.CHARGED,
        source or uuid4(),
        lines=[
            Line.debit(chart.CHARGE_VENDOR, amount, **cost),
            Line.credit(chart.VENDOR_PAYABLE, amount),
        ],
        budget_moves=[BudgetMove(line.pk, charged=cents)],
        **words,
    )


# Each row of the books, without the numbers that only say when it was written.
ROWS = (
    "SELECT rank() OVER (ORDER BY e.id), e.kind, e.period_id, e.effective_on, e.source,"
    " e.occurrence, e.request_hash, e.memo, e.written_in FROM ledger_journalentry AS e ORDER BY 1",
    "SELECT dense_rank() OVER (ORDER BY entry_id), period_id, line, account_id, department_id,"
    " budget_line_id, currency, debit_minor, credit_minor FROM ledger_posting ORDER BY 1, 3",
    "SELECT account_id, department_id, period_id, currency, stripe, debit_minor, credit_minor"
    " FROM ledger_balance ORDER BY 1, 2, 3, 4",
    "SELECT period_id, department_id, account_id, currency, debit_minor, credit_minor, count"
    " FROM ledger_monthlycharge ORDER BY 1, 2, 3",
    "SELECT dense_rank() OVER (ORDER BY entry_id), budget_line_id, budget_minor, charged_minor"
    " FROM ledger_budgetmovement ORDER BY 1, id",
    "SELECT id, budget_minor, charged_minor, available_minor FROM ledger_budgetline ORDER BY 1",
    "SELECT id, fiscal_year, starts_on, ends_on, opened_at FROM ledger_period ORDER BY 1",
    "SELECT DISTINCT table_name, CASE table_name WHEN 'ledger_journalentry' THEN '' ELSE key END"
    " FROM ledger_unrecordedrow ORDER BY 1, 2",
)


def books_after(act: Callable[[], list[int]]) -> tuple[Any, ...] | None:
    """Return every row that an act leaves, and take them away again; None where it is refused."""
    rows: list[Any] = []
    with tried():
        ids = act()
        first = sorted(set(ids))
        rows = [[first.index(id) for id in ids], *(ask(question) for question in ROWS)]
        assert check_books().ok
    return tuple(rows) or None


@contextmanager
def tried() -> Iterator[None]:
    with suppress(NotPosted), transaction.atomic():
        yield
        transaction.set_rollback(True)


FACTS = [uuid4() for _ in range(6)]
WISHES = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 1),
        st.sampled_from([100, 100, 250, 400]),
        st.sampled_from(FACTS),
        st.sampled_from([None, None, date(2026, 2, 3)]),
    ),
    min_size=1,
    max_size=9,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wishes=WISHES)
def test_a_group_leaves_what_its_entries_leave_one_by_one(
    clock: User, marketing: BudgetLine, services: BudgetLine, wishes: list[Any]
) -> None:
    """Grants and charges in any order, in two months, some told twice, some beyond the budget."""
    entries = [
        (granted if is_grant else charged)(
            (marketing, services)[which], cents, source, effective_on=on, memo='of "us", {a\\b}'
        )
        for is_grant, which, cents, source, on in wishes
    ]

    def one_by_one() -> list[int]:
        return [post_entries(actor=clock, entries=[entry], at=NOON)[0] for entry in entries]

    alone = books_after(one_by_one)
    assert books_after(lambda: post_entries(actor=clock, entries=entries, at=NOON)) == alone


def test_no_entries_are_no_call(clock: User) -> None:
    assert post_entries(actor=clock, entries=[], at=NOON) == []


def test_one_charge_too_many_refuses_the_group_and_is_named(
    clock: User, marketing: BudgetLine
) -> None:
    group = [granted(marketing, 10_000), charged(marketing, 6_000), charged(marketing, 4_001)]

    with pytest.raises(InsufficientFunds) as refused, transaction.atomic():
        post_entries(actor=clock, entries=[*group, granted(marketing, 50_000)], at=NOON)

    assert refused.value.place == 2
    assert refused.value.available == Money(4_000, "EUR")
    assert refused.value.wanted == Money(4_001, "EUR")
    assert not JournalEntry.objects.exists()
    marketing.refresh_from_db()
    assert marketing.available_minor == 0


def test_one_closed_month_refuses_the_group_and_is_named(
    clock: User, marketing: BudgetLine
) -> None:
    first = granted(marketing, 100, effective_on=date(2026, 2, 1))
    post_entries(actor=clock, entries=[first], at=NOON)
    PeriodStep.objects.create(
        period_id=202602, position=1, step="closing", taken_by=clock, taken_at=NOON
    )
    late = granted(marketing, 100, effective_on=date(2026, 2, 28))

    with pytest.raises(PeriodClosed, match="2026-02") as refused, transaction.atomic():
        post_entries(actor=clock, entries=[granted(marketing, 100), late], at=NOON)

    assert refused.value.place == 1
    assert JournalEntry.objects.count() == 1


def test_a_fact_of_a_closed_month_that_is_told_again_is_the_first_entry(
    clock: User, marketing: BudgetLine
) -> None:
    grant = granted(marketing, 100)
    (entry,) = post_entries(actor=clock, entries=[grant], at=NOON)
    PeriodStep.objects.create(
        period_id=202603, position=1, step="closing", taken_by=clock, taken_at=NOON
    )

    assert post_entries(actor=clock, entries=[grant], at=NOON) == [entry]


def test_a_group_that_is_told_again_is_booked_once_and_what_is_new_is_added(
    clock: User, marketing: BudgetLine
) -> None:
    group = [granted(marketing, 500), charged(marketing, 100), charged(marketing, 150)]
    ids = post_entries(actor=clock, entries=group[:2], at=NOON)

    again = post_entries(actor=clock, entries=group, at=NOON)

    marketing.refresh_from_db()
    assert (again[:2], marketing.budget_minor, marketing.charged_minor) == (ids, 500, 250)
    assert post_entries(actor=clock, entries=group, at=NOON) == again
    assert JournalEntry.objects.count() == 3
    assert check_books().ok


def test_a_fact_with_other_figures_refuses_the_group_and_is_named(
    clock: User, marketing: BudgetLine
) -> None:
    grant = granted(marketing, 500)
    post_entries(actor=clock, entries=[grant], at=NOON)

    with pytest.raises(BookedDifferently) as refused, transaction.atomic():
        other = granted(marketing, 501, grant.source)
        post_entries(actor=clock, entries=[granted(marketing, 1), other], at=NOON)

    assert refused.value.place == 1
    assert JournalEntry.objects.count() == 1


@pytest.mark.races
def test_groups_that_tell_the_same_facts_in_other_orders_wait_for_each_other_in_no_circle(
    committed: str, as_role: Any
) -> None:
    as_role("replay")
    lines = [a_line("Marketing"), a_line("Services")]
    actor = the_clock()
    group = [granted(lines[number % 2], 100) for number in range(60)]

    def book(entries: list[Entry]) -> Callable[[], Any]:
        return lambda: post_entries(actor=actor, entries=entries, at=NOON)

    answers: list[Any] = at_once(3, [book(group), book(group[::-1]), book(group[30:] + group[:30])])

    booked = sorted(JournalEntry.objects.values_list("pk", flat=True))
    assert [sorted(ids) for ids in answers] == [booked] * 3
    assert JournalEntry.objects.count() == 60
    assert {line.budget_minor for line in BudgetLine.objects.all()} == {3_000}
    assert check_books().ok


STAYS = [
    *("marketplace_user", "marketplace_department", "marketplace_category"),
    *("marketplace_provider", "ledger_account", "ledger_period", "ledger_budgetline"),
]


def test_what_entries_may_name_loses_no_row_whoever_asks(committed: str, as_role: Any) -> None:
    """Postings look up what they name when they are written; it is there for ever after."""
    as_role("replay")
    cast = assemble()
    post_entries(actor=cast.fin, entries=[granted(a_line("Services"), 100)], at=NOON)
    rewriting = ("DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {} CASCADE")

    with superuser() as owner:
        for table in STAYS:
            for words in rewriting:
                with pytest.raises(RestrictViolation, match="is refused"):
                    owner.execute(words.format(table))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "about",
    ["department", "category", "budget_line", "job", "award", "milestone", "provider"],
)
def test_a_posting_names_what_there_is(clock: User, about: str) -> None:
    words: dict[str, Any] = {about: uuid4()}
    lines = [
        Line.debit("2200", Money(5, "EUR"), **words),
        Line.credit("2200", Money(5, "EUR")),
    ]

    with pytest.raises(IntegrityError, match="names what there is"), transaction.atomic():
        post_entry(actor=clock, kind=EntryKind.ACCRUED, source=uuid4(), at=NOON, lines=lines)


def test_an_entry_is_made_by_somebody(marketing: BudgetLine) -> None:
    with pytest.raises(IntegrityError, match="made by somebody"), transaction.atomic():
        post_entries(actor=User(id=uuid4()), entries=[granted(marketing, 1)], at=NOON)


def test_a_movement_names_a_budget_line(clock: User, marketing: BudgetLine) -> None:
    stray = granted(marketing, 1)
    stray = Entry(stray.kind, stray.source, stray.lines, [BudgetMove(uuid4(), budget=1)])

    refused = pytest.raises(DatabaseError, match="names an entry and a budget line")
    with refused, transaction.atomic():
        post_entries(actor=clock, entries=[stray], at=NOON)
