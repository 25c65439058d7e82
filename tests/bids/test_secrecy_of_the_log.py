"""Two worlds, with rivals and without: until the opening the log is the same in both."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from bids.closing import close_due_job
from bids.drafts import save_bid_draft
from bids.opening import open_bids
from bids.reading import my_bid
from bids.submission import confirm_bid, submit_bid, withdraw_bid
from ledger.commissioning import amend_job, cancel_job
from ledger.recording import record_rows
from marketplace.admission import admit_vendor
from marketplace.log.sealer import seal
from marketplace.membership import add_member
from marketplace.models.jobs import Job
from marketplace.people import add_person
from marketplace.system import the_clock
from tests import database
from tests.bids.builders import MORNING_AFTER, offer, submit
from tests.builders import DAY, DEADLINE, HOUR, NOON, a_published_job
from tests.cast import FOUNDED, Cast, assemble
from tests.conftest import use

EVENTS = "SELECT id, kind, happened_at, audience FROM marketplace_event ORDER BY id"
LEAVES = "SELECT position, event_id FROM marketplace_logleaf ORDER BY position"
CHECKPOINTS = "SELECT size, made_at FROM marketplace_checkpoint ORDER BY size"
BATCHES = """
SELECT number, table_name, cardinality(keys), made_at FROM ledger_rowbatch ORDER BY number
"""
WAITING = "SELECT table_name, count(*) FROM ledger_unrecordedrow GROUP BY 1 ORDER BY 1"
NOTICES = """
SELECT u.email, n.kind,
    regexp_replace(n.text, '[BJ]-[A-Z0-9]{4}-[A-Z0-9]{4}', '#'), n.told_at
FROM marketplace_notice AS n
JOIN marketplace_user AS u ON u.id = n.recipient_id
WHERE u.email <> ALL (%s) ORDER BY 1, 2, 3, 4
"""
SEQUENCES = """
SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = 'public' AND sequencename ~ '^(marketplace|bids|ledger)_' ORDER BY 1
"""
BODIES = "SELECT length(body) FROM marketplace_event ORDER BY id"
RIVALS = ["vera@house.example", "otto@house.example", "rita@house.example"]


def rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values) or None)
        return list(cursor.fetchall())


def seen_from_outside() -> dict[str, list[tuple[Any, ...]]]:
    """Everything of the log that is handed out, and every number that could be counted from it."""
    return {
        "events": rows(EVENTS),
        "lengths": rows(BODIES),
        "leaves": rows(LEAVES),
        "checkpoints": rows(CHECKPOINTS),
        "batches": rows(BATCHES),
        "waiting": rows(WAITING),
        "notices": rows(NOTICES, RIVALS),
        "sequences": rows(SEQUENCES),
    }


def with_rita(cast: Cast) -> Any:
    rita_co = admit_vendor(actor=cast.adam, name="Rita & Co", at=FOUNDED)
    rita = add_person(actor=cast.adam, email="rita@house.example", name="Rita", at=FOUNDED)
    add_member(actor=cast.adam, user_id=rita.pk, role="lead", provider_id=rita_co.pk, at=FOUNDED)
    return rita, rita_co


def rivals_bid(cast: Cast, job: Job, rita: Any, rita_co: Any) -> None:
    """Three rivals draft, submit, replace, look, confirm and withdraw."""
    for actor, provider in ((cast.vera, cast.vera_co), (cast.otto, cast.otto_co), (rita, rita_co)):
        save_bid_draft(
            actor=actor,
            job_id=job.pk,
            provider_id=provider.pk,
            content=offer("8000"),
            at=MORNING_AFTER,
        )
        bid = submit_bid(
            actor=actor,
            job_id=job.pk,
            provider_id=provider.pk,
            content=offer("9500"),
            at=MORNING_AFTER + HOUR,
        )
        my_bid(actor=actor, bid_id=bid.pk, at=MORNING_AFTER + 2 * HOUR)
    withdraw_bid(actor=rita, bid_id=bid.pk, at=MORNING_AFTER + 3 * HOUR)
    submit(cast, job, provider=cast.vera_co, content=offer("7000"), at=MORNING_AFTER + 4 * HOUR)


def live(name: str, *, rivals: bool, until: str) -> dict[str, list[tuple[Any, ...]]]:
    """One world up to a moment before the opening, as the log shows it there."""
    cast = assemble()
    rita, rita_co = with_rita(cast)
    invited = (cast.events_team.pk, cast.vera_co.pk, cast.otto_co.pk, rita_co.pk)
    job = a_published_job(cast, invited=invited)
    submit(cast, job, at=MORNING_AFTER)
    if rivals:
        rivals_bid(cast, job, rita, rita_co)
    bound(name, MORNING_AFTER + 5 * HOUR)
    amend_job(
        actor=cast.maya, job_id=job.pk, text="It begins at seven.", at=MORNING_AFTER + 6 * HOUR
    )
    if rivals:
        for bid in job.bids.filter(withdrawn_at=None, provider=cast.vera_co):
            confirm_bid(actor=cast.vera, bid_id=bid.pk, at=MORNING_AFTER + 7 * HOUR)
    if until == "cancelled":
        cancel_job(actor=cast.maya, job_id=job.pk, reason="Not now.", at=NOON + 2 * DAY)
    if until == "closed":
        close_due_job(job_id=job.pk, at=DEADLINE)
    bound(name, DEADLINE + HOUR)
    seen = seen_from_outside()
    if until == "opened":
        close_due_job(job_id=job.pk, at=DEADLINE)
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)
        bound(name, DEADLINE + HOUR)
        seen = seen_from_outside()
    return seen


def bound(name: str, at: datetime) -> None:
    """The worker seals and records."""
    use(name, "worker")
    for _ in range(2):
        seal(at=at)
        record_rows(at=at)
    seal(at=at)
    use(name, "replay")


@pytest.fixture
def worlds(committed: str, as_role: Any) -> Any:
    """Play the same days in a database of their own, with rivals and without."""
    made: list[str] = []

    def play(**words: Any) -> dict[str, list[tuple[Any, ...]]]:
        name = f"{database.own_database()}_{uuid4().hex[:8]}"
        database.copy_template(name)
        made.append(name)
        use(name, "replay")
        return live(name, **words)

    yield play
    as_role("web")
    connections.close_all()
    for name in made:
        database.drop(name)


@pytest.mark.parametrize("until", ["open", "closed", "cancelled"])
def test_no_number_in_the_log_tells_whether_rivals_bid(worlds, until):
    alone = worlds(rivals=False, until=until)
    crowded = worlds(rivals=True, until=until)

    assert alone["checkpoints"] and alone["batches"]
    for what, seen in alone.items():
        assert crowded[what] == seen, what


def test_the_same_comparison_sees_the_rivals_once_the_bids_are_open(worlds):
    alone = worlds(rivals=False, until="opened")
    crowded = worlds(rivals=True, until="opened")

    assert len(crowded["events"]) > len(alone["events"])
    assert crowded["checkpoints"] != alone["checkpoints"]
