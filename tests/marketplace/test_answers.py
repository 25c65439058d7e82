"""A request that is sent twice has one effect, and the same answer."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from marketplace.answers import (
    AnswerUnderWay,
    KeyUsedOtherwise,
    answer_once,
    forget_answers,
)
from marketplace.models.people import User
from marketplace.models.tokens import KeptAnswer
from marketplace.refusals import Refusal

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def person(name: str) -> User:
    return User.objects.create(email=f"{name}@example.test", name=name, joined_at=NOON)


class Doing:
    """Counts how often the deed was done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> tuple[int, str]:
        self.times += 1
        return 201, f'{{"number": {self.times}}}'


def send(actor: User, doing: object, **changes: object):
    wanted = {
        "route": "awards/",
        "key": "k1",
        "request_body": b"{}",
        "at": NOON,
        "answer": doing,
    }
    return answer_once(actor=actor, **(wanted | changes))


@pytest.mark.django_db
def test_the_same_request_is_done_once_and_answered_twice():
    maya, doing = person("maya"), Doing()

    first, second = send(maya, doing), send(maya, doing)

    assert doing.times == 1
    assert (first.body, second.body) == ('{"number": 1}', '{"number": 1}')
    assert (first.is_repeated, second.is_repeated) == (False, True)


@pytest.mark.django_db
def test_a_key_with_another_body_is_refused():
    maya, doing = person("maya"), Doing()
    send(maya, doing)

    with pytest.raises(KeyUsedOtherwise):
        send(maya, doing, request_body=b'{"other": 1}')
    assert doing.times == 1


@pytest.mark.django_db
def test_a_key_is_a_persons_own_and_a_routes_own():
    maya, gerd, doing = person("maya"), person("gerd"), Doing()

    send(maya, doing)
    send(gerd, doing)
    send(maya, doing, route="budgets/")

    assert doing.times == 3


@pytest.mark.django_db
def test_a_refused_request_may_be_tried_again():
    maya, doing = person("maya"), Doing()

    def refuse() -> tuple[int, str]:
        raise Refusal("Not today.")

    with pytest.raises(Refusal):
        send(maya, refuse)
    assert not KeptAnswer.objects.exists()
    assert not send(maya, doing).is_repeated


@pytest.mark.django_db
def test_answers_are_forgotten_after_thirty_days_unless_money_moved():
    maya, doing = person("maya"), Doing()
    send(maya, doing)
    send(maya, doing, key="k2", for_ever=True)

    assert forget_answers(at=NOON + timedelta(days=30)) == 0
    assert forget_answers(at=NOON + timedelta(days=31)) == 1
    assert KeptAnswer.objects.get().key == "k2"


def test_the_same_request_at_the_same_time_is_told_to_wait(committed):
    maya = person("maya")
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[int, str]:
        begun.set()
        go_on.wait(10)
        return 201, "{}"

    def send_slowly() -> None:
        try:
            send(maya, slow)
        finally:
            connection.close()

    thread = threading.Thread(target=send_slowly)
    thread.start()
    assert begun.wait(10)
    try:
        with pytest.raises(AnswerUnderWay):
            send(maya, Doing())
    finally:
        go_on.set()
        thread.join()

    assert send(maya, Doing()).is_repeated
