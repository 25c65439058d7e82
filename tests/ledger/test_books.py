"""Checking the books: what has drifted is named, and the command says no."""

import json
from datetime import UTC, datetime
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ledger import chart
from ledger.models.budgets import BudgetLine
from ledger.models.journal import EntryKind
from ledger.posting import BudgetMove, Line, post_entry
from marketplace.models.departments import Department
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.system import the_clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def granted(committed: str) -> None:
    """Marketing was granted 100.00, and that is committed."""
    id = uuid4()
    marketing = Department.objects.create(
        id=id, name="Marketing", cost_centre="4100", lineage=[id], currency="EUR", created_at=NOON
    )
    line = BudgetLine.objects.create(
        fiscal_year=2026, department=marketing, currency="EUR", control=BudgetControl.HARD
    )
    post_entry(
        actor=the_clock(),
        kind=EntryKind.BUDGET_GRANTED,
        source=uuid4(),
        at=NOON,
        lines=[
            Line.debit(chart.BUDGET, Money(100_00, "EUR"), department=marketing.pk),
            Line.credit(chart.BUDGET_CONTROL, Money(100_00, "EUR")),
        ],
        budget_moves=[BudgetMove(line.pk, budget=100_00)],
    )


def checked() -> tuple[dict, str]:
    out = StringIO()
    try:
        call_command("check_books", "--json", stdout=out, stderr=StringIO())
    except CommandError as refused:
        return json.loads(out.getvalue()), str(refused)
    return json.loads(out.getvalue()), ""


def test_books_that_hold_are_said_to_hold(granted):
    answer, refused = checked()

    assert answer["ok"] and answer["wrong"] == []
    assert answer["checked"]["balances are the sums of their postings"] == 2
    assert not refused


@pytest.mark.parametrize(
    ("drift", "named"),
    [
        ("UPDATE ledger_balance SET debit_minor = debit_minor + 1", "posted 10000/0, stored"),
        ("DELETE FROM ledger_balance", "balances are the sums"),
        ("UPDATE ledger_budgetline SET budget_minor = 5", "holds 5/0/0/0/0, moved 10000/0/0/0/0"),
        ("UPDATE ledger_budgetline SET committed_minor = 5", "committed 5, open 0"),
        ("UPDATE ledger_budgetline SET precommitted_minor = 5", "pre-committed 5, estimates 0"),
        ("UPDATE ledger_budgetline SET charged_minor = 5", "charged 5, posted 0"),
        (
            "ALTER TABLE ledger_posting DISABLE TRIGGER USER;"
            "UPDATE ledger_posting SET debit_minor = 9999 WHERE debit_minor > 0",
            "debit 9999, credit 10000",
        ),
    ],
)
def test_whatever_drifts_past_the_posting_function_is_named(granted, as_role, drift, named):
    as_role("owner")
    with connection.cursor() as cursor:
        cursor.execute(drift)

    answer, refused = checked()

    assert not answer["ok"]
    assert any(named in words for words in answer["wrong"]), answer["wrong"]
    assert refused
