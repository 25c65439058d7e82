"""Two of finance send the same payments at once: each is recorded once, and both are told so."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ledger.books import check_books
from ledger.models.years import OutsideSpend
from ledger.outside_spend import Outcome, Payment, record_outside_spends
from tests.builders import DAY, NOON, eur
from tests.cast import Cast
from tests.ledger.builders import grant, line_stands
from tests.races.starting import at_once

pytestmark = pytest.mark.races


def test_the_same_payments_sent_four_times_at_once_are_recorded_once(
    founded: Cast, as_role: Any
) -> None:
    line = grant(founded, "1000")
    as_role("web")
    payments = [
        Payment(
            id=UUID(int=number),
            department_id=founded.marketing.pk,
            payee="Studio Licht",
            document=f"2026-{number}",
            paid_on=date(2026, 3, 5),
            net=eur("10"),
        )
        for number in range(20)
    ]

    def send() -> list[Outcome]:
        return record_outside_spends(actor=founded.fin, payments=payments, at=NOON + 10 * DAY)

    answers = at_once(4, [send] * 4)

    assert [[one.code for one in answer] for answer in answers] == [[""] * 20] * 4
    assert OutsideSpend.objects.count() == 20
    assert line_stands(line)["charged"] == "200.00"
    assert check_books().wrong == ()
