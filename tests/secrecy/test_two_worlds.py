"""
In one world nobody but Vera bids. In the other three rivals draft, submit, edit and withdraw as
well. Everybody else gets the same bytes in both, at every address and for every question.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from bids.closing import close_due_job
from bids.submission import confirm_bid, withdraw_bid
from marketplace.addenda import add_addendum
from marketplace.admission import admit_vendor
from marketplace.membership import add_member
from marketplace.models.jobs import Job
from marketplace.notices import send_due_notices
from marketplace.people import add_person
from marketplace.questions import answer_question, ask_question
from tests import conftest, database
from tests.bids import builders as bidding
from tests.builders import DAY, HOUR, eur
from tests.cast import FOUNDED, Cast
from tests.frontend.bidding import it_is
from tests.ledger import builders as ledger
from tests.permissions.asking import People, situations
from tests.permissions.operations import operations
from tests.permissions.world import ROLES, Ids
from tests.secrecy.rivals import bids_of_otto
from tests.secrecy.test_canary import everything, questions_of, sent_with

NOW = datetime.now(UTC).replace(microsecond=0)
UUID_FORM = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
RANDOM = (
    (re.compile(rb'nonce[-=]"?[A-Za-z0-9_+/=-]+'), b"nonce"),
    (re.compile(rb'csrfmiddlewaretoken" value="[A-Za-z0-9]+'), b"csrf"),
    (re.compile(rb'"X-CSRFToken":\s*"[A-Za-z0-9]+'), b"csrf"),
    (re.compile(rb"\b[JB]-[0-9A-Z-]{4,}\b"), b"reference"),
    (re.compile(rb"\b[0-9a-f]{16,64}\b"), b"digest"),
    (re.compile(rb"ETag: [^\n]+"), b"etag"),
    (re.compile(rb"X-Request-Id: [^\n]+"), b"request"),
    (re.compile(rb"(csrf|session)=[A-Za-z0-9]+"), b"cookie"),
    (re.compile(rb"cursor=[A-Za-z0-9_:%.=-]+"), b"cursor"),
    (re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}"), b"signature"),
)


def STORY(cast: Cast, as_role: Any) -> dict[str, Any]:  # noqa: N802 - what `told` asks for
    """Two jobs for which six providers are invited, and on which Vera has bid."""
    ledger.grant(cast, "900000", at=NOW - 40 * DAY)
    others = []
    for name in ("hugo", "ivo"):
        firm = admit_vendor(
            actor=cast.adam,
            name=f"{name.capitalize()} & Sons",
            at=FOUNDED,
            category_ids=[cast.events.pk],
        )
        one = add_person(
            actor=cast.adam, email=f"{name}@house.example", name=name.capitalize(), at=FOUNDED
        )
        add_member(actor=cast.adam, user_id=one.pk, provider_id=firm.pk, role="lead", at=FOUNDED)
        others.append((one, firm))
    invited = [
        cast.events_team.pk,
        cast.vera_co.pk,
        cast.otto_co.pk,
        *(firm.pk for _, firm in others),
    ]
    words: dict[str, Any] = {"invited": invited, "shows_ceiling": False, "point": eur("60")}
    open_job = ledger.publish(
        cast, at=NOW - 6 * DAY, questions_until=NOW + DAY, closes_at=NOW + 3 * DAY, **words
    )
    closing = ledger.publish(
        cast, at=NOW - 9 * DAY, questions_until=NOW - 3 * DAY, closes_at=NOW - HOUR, **words
    )
    found: dict[str, Any] = {"others": others}
    found["own"] = {
        "department_id": cast.marketing.pk,
        "provider_id": cast.vera_co.pk,
        "team_id": cast.events_team.pk,
        "user_id": cast.paul.pk,
        "period_id": f"{NOW:%Y%m}",
    }
    # What the addresses of the rival's own side and figures say.
    found["foreign"] = {"provider_id": cast.otto_co.pk, "user_id": cast.otto.pk}
    for name, job in (("open", open_job), ("sealed", closing)):
        bid = bidding.submit(cast, job, provider=cast.vera_co, at=NOW - 5 * DAY)
        found[name] = {"job_id": job.pk, "bid_id": bid.pk, "provider_id": cast.vera_co.pk}
    return found


def rivals_bid(cast: Cast, told: dict[str, Any]) -> None:
    """Otto, Hugo and Ivo draft, attach, submit, edit and withdraw; Ivo withdraws for good."""
    for name in ("open", "sealed"):
        job = Job.objects.get(pk=told[name]["job_id"])
        bids_of_otto(cast, job, since=NOW - 4 * DAY)
        for (person, firm), price in zip(told["others"], ("8100", "7900"), strict=True):
            for hours in range(3):
                bid = bidding.submit(
                    cast,
                    job,
                    provider=firm,
                    actor=person,
                    content=bidding.offer(price),
                    at=NOW - 4 * DAY + hours * HOUR,
                )
        withdraw_bid(actor=person, bid_id=bid.pk, at=NOW - 3 * DAY)


def session(cast: Cast, told: dict[str, Any], with_rivals: bool) -> None:
    """What everybody else does, in both worlds; rivals come in between in one."""
    job = told["open"]["job_id"]
    question = ask_question(
        actor=cast.vera,
        job_id=job,
        provider_id=cast.vera_co.pk,
        text="Is there a rain plan?",
        at=NOW - 5 * DAY,
    )
    if with_rivals:
        rivals_bid(cast, told)
    answer_question(
        actor=cast.rolf, question_id=question.pk, answer="There is a tent.", at=NOW - 2 * DAY
    )
    add_addendum(actor=cast.maya, job_id=job, text="For 220 guests.", at=NOW - DAY)
    confirm_bid(actor=cast.vera, bid_id=told["open"]["bid_id"], at=NOW - 10 * HOUR)
    send_due_notices(at=NOW - 9 * HOUR)
    close_due_job(job_id=told["sealed"]["job_id"], at=NOW - HOUR)
    send_due_notices(at=NOW)


def masked(said: bytes) -> bytes:
    """Return an answer without what is random; ids by the order in which they appear."""
    for pattern, word in RANDOM:
        said = pattern.sub(word, said)
    seen: dict[bytes, bytes] = {}
    return UUID_FORM.sub(lambda one: seen.setdefault(one[0], b"id-%d" % (len(seen) + 1)), said)


def received(cast: Cast, told: Ids, roles: list[str]) -> dict[tuple[str, ...], bytes]:
    """Return what each of these gets, at each address and for each question."""
    here = {name: told[name] for name in ("open", "sealed", "own", "foreign")}
    people, found = People(cast), {}
    with it_is(NOW):
        for role in roles:
            for operation in operations():
                there = situations(operation, here)
                for name, ids in there.items():
                    answer = people.ask(role, operation, ids, sent_with(operation, ids))
                    found[role, str(operation), name] = masked(everything(answer))
                for question in questions_of(operation) if there else ():
                    ids = next(iter(there.values()))
                    answer = people.ask(role, operation, ids, question=question)
                    found[role, str(operation), question] = masked(everything(answer))
    return found


def in_a_copy(act: Callable[[Cast, dict[str, Any]], Any]) -> Any:
    """Do something in a fresh copy of the story's world, where each sequence starts alike."""
    world, cast, told = conftest._world(STORY)
    name = f"{database.own_database()}_{uuid4().hex[:8]}"
    database.copy_template(name, world)
    before = conftest.use(name, "replay")
    try:
        return act(deepcopy(cast), deepcopy(told))
    finally:
        connections.close_all()
        connections.settings["default"].update(before)
        database.drop(name)


@pytest.mark.proof
@pytest.mark.parametrize("role", ROLES)
def test_nobody_can_tell_that_three_rivals_came_edited_and_withdrew(committed: str, role: str):
    def world(with_rivals: bool) -> Callable[[Cast, dict[str, Any]], Any]:
        def live(cast: Cast, told: dict[str, Any]) -> Any:
            session(cast, told, with_rivals)
            return received(cast, told, [role])

        return live

    alone, contested = in_a_copy(world(False)), in_a_copy(world(True))

    sys.stdout.write(f"\n{role}: {len(alone)} answers, {sum(map(len, alone.values())):,} bytes\n")
    assert len(alone) > 500
    differ = [key for key in alone if alone[key] != contested[key]]
    assert [(key, first_difference(alone[key], contested[key])) for key in differ] == []


def first_difference(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Return both around the place where they part."""
    at = next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), -1)
    start = max(0, at - 120)
    return one[start : at + 120], other[start : at + 120]
