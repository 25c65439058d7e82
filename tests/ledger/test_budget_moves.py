"""Finance moves budget between lines; above a limit a second person of finance signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ledger import budget_moves
from ledger.budget_moves import (
    AlreadyAnswered,
    AskedDifferently,
    NotALimit,
    NotAMove,
    OwnMove,
    ReasonMissing,
    SameLine,
    decline_move,
    move_budget,
    sign_move,
    state_signing_limit,
)
from ledger.models.budgets import BudgetLine
from ledger.models.moves import MoveAnswer, MoveWanted
from ledger.posting import InsufficientFunds
from marketplace.models.events import Event, Notice
from marketplace.models.people import User
from marketplace.offices import grant_office
from marketplace.people import add_person
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, HOUR, NOON, eur, refused
from tests.cast import Cast
from tests.ledger.builders import assert_books_hold, books_stand, grant, line_stands

pytestmark = pytest.mark.django_db
Move = Callable[..., MoveWanted]


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    """Marketing's budget: 100,000.00."""
    return grant(cast)


@pytest.fixture
def fay(cast: Cast) -> User:
    """A second person of finance."""
    person = add_person(actor=cast.adam, email="fay@house.example", name="Fay", at=NOON - DAY)
    grant_office(actor=cast.adam, user_id=person.pk, office="finance", at=NOON - DAY)
    return person


@pytest.fixture
def limit(cast: Cast) -> None:
    """Moves up to 5,000.00 need one person only."""
    state_signing_limit(
        actor=cast.adam, limit=eur("5000"), reason="Small shifts are daily work.", at=NOON - DAY
    )


@pytest.fixture
def move(cast: Cast, line: BudgetLine) -> Move:
    """Finance moves 12,000.00 from Marketing to Services, unless a test says otherwise."""

    def act(**words: Any) -> MoveWanted:
        usual = {
            "actor": cast.fin,
            "move_id": uuid4(),
            "from_line_id": line.pk,
            "to_department_id": cast.services.pk,
            "amount": eur("12000"),
            "reason": "Services takes the summer party over.",
            "at": NOON,
        }
        return move_budget(**(usual | words))

    return act


def test_a_move_above_the_limit_is_booked_when_a_second_person_signs(
    cast: Cast, line: BudgetLine, move: Move, limit: None, fay: User
) -> None:
    wanted = move()
    assert wanted.needs_signature
    assert line_stands(line) == {"budget": "100000.00", "available": "100000.00"}
    assert books_stand() == {"B100": "100000.00", "B900": "100000.00"}
    assert "Fay" in {
        notice.recipient.name for notice in Notice.objects.filter(kind="budget.move_asked")
    }

    answer = sign_move(actor=fay, move_id=wanted.pk, at=NOON + HOUR)

    assert answer.to_line is not None
    assert line_stands(line) == {"budget": "88000.00", "available": "88000.00"}
    assert line_stands(answer.to_line) == {"budget": "12000.00", "available": "12000.00"}
    assert answer.to_line.department == cast.services
    assert answer.to_line.control == line.control
    assert books_stand() == {"B100": "100000.00", "B900": "100000.00"}
    told = Notice.objects.filter(kind="budget.moved").values_list("recipient__name", flat=True)
    assert set(told) == {"Maya", "Sam"}
    kinds = Event.objects.about(wanted.pk).values_list("kind", flat=True)
    assert list(kinds) == ["budget.move_asked", "budget.moved"]
    assert_books_hold()


def test_a_move_up_to_the_limit_is_booked_at_once(
    line: BudgetLine, move: Move, limit: None
) -> None:
    wanted = move(amount=eur("5000"))

    assert not wanted.needs_signature
    assert line_stands(line)["available"] == "95000.00"
    assert_books_hold()


def test_without_a_limit_every_move_is_signed(line: BudgetLine, move: Move) -> None:
    assert move(amount=eur("0.01")).needs_signature
    assert line_stands(line)["available"] == "100000.00"


def test_budget_moves_to_one_kind_of_work_of_the_same_department(
    cast: Cast, line: BudgetLine, move: Move, limit: None
) -> None:
    move(
        to_department_id=cast.marketing.pk,
        to_category_id=cast.printing.pk,
        amount=eur("3000"),
    )

    print_line = BudgetLine.objects.get(category=cast.printing)
    assert line_stands(print_line) == {"budget": "3000.00", "available": "3000.00"}
    assert line_stands(line)["available"] == "97000.00"
    assert_books_hold()


