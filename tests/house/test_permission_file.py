"""Every operation has its rows in the permission file, and every row its operation."""

from __future__ import annotations

from tests.permissions.file import kept, not_asked
from tests.permissions.operations import operations
from tests.permissions.world import ROLES

ANSWERS = {"may", "401", "403", "404", "409"}
MOST_NOT_ASKED = 0
# In the world of the matrix nobody may: a second head, a wanted erasure and the like are not in it.
# This number only falls, for whoever locks out the one who may would not be noticed there.
MOST_OF_NOBODY = 24
HOW = "./dev test tests/permissions -m proof --write asks for them; read each before you keep it"


def test_every_operation_is_in_the_permission_file():
    known = {*kept(), *not_asked()}

    assert [str(one) for one in operations() if str(one) not in known] == [], HOW


def test_the_permission_file_names_no_operation_that_is_not_there():
    known = {*kept(), *not_asked()}

    assert sorted(known - {str(one) for one in operations()}) == []
    assert set(kept()).isdisjoint(not_asked())


def test_what_nobody_was_asked_about_yet_grows_no_more():
    assert len(not_asked()) <= MOST_NOT_ASKED


def test_of_nearly_every_operation_somebody_may():
    nobodys = [
        operation
        for operation, situations in kept().items()
        if not any("may" in cells.values() for cells in situations.values())
    ]

    assert len(nobodys) <= MOST_OF_NOBODY, nobodys


def test_every_row_answers_each_of_the_nine():
    for operation, situations in kept().items():
        for situation, cells in situations.items():
            assert list(cells) == list(ROLES), f"{operation} ({situation})"
            assert {str(one) for one in cells.values()} <= ANSWERS, f"{operation} ({situation})"
