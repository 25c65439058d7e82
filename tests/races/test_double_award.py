"""Many heads choose at once: one choice, one promise."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ledger.books import check_books
from ledger.commissioning import AlreadyAwarded, end_without_award
from ledger.models.awards import Award, NoAward
from ledger.models.budgets import BudgetLine
from ledger.posting import InsufficientFunds
from tests.builders import eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE
from tests.races.starting import at_once

pytestmark = pytest.mark.races
AT_ONCE = 16


@pytest.fixture
def company(founded: Cast) -> Cast:
    """History is written as the role that may; what follows is done as the web does it."""
    return founded


def test_fifty_choices_on_one_job_make_one_award(company: Cast, as_role: Any):
    line = builders.grant(company)
    contest = builders.contest(company)
    as_role("web")
    bids = [contest.team_bid, contest.vendor_bid]

    outcomes = at_once(
        AT_ONCE, [lambda bid=bids[turn % 2]: builders.choose(company, bid) for turn in range(50)]
    )

    assert Counter(type(outcome) for outcome in outcomes) == {Award: 1, AlreadyAwarded: 49}
    line.refresh_from_db()
    assert line.committed_minor == 40_800_00
    assert check_books().wrong == ()


def test_a_job_is_awarded_or_ended_and_never_both(company: Cast, as_role: Any):
    builders.grant(company)
    contest = builders.contest(company)
    as_role("web")

    def end() -> NoAward:
        return end_without_award(
            actor=company.gerd, job_id=contest.job.pk, reason="None fits.", at=CHOICE
        )

    at_once(AT_ONCE, [lambda: builders.choose(company, contest.team_bid), end] * 8)

    assert Award.objects.count() + NoAward.objects.count() == 1


def test_one_budget_line_is_never_overspent(company: Cast, as_role: Any):
    line = builders.grant(company, "10000")
    # Ten contests of 1,500.00 and a fee of 30.00: six of them can be paid.
    contests = [
        builders.contest(company, ceiling=eur("5000"), team=("1500",), vendor=("1500",))
        for _ in range(10)
    ]
    as_role("web")

    outcomes = at_once(
        AT_ONCE,
        [lambda bid=each.vendor_bid: builders.choose(company, bid) for each in contests],
    )

    assert Counter(type(outcome) for outcome in outcomes) == {Award: 6, InsufficientFunds: 4}
    assert BudgetLine.objects.get(pk=line.pk).available == eur("820")
    assert check_books().wrong == ()
