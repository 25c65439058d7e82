"""Budget of one line is moved to many others at once: no more leaves the line than it has."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from ledger.books import check_books
from ledger.budget_moves import move_budget, state_signing_limit
from ledger.granting import grant_budget
from ledger.models.budgets import BudgetLine
from ledger.models.moves import MoveWanted
from ledger.posting import InsufficientFunds
from tests.builders import DAY, NOON, eur
from tests.cast import Cast
from tests.races.starting import at_once

pytestmark = pytest.mark.races


def test_a_tracked_line_gives_no_more_than_it_has(founded: Cast, as_role: Any) -> None:
    line = grant_budget(
        actor=founded.fin,
        department_id=founded.marketing.pk,
        fiscal_year=NOON.year,
        amount=eur("1000"),
        control="tracked",
        at=NOON - DAY,
        grant_id=uuid4(),
    )
    state_signing_limit(actor=founded.adam, limit=eur("10000"), reason="Daily work.", at=NOON - DAY)
    as_role("web")

    def move() -> MoveWanted:
        return move_budget(
            actor=founded.fin,
            move_id=uuid4(),
            from_line_id=line.pk,
            to_department_id=founded.services.pk,
            amount=eur("600"),
            reason="Services takes the summer party over.",
            at=NOON,
        )

    outcomes = at_once(8, [move] * 8)

    assert Counter(type(outcome) for outcome in outcomes) == {MoveWanted: 1, InsufficientFunds: 7}
    assert BudgetLine.objects.get(pk=line.pk).available == eur("400")
    assert check_books().wrong == ()
