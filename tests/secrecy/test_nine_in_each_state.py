"""
The canary, whole: each of the nine reads each address in each state before the opening and writes
to it in some, and asks each parameter in one of them. Nothing that comes back or is written down
meanwhile says a word of a bid.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.conf import settings

from tests.cast import Cast
from tests.permissions.asking import People
from tests.permissions.operations import Operation, described, operations
from tests.permissions.world import ROLES, Ids
from tests.secrecy import states
from tests.secrecy.needles import hits, needles, needles_of_the_price
from tests.secrecy.routes import (
    CARELESS,
    TOKEN,
    Said,
    about_nothing,
    beside,
    everything,
    questions_of,
    sent_by,
    things,
)
from tests.secrecy.states import STATES

STORY = states.STORY
PARTS = 2  # of the operations, so that each is a matter of minutes
MOST_ABOUT_NOTHING = 13  # operations whose thing the story lacks: they are asked for a missing one
# Where things are done as well as looked at.
ACTED_IN = ("taking bids", "waiting for the panel", "cancelled", "best and final", "prices sealed")
Label = tuple[str, ...]


def of_part(part: int) -> list[Operation]:
    """Return every second address, with its verbs."""
    addresses = set(sorted({one.address for one in operations()})[part::PARTS])
    return [one for one in operations() if one.address in addresses]


def here(told: Ids, operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return each sealed state that an operation can be about; else what it is about at all."""
    found = things(operation, told)
    sealed = [
        (one.name, found[one.name])
        for one in STATES
        if one.name in found and (operation.verb == "GET" or one.name in ACTED_IN)
    ]
    yield from sealed or list(found.items())[:2]


def answers(people: People, role: str, told: Ids, part: int) -> Iterator[tuple[Label, Said]]:
    """Return all that comes back to one of the nine, and what it is the answer to."""
    for operation in of_part(part):
        for name, ids in here(told, operation):
            sent = sent_by(people, operation, ids)
            yield (str(operation), name), everything(people.ask(role, operation, ids, sent))
        for question in questions_of(operation):
            name, ids = next(here(told, operation))
            said = everything(people.ask(role, operation, ids, question=question))
            yield (str(operation), name, question), said
    if part == 0:
        yield from (((path,), said) for path, said in beside(people, role))


@pytest.mark.proof
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", ROLES)
def test_no_address_tells_one_of_the_nine_of_a_sealed_bid(
    told: Ids,
    founded: Cast,
    role: str,
    part: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: Any,
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(settings, "METRICS_TOKEN", TOKEN)
    told_by = dict(answers(People(founded), role, told, part))
    asked = {name for label in told_by for name in label[1:2]}
    figures = (
        f"{role}, part {part}: {len({label[0] for label in told_by})} routes, "
        f"{len(asked & {one.name for one in STATES})} states, {len(told_by)} answers, "
        f"{sum(map(len, chain.from_iterable(told_by.values()))):,} bytes, "
        f"{len(caplog.text):,} of logs"
    )
    sys.stdout.write(f"\n{figures}\n")

    looked_for = needles() + needles_of_the_price()
    assert len(told_by) > 500
    assert told_of(told_by, looked_for) == []
    assert hits([caplog.text.encode()], looked_for) == []
    assert careless_answers(told_by) == []


def told_of(told_by: dict[Label, Said], looked_for: list[bytes]) -> list[tuple[Label, list[bytes]]]:
    """Return each answer that says something, and what."""
    if not hits(chain.from_iterable(told_by.values()), looked_for):
        return []
    each = ((label, hits(said, looked_for)) for label, said in told_by.items())
    return [(label, found) for label, found in each if found]


def careless_answers(told_by: dict[Label, Said]) -> list[tuple[Label, bytes]]:
    """Return each question that no address of the API knows and one answered all the same."""
    resources = {str(one) for one in operations() if (one.address, one.verb) in described()}
    return [
        (label, head[:3])
        for label, (head, _body) in told_by.items()
        if label[-1] in CARELESS and label[0] in resources
        if head[:3] not in (b"400", b"401", b"403", b"404")
    ]


@pytest.mark.proof
def test_each_sealed_state_is_there_and_nearly_every_operation_has_a_thing(told: Ids):
    assert [one.name for one in STATES if one.name not in told] == []
    lacking = [str(one) for one in about_nothing(told)]
    assert len(lacking) <= MOST_ABOUT_NOTHING, lacking
