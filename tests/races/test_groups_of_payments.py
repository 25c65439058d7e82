"""Two groups of payments told at once never wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.books import check_books
from ledger.granting import grant_budget
from ledger.models.budgets import BudgetLine
from ledger.models.years import OutsideSpend
from ledger.outside_spend import Outcome, Payment, record_outside_spends
from marketplace.models.departments import Department
from tests.builders import DAY, NOON, eur
from tests.cast import Cast
from tests.ledger.builders import grant, line_stands
from tests.races.starting import at_once

pytestmark = pytest.mark.races


def bill(number: int, place: Department, *, net: str = "1", document: str = "") -> Payment:
    return Payment(
        id=UUID(int=number),
        department_id=place.pk,
        payee="Studio Licht",
        document=document or f"2026-{number}",
        paid_on=date(2026, 3, 5),
        net=eur(net),
    )


def send(cast: Cast, groups: Sequence[Sequence[Payment]]) -> list[list[Outcome]]:
    """Tell of every group at the same moment; anything that is not an outcome is raised."""

    def told(group: Sequence[Payment]) -> list[Outcome]:
        return record_outside_spends(actor=cast.fin, payments=group, at=NOON + 10 * DAY)

    answers: Any = at_once(len(groups), [lambda group=group: told(group) for group in groups])
    return list(answers)


def codes(answers: Sequence[Sequence[Outcome]]) -> list[list[str]]:
    return [[one.code for one in answer] for answer in answers]


@pytest.fixture
def lines(founded: Cast, as_role: Any) -> list[BudgetLine]:
    services = grant_budget(
        actor=founded.fin,
        department_id=founded.services.pk,
        fiscal_year=2026,
        amount=eur("1000"),
        at=NOON - DAY,
        grant_id=uuid4(),
    )
    lines = [grant(founded, "1000"), services]
    as_role("web")
    return lines


def test_groups_of_which_one_is_refused_lock_two_budgets_in_one_order(
    founded: Cast, lines: list[BudgetLine]
) -> None:
    """In each, a payment that no budget covers stands between those of two departments."""
    places = (founded.marketing, founded.services)
    groups = []
    for nth in range(6):
        first, second = places if nth % 2 else places[::-1]
        numbers = range(1000 * nth + 1, 1000 * nth + 41)
        group = [bill(number, first) for number in numbers[:20]]
        group += [bill(numbers[20], second, net="5000")]
        group += [bill(number, second) for number in numbers[21:]]
        groups.append(group)

    answers = send(founded, groups)

    one_refused = [*[""] * 20, "insufficient_funds", *[""] * 19]
    assert codes(answers) == [one_refused] * 6
    assert {line_stands(line)["charged"] for line in lines} == {"117.00"}
    assert check_books().wrong == ()


def test_groups_that_name_a_document_twice_are_recorded_once_each(
    founded: Cast, lines: list[BudgetLine]
) -> None:
    """What names an earlier payment of its own group does not lock a second time."""
    places = (founded.marketing, founded.services)
    groups = []
    for nth in range(6):
        first, second = places if nth % 2 else places[::-1]
        begin = 1000 * nth + 1
        group = [bill(begin + n, first) for n in range(20)]
        group += [bill(begin + 20, first, document=f"2026-{begin}")]
        group += [bill(begin + 21 + n, second) for n in range(20)]
        groups.append(group)

    answers = send(founded, groups)

    assert codes(answers) == [[*[""] * 20, "already_recorded", *[""] * 20]] * 6
    assert {line_stands(line)["charged"] for line in lines} == {"120.00"}
    assert check_books().wrong == ()


def test_the_same_documents_told_in_another_order_are_recorded_once(
    founded: Cast, lines: list[BudgetLine]
) -> None:
    """Two of finance type the same bills, each from the other end and under names of their own."""
    places = (founded.marketing, founded.services)

    def typed(by: int) -> list[Payment]:
        return [bill(1000 * by + n, places[n % 2], document=f"2026-{n}") for n in range(30)]

    answers = send(founded, [typed(1), typed(2)[::-1], typed(3), typed(4)[::-1]])

    assert OutsideSpend.objects.count() == 30
    said = sorted(code for answer in codes(answers) for code in answer)
    assert said == [*[""] * 30, *["already_recorded"] * 90]
    assert {line_stands(line)["charged"] for line in lines} == {"15.00"}
    assert check_books().wrong == ()