def test_a_move_sent_twice_moves_once(line: BudgetLine, move: Move, limit: None) -> None:
    id = uuid4()
    move(move_id=id, amount=eur("4000"))

    move(move_id=id, amount=eur("4000"))

    assert line_stands(line)["available"] == "96000.00"
    with refused(AskedDifferently):
        move(move_id=id, amount=eur("4001"))


def test_nobody_signs_their_own_move(cast: Cast, line: BudgetLine, move: Move) -> None:
    wanted = move()

    with refused(OwnMove):
        sign_move(actor=cast.fin, move_id=wanted.pk, at=NOON + HOUR)

    assert line_stands(line)["available"] == "100000.00"


def test_the_database_refuses_ones_own_signature_too(
    cast: Cast, line: BudgetLine, move: Move
) -> None:
    wanted = move()

    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        MoveAnswer.objects.create(
            wanted=wanted, answered_by=cast.fin, answered_at=NOON, is_made=True, to_line=line
        )


def test_a_move_is_answered_once(cast: Cast, move: Move, fay: User) -> None:
    made, declined = move(), move()
    sign_move(actor=fay, move_id=made.pk, at=NOON + HOUR)
    decline_move(actor=fay, move_id=declined.pk, reason="Wait for the plan.", at=NOON + HOUR)

    for wanted in (made, declined):
        with refused(AlreadyAnswered):
            sign_move(actor=fay, move_id=wanted.pk, at=NOON + DAY)
        with refused(AlreadyAnswered):
            decline_move(actor=fay, move_id=wanted.pk, reason="No.", at=NOON + DAY)


def test_a_move_declined_moves_nothing_and_tells_who_asked(
    cast: Cast, line: BudgetLine, move: Move, fay: User
) -> None:
    wanted = move()

    decline_move(actor=fay, move_id=wanted.pk, reason="Wait for the plan.", at=NOON + HOUR)

    assert line_stands(line)["available"] == "100000.00"
    notice = Notice.objects.get(kind="budget.move_declined")
    assert notice.recipient == cast.fin
    assert "Wait for the plan." in notice.text


def test_no_more_is_moved_than_is_left(line: BudgetLine, move: Move, limit: None) -> None:
    with refused(InsufficientFunds) as caught:
        move(amount=eur("100000.01"))

    assert "100,000.00 EUR left" in caught.value.text
    assert not MoveWanted.objects.exists()


def test_what_was_spent_meanwhile_is_not_moved(
    cast: Cast, line: BudgetLine, move: Move, fay: User
) -> None:
    first, second = move(amount=eur("60000")), move(amount=eur("60000"))
    sign_move(actor=fay, move_id=first.pk, at=NOON + HOUR)

    with refused(InsufficientFunds):
        sign_move(actor=fay, move_id=second.pk, at=NOON + HOUR)

    assert line_stands(line)["available"] == "40000.00"
    assert_books_hold()


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"amount": eur("0")}, NotAMove),
        ({"amount": eur("-1")}, NotAMove),
        ({"amount": budget_moves.Money(100, "USD")}, NotAMove),
        ({"reason": "  "}, ReasonMissing),
        ({"to_department_id": uuid4()}, Unknown),
        ({"to_category_id": uuid4()}, Unknown),
        ({"from_line_id": uuid4()}, Unknown),
    ],
)
def test_what_is_no_move_is_refused(move: Move, words: dict[str, Any], rule: Any) -> None:
    with refused(rule):
        move(**words)


def test_a_move_leads_elsewhere(cast: Cast, move: Move) -> None:
    with refused(SameLine):
        move(to_department_id=cast.marketing.pk)


def test_only_finance_moves_and_signs(cast: Cast, move: Move) -> None:
    with refused(Forbidden):
        move(actor=cast.maya)
    with refused(Unknown):
        move(actor=cast.vera)
    wanted = move()
    for verb in (sign_move, decline_move):
        words = {"reason": "No."} if verb is decline_move else {}
        with refused(Forbidden):
            verb(actor=cast.maya, move_id=wanted.pk, at=NOON, **words)


def test_an_administrator_states_the_limit_and_finance_does_not(cast: Cast, limit: None) -> None:
    assert budget_moves.signing_limit("EUR") == eur("5000")
    assert budget_moves.signing_limit("USD").minor == 0
    words = {"limit": eur("1"), "reason": "Tighter.", "at": NOON}
    with refused(Forbidden):
        state_signing_limit(actor=cast.fin, **words)
    with refused(NotALimit):
        state_signing_limit(actor=cast.adam, **(words | {"limit": eur("-1")}))
    with refused(ReasonMissing):
        state_signing_limit(actor=cast.adam, **(words | {"reason": " "}))
