"""
In one world nobody but Vera bids. In the other three rivals draft, submit, edit and withdraw as
well. Everybody else gets the same bytes in both, at every address, in every state before the
opening, for a value of each parameter and each format. Chance and the clock are the same in both,
so ids, cursors and cookies are compared too; of the hashes over what is salted, where they stand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests import conftest, database
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.permissions.asking import People
from tests.permissions.operations import Operation, operations
from tests.permissions.world import ROLES, Ids
from tests.secrecy import worlds
from tests.secrecy.dice import dice
from tests.secrecy.log_nodes import Names, each_named, names_of_nodes
from tests.secrecy.routes import FORMAT, Said, beside, everything, parameters, sent_by, things
from tests.secrecy.unpacking import unpacked
from tests.secrecy.worlds import NOW, STATES, session

STORY = worlds.STORY
SHORT = ("GET jobs/", "GET api/v1/jobs/", "GET jobs/<job_id>/", "GET api/v1/jobs/<job_id>/")
ACTED_IN = ("taking bids", "waiting for the panel", "best and final")
LENGTH = re.compile(rb"(Content-Length: )\d+")
PACKED = (b"PK\x03\x04", b"\x1f\x8b")
Label = tuple[str, ...]
Received = dict[Label, bytes]


def asked(told: Ids, some: list[Operation]) -> Iterator[tuple[Label, Operation, Any, str]]:
    """Return everything that is asked: each address in each state, plain and with each question."""
    here = {name: told[name] for name in (*STATES, "own", "foreign")}
    for operation in some:
        for name, ids in things(operation, here).items():
            if operation.verb != "GET" and name in STATES and name not in ACTED_IN:
                continue
            for question in ("", *once_each(parameters(operation))):
                yield (str(operation), name, question), operation, ids, question


def once_each(questions: list[str]) -> Iterator[str]:
    """Return one question of each parameter, and of the formats each."""
    last = {one.partition("=")[0]: one for one in questions}
    yield from (one for one in questions if one.startswith(f"{FORMAT}=") or one in last.values())


def received(
    cast: Cast, told: Ids, role: str, some: list[Operation], *, besides: bool = False
) -> Received:
    """Return what one of the nine gets."""
    found: Received = {}
    names = names_of_nodes()
    # The clock stands still: what a cookie or a spreadsheet says of it is compared as well.
    with it_is(NOW), time_machine.travel(NOW, tick=False):
        with dice(role):
            people = People(cast)
        for label, operation, ids, question in asked(told, some):
            with dice(" ".join(label)):
                sent = sent_by(people, operation, ids)
                answer = people.ask(role, operation, ids, sent, question=question)
            found[label] = compared(everything(answer), names)
        with dice("besides"):
            for path, said in beside(people, role) if besides else ():
                found[path,] = compared(said, names)
    return found


def compared(said: Said, names: Names) -> bytes:
    """Return an answer and what lies in it, with each hash of the log called by its place."""
    head, body = said
    pieces = list(unpacked(body))
    if body.startswith(PACKED):
        # What lies in an archive is compared; how short it packs depends on the hashes in it.
        del pieces[0]
        head = LENGTH.sub(rb"\1packed", head)
    head, pieces = each_named(head, pieces, names)
    return b"\n".join([head, *pieces])


@dataclass(frozen=True, slots=True)
class Lived:
    """A copy of the story's world in which the session took place, with rivals or without."""

    database: str
    cast: Cast
    told: Ids
    mailed: list[str]

    def shown_to(self, role: str, some: list[Operation], *, besides: bool = False) -> Received:
        """Return what one of the nine gets, and the mail of all; what they do is undone."""
        conftest.use(self.database, "replay")
        found = received(self.cast, self.told, role, some, besides=besides)
        return found | {("mail", str(place)): one.encode() for place, one in enumerate(self.mailed)}


@contextmanager
def lived(*, with_rivals: bool) -> Iterator[Lived]:
    """Live the session in a fresh copy of the story's world, where each sequence starts alike."""
    world, cast, told = deepcopy(conftest._world(STORY))
    name = f"{database.own_database()}_{uuid4().hex[:8]}"
    database.copy_template(name, world)
    before = conftest.use(name, "replay")
    try:
        mailed = session(cast, told, with_rivals, partial(conftest.use, name))
        yield Lived(name, cast, told, mailed)
    finally:
        connections.close_all()
        connections.settings["default"].update(before)
        database.drop(name)


@contextmanager
def both_lived() -> Iterator[tuple[Lived, Lived]]:
    """The world without rivals, and the one with them."""
    with lived(with_rivals=False) as alone, lived(with_rivals=True) as contested:
        yield alone, contested


@pytest.fixture(scope="module")
def worlds_apart(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Lived, Lived]]:
    """Both, for each of the nine in turn: nothing that one of them does stays."""
    with django_db_blocker.unblock(), both_lived() as both:
        yield both


def differing(alone: Received, contested: Received) -> list[tuple[Label, Any]]:
    """Return each answer that tells the worlds apart, and where."""
    assert alone.keys() == contested.keys()
    different = [label for label in alone if alone[label] != contested[label]]
    return [(label, first_difference(alone[label], contested[label])) for label in different]


def first_difference(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Return both around the place where they part."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((i for i, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))
    start = max(0, at - 120)
    return one[start : at + 120], other[start : at + 120]


def of_part(part: int, parts: int = 2) -> list[Operation]:
    """Return every second address, with its verbs."""
    addresses = set(sorted({one.address for one in operations()})[part::parts])
    return [one for one in operations() if one.address in addresses]


@pytest.mark.proof
@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("role", ROLES)
def test_nobody_can_tell_that_three_rivals_came_edited_and_withdrew(
    worlds_apart: tuple[Lived, Lived], role: str, part: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settings, "METRICS_TOKEN", "")  # the process's own figures grow
    some = of_part(part)
    alone, contested = (one.shown_to(role, some, besides=part == 0) for one in worlds_apart)

    states = {label[1] for label in alone if label[1:2] and label[1] in STATES}
    sys.stdout.write(
        f"\n{role}, part {part}: {len({label[0] for label in alone})} routes, {len(states)} states,"
        f" {len(alone)} answers, {sum(map(len, alone.values())):,} bytes, twice\n"
    )
    assert len(alone) > 300
    assert differing(alone, contested) == []


@pytest.mark.proof
def test_the_head_cannot_tell_at_the_jobs_themselves(worlds_apart: tuple[Lived, Lived]):
    near = [one for one in operations() if str(one) in SHORT]
    alone, contested = (one.shown_to("HD", near) for one in worlds_apart)

    assert len(alone) > 20
    assert differing(alone, contested) == []
