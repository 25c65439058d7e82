"""Many write while one seals: everything gets one place, and the tree is that of its leaves."""

from __future__ import annotations

import random
import time
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction

from marketplace.history import record
from marketplace.log import merkle
from marketplace.log.sealer import backlog, seal, seal_batch
from marketplace.models.events import Audience, Event
from marketplace.models.log import Checkpoint, LogLeaf
from marketplace.system import the_clock
from tests.builders import NOON
from tests.races.starting import at_once

WRITERS, TURNS = 6, 40


def write(seed: int) -> None:
    """Record in many transactions: some wait before they commit, some come to nothing."""
    chance, clock = random.Random(seed), the_clock()
    for _ in range(TURNS):
        with transaction.atomic():
            for _ in range(chance.randint(1, 4)):
                record(clock, "test.happened", clock, at=NOON, audience=Audience.COMPANY)
            if chance.random() < 0.5:
                time.sleep(chance.random() / 100)
            if chance.random() < 0.2:
                transaction.set_rollback(True)


def seal_until(done: Signal) -> None:
    try:
        while not done.is_set():
            seal_batch(at=NOON, limit=7)
    finally:
        connection.close()


@pytest.mark.races
def test_what_many_write_at_once_is_sealed_whole_and_in_one_order(committed, as_role):
    as_role("worker")
    done = Signal()
    sealers = [Thread(target=seal_until, args=[done]) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    at_once(WRITERS, [lambda seed=seed: write(seed) for seed in range(WRITERS)])
    done.set()
    for sealer in sealers:
        sealer.join()

    seal(at=NOON)

    places = list(LogLeaf.objects.order_by("position").values_list("position", "event", "leaf"))
    events = dict(Event.objects.values_list("pk", "leaf"))
    assert [place for place, _, _ in places] == list(range(len(events)))
    assert {event: bytes(leaf) for _, event, leaf in places} == {
        event: bytes(leaf) for event, leaf in events.items()
    }
    leaves = [bytes(leaf) for _, _, leaf in places]
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == merkle.root(leaves[: checkpoint.size])
    assert Checkpoint.objects.count() > 10
    assert backlog().events == 0
