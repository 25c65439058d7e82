"""Every operation, tried by each of the nine in each situation: the answers are the file's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest

from tests.cast import Cast
from tests.permissions.asking import UNKNOWN, People, body_of, masked, sent_to, verdict
from tests.permissions.file import Cells, keep, kept
from tests.permissions.operations import Operation, operations
from tests.permissions.situations import situations
from tests.permissions.world import ROLES, SITUATIONS, WORDS, Ids
from tests.secrecy import rivals

STORY = rivals.STORY  # one world for both: telling it takes a while
PARTS = 8  # of the long form, so that each is a matter of a minute


def asked_about(some: Iterable[Operation]) -> list[Operation]:
    """Return those that the file answers for; `MOST_NOT_ASKED` bounds how many it does not."""
    rows = kept()
    return [one for one in some if str(one) in rows]


@pytest.fixture
def known(told: Ids) -> Ids:
    """Return the situations that the file has rows for."""
    return {name: told[name] for name in SITUATIONS}


def asked(people: People, operation: Operation, ids: dict[str, Any], roles: Any) -> Cells:
    """Return what each role is answered."""
    sent = sent_to(people, operation, ids)
    return {role: verdict(people.ask(role, operation, ids, sent)) for role in roles}


def of_part(part: int) -> list[Operation]:
    """Return the operations of every eighth address."""
    addresses = sorted({one.address for one in operations()})[part::PARTS]
    return [one for one in operations() if one.address in set(addresses)]


def write(known: Ids, cast: Cast, some: list[Operation]) -> None:
    """Add to the file what these operations answer, where it has no row of theirs."""
    people, before = People(cast), kept()
    for operation in some:
        rows = before.get(str(operation), {})
        wanted = situations(operation, known)
        if wanted.keys() == rows.keys():
            continue
        said = {
            name: rows.get(name) or asked(people, operation, ids, ROLES)
            for name, ids in wanted.items()
        }
        whole = kept() | {str(operation): said}
        keep({str(one): whole[str(one)] for one in operations() if str(one) in whole})


@pytest.mark.proof
def test_the_file_has_a_row_for_each_situation(known: Ids):
    rows = kept()

    for operation in asked_about(operations()):
        assert rows[str(operation)].keys() == situations(operation, known).keys(), str(operation)


def differing(known: Ids, cast: Cast, some: Any, roles: Any, *, briefly: bool) -> list[str]:
    people, rows, wrong = People(cast), kept(), []
    for operation in asked_about(some):
        found = list(situations(operation, known).items())
        for name, ids in found[-1:] if briefly else found:
            wrong += [
                f"{operation} ({name}), {role}: {cell}, the file says {expected}"
                for role, cell in asked(people, operation, ids, roles).items()
                if cell != (expected := str(rows[str(operation)][name][role]))
            ]
    return wrong


@pytest.mark.proof
@pytest.mark.parametrize("role", ["AN", "VU"])
def test_nobody_and_an_outsider_are_answered_as_the_file_says(known: Ids, founded: Cast, role: str):
    """Each operation in one situation, which is a foreign one where there is."""
    api = [one for one in operations() if one.is_api]
    looked = [*api, *(one for one in operations() if role == "AN" and not one.is_api)]

    assert differing(known, founded, looked, [role], briefly=True) == []


@pytest.mark.proof
@pytest.mark.parametrize("part", range(PARTS))
def test_each_of_the_nine_is_answered_as_the_file_says(
    known: Ids, founded: Cast, part: int, request: pytest.FixtureRequest
):
    if request.config.getoption("--write", False):
        write(known, founded, of_part(part))
        return
    assert differing(known, founded, of_part(part), ROLES, briefly=False) == []


def test_a_rivals_bid_answers_an_outsider_like_a_missing_one(known: Ids, founded: Cast):
    people, ids = People(founded), WORDS | known["own"] | known["open"]
    ids["bid_id"] = known["foreign"]["bid_id"]
    about_a_bid = [one for one in operations() if "bid_id" in one.parts and one.verb == "GET"]
    tried = [one for one in about_a_bid if one.parts <= ids.keys()]
    assert len(tried) > 10

    for operation in tried:
        missing = ids | {"bid_id": uuid4()}
        foreign, none = people.ask("VU", operation, ids), people.ask("VU", operation, missing)
        assert masked(foreign, ids, missing) == masked(none, ids, missing), str(operation)


@pytest.mark.proof
@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_foreign_and_what_is_missing_answer_alike(known: Ids, founded: Cast, part: int):
    people, rows, tried = People(founded), kept(), 0
    for operation in asked_about(of_part(part)):
        for name, ids in situations(operation, known).items():
            missing = ids | {key: uuid4() for key in operation.parts - WORDS.keys() - {"period_id"}}
            if missing == ids:
                continue
            for role in ROLES:
                if str(rows[str(operation)][name][role]) != UNKNOWN:
                    continue
                sent = body_of(operation, ids) if operation.is_api else {}
                foreign = people.ask(role, operation, ids, sent)
                none = people.ask(role, operation, missing, sent)
                where = f"{role} {operation} ({name})"
                assert masked(foreign, ids, missing) == masked(none, ids, missing), where
                tried += 1
    assert tried > 100
