# ruff: noqa: T201 - figures are printed
"""
The bank test: whoever reads while eight write, reads books whose sums are right.

Eight writers move budgets among ten departments, charge and reverse, choose bids and accept the
work. Two readers add up in one snapshot, again and again: one what is stored, the other what is
stored and what was posted. With -s it prints how much was written and read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from time import monotonic
from typing import Any

import pytest
from django.db import connection, transaction

from ledger.books import check_books
from ledger.models.budgets import BudgetLine
from marketplace.refusals import Refusal
from tests.builders import eur
from tests.cast import Cast
from tests.ledger import builders
from tests.proof.bank import PRICE, Bank
from tests.proof.faults import broken
from tests.proof.many import copied
from tests.proof.processes import FORKING, apart

pytestmark = pytest.mark.races
WRITERS = 8
GRANTED = 10 * 10_000_00

# One statement sees one snapshot. Each column is true, whenever it is asked.
TRUE_AT_ANY_MOMENT = """
SELECT
    NOT EXISTS (
        SELECT FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id
        GROUP BY a.book, b.currency HAVING sum(b.debit_minor) <> sum(b.credit_minor)
    ) AS "every book balances",
    (SELECT sum(budget_minor) = %(granted)s FROM ledger_budgetline) AS "budgets are conserved",
    (SELECT min(available_minor) >= 0 FROM ledger_budgetline) AS "no budget is overspent",
    (SELECT coalesce(min(open_minor), 0) >= 0 FROM ledger_commitment) AS "no promise is overdrawn",
    (SELECT sum(committed_minor) FROM ledger_budgetline)
        = (SELECT coalesce(sum(open_minor), 0) FROM ledger_commitment) AS "promises are held",
    (SELECT sum(precommitted_minor + committed_minor + charged_minor) FROM ledger_budgetline)
        = (
            SELECT coalesce(sum(
                CASE WHEN a.code IN ('E100', 'E110') THEN b.debit_minor - b.credit_minor
                    WHEN a.code IN ('5200', '5300') THEN b.debit_minor - b.credit_minor END
            ), 0)
            FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id
        ) AS "lines hold what accounts hold"
"""


@pytest.fixture
def company(founded: Cast) -> Cast:
    return founded


def read_the_figures() -> list[str]:
    """Return what is false of the stored figures, at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(TRUE_AT_ANY_MOMENT, {"granted": GRANTED})
        row = cursor.fetchone()
        return [
            column.name for column, true in zip(cursor.description, row, strict=True) if not true
        ]


def read_the_books() -> list[str]:
    """Return where the stored figures differ from the postings, at one moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return list(check_books().wrong)


def run(bank: Bank, seconds: float) -> tuple[Counter[str], dict[str, int], list[str]]:
    """Let all write and read a while; return what was written, what was read, what is wrong."""
    until = monotonic() + seconds
    stop = FORKING.Event()

    def write(number: int) -> Counter[str]:
        random, written = Random(number), Counter[str]()
        mine = bank.share(number, WRITERS)
        while monotonic() < until and not stop.is_set():
            act = random.choices(mine.acts, weights=mine.weights)[0]
            try:
                written[act(random)] += 1
            except Refusal as refusal:
                written[f"refused: {refusal.code}"] += 1
        return written

    def read(look: Callable[[], list[str]]) -> tuple[int, list[str]]:
        count, wrong = 0, list[str]()
        while monotonic() < until and not wrong:
            wrong = look()
            count += 1
        stop.set()
        return count, wrong

    *writers, figures, books = apart(
        [
            *[lambda number=number: write(number) for number in range(WRITERS)],
            lambda: read(read_the_figures),
            lambda: read(read_the_books),
        ]
    )
    return (
        sum(writers, Counter()),
        {"figures": figures[0], "books": books[0]},
        [
            *figures[1],
            *books[1],
        ],
    )


def founded(company: Cast, as_role: Any, awards: int) -> Bank:
    """Ten departments with 10,000.00 each, and so many jobs of Marketing that wait for a choice."""
    bank = Bank.of(company)
    bid = builders.contest(company, team=(PRICE,), vendor=(PRICE,), ceiling=eur("200")).vendor_bid
    bank.waiting = copied(bid, awards)
    as_role("web")
    return bank


@pytest.mark.parametrize(
    "seconds", [6, pytest.param(60, marks=pytest.mark.proof)], ids=["6 s", "60 s"]
)
def test_no_read_ever_sums_wrong(
    company: Cast, as_role: Any, seconds: int, capsys: pytest.CaptureFixture[str]
):
    bank = founded(company, as_role, awards=20 * seconds)

    written, reads, wrong = run(bank, seconds)

    with capsys.disabled():
        print(f"\n{seconds} s: written {dict(written)}, read {dict(reads)}")
    assert wrong == []
    # All that the test is about has happened, and somebody looked meanwhile.
    assert {"moved", "transferred", "reversed", "charged", "accepted"} <= written.keys()
    assert min(reads.values()) >= seconds
    assert sum(line.budget_minor for line in BudgetLine.objects.all()) == GRANTED
    assert check_books().wrong == ()


@pytest.mark.proof
@pytest.mark.parametrize("fault", ["balances read before they are written", "no fund check"])
def test_the_readers_see_it_when_the_books_are_broken(company: Cast, as_role: Any, fault: str):
    bank = founded(company, as_role, awards=100)
    with broken(fault):
        _, _, wrong = run(bank, 20)

    assert wrong
