"""A budget pays for exactly what it holds, whoever asks at once."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from ledger.books import check_books
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.journal import EntryKind, JournalEntry
from ledger.posting import InsufficientFunds, Line, post_entry
from tests.builders import NOON, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import stands
from tests.proof.faults import broken
from tests.proof.many import copied
from tests.races.starting import at_once

pytestmark = pytest.mark.races
AT_ONCE = 32
# With the fee of 2 % on it, 19.61, an award of this price takes 1,000.00.
PRICE = "980.39"


@pytest.fixture
def company(founded: Cast) -> Cast:
    return founded


def awards_at_once(company: Cast, as_role: Any, asked: int) -> tuple[BudgetLine, Counter[type]]:
    """So many heads' choices of 1,000.00 each, on a budget of 100,000.00."""
    line = builders.grant(company, "100000")
    bid = builders.contest(company, team=(PRICE,), vendor=(PRICE,)).vendor_bid
    bids = copied(bid, asked)
    as_role("web")
    outcomes = at_once(AT_ONCE, [lambda bid=bid: builders.choose(company, bid) for bid in bids])
    line.refresh_from_db()
    return line, Counter(type(outcome) for outcome in outcomes)


@pytest.mark.parametrize(
    "asked", [150, pytest.param(800, marks=pytest.mark.proof)], ids=["150 heads", "800 heads"]
)
def test_a_hundred_awards_pass_and_nothing_is_left_over(company: Cast, as_role: Any, asked: int):
    line, outcomes = awards_at_once(company, as_role, asked)

    assert outcomes == {Award: 100, InsufficientFunds: asked - 100}
    assert (line.committed_minor, line.available_minor) == (100_000_00, 0)
    # A refused choice leaves no award, no promise and no entry behind.
    assert Award.objects.count() == 100
    assert JournalEntry.objects.filter(kind=EntryKind.AWARDED).count() == 100
    assert stands("E110") == stands("E900") == eur("100000")
    assert check_books().wrong == ()


@pytest.mark.proof
def test_without_the_check_in_the_posting_function_the_budget_is_overspent(
    company: Cast, as_role: Any
):
    """The fault that the test above would show: the check taken out, and the constraint too."""
    with broken("no fund check"):
        line, outcomes = awards_at_once(company, as_role, 150)

    assert outcomes == {Award: 150}
    assert line.available_minor == -50_000_00


def test_one_fact_told_five_times_at_once_is_one_entry(company: Cast, as_role: Any):
    fact = uuid4()
    as_role("web")

    def tell() -> int:
        return post_entry(
            actor=company.fin,
            kind=EntryKind.CHARGED,
            source=fact,
            at=NOON,
            lines=[
                Line.debit("5200", eur("70"), department=company.marketing.pk),
                Line.credit("2100", eur("70")),
            ],
        )

    for told in range(1, 21):
        fact = uuid4()
        entries = at_once(5, [tell] * 5)

        assert len(set(entries)) == 1
        assert JournalEntry.objects.count() == told
    assert stands("5200") == stands("2100") == eur("1400")
    assert check_books().wrong == ()
