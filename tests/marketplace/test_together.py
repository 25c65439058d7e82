"""What several papers of a page ask is asked in one statement, and each has its own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DataError, connection, models

from marketplace.asking import reading
from marketplace.models.departments import Department
from marketplace.models.people import Membership, User
from marketplace.models.policies import Policy
from marketplace.models.providers import Provider
from marketplace.together import gathered, together
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@contextmanager
def counted() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(execute: Callable[..., Any], sql: str, *told: Any) -> Any:
        heard.append(sql)
        return execute(sql, *told)

    with reading(), connection.execute_wrapper(hear):
        yield heard


def rows(model: type[models.Model]) -> list[Any]:
    return list(model._default_manager.order_by("pk").values_list())


def seats() -> list[tuple[Any, ...]]:
    found = Membership.objects.select_related("user", "department").order_by("pk")
    return [(one.pk, one.user.name, one.department and one.department.lineage) for one in found]


def test_reads_are_asked_in_one_statement_and_each_has_its_own_rows(cast: Cast):
    with counted() as heard:
        got = together(lambda: rows(User), lambda: rows(Policy), seats, User.objects.none().exists)

    assert len(heard) == 1
    assert got == (rows(User), rows(Policy), seats(), False)


def test_a_value_keeps_its_kind(cast: Cast):
    with counted():
        people, rules = together(lambda: rows(User), lambda: rows(Policy))

    def kinds(found: list[Any]) -> list[list[type]]:
        return [[type(value) for value in row] for row in found]

    assert kinds(people) == kinds(rows(User))
    assert kinds(rules) == kinds(rows(Policy))


def test_who_asks_twice_waits_twice_and_the_others_once(cast: Cast):
    def twice() -> tuple[int, int]:
        return User.objects.count(), Department.objects.count()

    with counted() as heard:
        got = together(twice, Provider.objects.count, lambda: together(twice, seats))

    assert len(heard) == 2
    assert got[0] == got[2][0] == twice()


def test_what_several_return_stands_in_their_order(cast: Cast):
    with counted() as heard:
        names = gathered(
            lambda: Department.objects.order_by("name").values_list("name", flat=True),
            lambda: Provider.objects.order_by("name").values_list("name", flat=True),
        )

    assert len(heard) == 1
    assert names == [
        *Department.objects.order_by("name").values_list("name", flat=True),
        *Provider.objects.order_by("name").values_list("name", flat=True),
    ]


def test_the_first_refusal_is_the_answer(cast: Cast):
    def refuses(words: str) -> None:
        User.objects.count()
        raise ValueError(words)

    with counted(), pytest.raises(ValueError, match="first"):
        together(seats, lambda: refuses("first"), lambda: refuses("second"))
    assert together(seats) == (seats(),)  # and nothing of it is left


def test_a_verb_asks_one_after_the_other(cast: Cast):
    heard = []
    with connection.execute_wrapper(lambda execute, *told: (heard.append(told), execute(*told))[1]):
        together(User.objects.count, Department.objects.count)

    assert len(heard) == 2


def test_a_cursor_that_was_answered_may_ask_again(cast: Cast):
    def twice() -> list[Any]:
        with connection.cursor() as cursor:
            found = []
            for number in (1, 2, 3):
                cursor.execute("SELECT %s", [number])
                found.append(cursor.fetchone())
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            return found

    with counted():
        numbers, people = together(twice, lambda: rows(User))

    assert numbers == [(1,), (2,), (3,)]
    assert people == rows(User)


def test_nothing_to_ask_is_answered_with_nothing(cast: Cast):
    with counted():
        assert together(gathered, lambda: rows(User)) == ([], rows(User))


def test_a_value_that_cannot_be_asked_for_is_the_databases_refusal(cast: Cast):
    with counted(), pytest.raises(DataError):
        together(lambda: list(User.objects.filter(name="\x00")), lambda: rows(User))
