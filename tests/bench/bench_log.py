# ruff: noqa: T201 - figures are printed
"""The sealed log: how fast it seals, what writers feel of it, what a proof costs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkProcess as Process
from statistics import quantiles
from threading import Event as Signal
from threading import Thread
from time import perf_counter
from typing import Any

import pytest
from django.db import connection

from marketplace.history import record
from marketplace.log import receipts, verify
from marketplace.log.keys import verifier_keys
from marketplace.log.sealer import seal
from marketplace.models.events import Audience, Event
from marketplace.models.log import LogLeaf
from marketplace.system import the_clock
from tests.builders import NOON
from tests.cast import assemble

MANY = int(os.environ.get("BENCH_EVENTS", "100000"))
SECONDS = 10
PER_SECOND = 500
FILL = """
INSERT INTO marketplace_event (kind, actor_id, subject_id, audience, happened_at, body, salt, leaf)
SELECT 'bench.filled', %s, gen_random_uuid(), 'company', now(), body,
    decode(repeat('00', 16), 'hex'), sha256(decode(repeat('00', 17), 'hex') || body::bytea)
FROM (SELECT 'filled ' || n AS body FROM generate_series(1, %s) AS n) AS events
"""


def told(name: str, figure: float, unit: str) -> None:
    print(f"{name:<52}{figure:12.2f} {unit}")


def milliseconds(act: Callable[[], object], rounds: int = 50) -> float:
    act()
    begun = perf_counter()
    for _ in range(rounds):
        act()
    return (perf_counter() - begun) / rounds * 1000


def write_for(seconds: float, *, per_second: int = 0) -> int:
    """Record one event a transaction, as fast as it goes or so many a second; return how many."""
    clock, begun, written = the_clock(), perf_counter(), 0
    while (passed := perf_counter() - begun) < seconds:
        if per_second and written > passed * per_second:
            time.sleep(0.001)
            continue
        record(clock, "bench.happened", clock, at=NOON, audience=Audience.COMPANY)
        written += 1
    return written


def sealing(every: float) -> Process:
    """Seal in a process of its own, as the worker does: it must not share the writer's Python."""

    def work() -> None:
        while True:
            time.sleep(every)
            seal(at=NOON)

    connection.close()
    process = get_context("fork").Process(target=work, daemon=True)
    process.start()
    return process


@pytest.mark.bench
def test_figures_of_the_sealed_log(committed: str, as_role: Any) -> None:
    as_role("replay")
    cast = assemble()
    with connection.cursor() as cursor:
        cursor.execute(FILL, [the_clock().pk, MANY])
    as_role("worker")
    print()
    begun = perf_counter()
    while seal(at=NOON):
        pass
    told(f"sealing {MANY} events", Event.objects.count() / (perf_counter() - begun), "events/s")

    last = LogLeaf.objects.latest("position").event_id
    paper = receipts.receipt(actor=cast.ada, event_id=last)
    keys = [verify.read_key(str(key)) for key in verifier_keys()]
    told("a receipt", milliseconds(lambda: receipts.receipt(actor=cast.ada, event_id=last)), "ms")
    told("  its size", len(paper.text), "bytes")
    told(
        "verifying one",
        milliseconds(lambda: verify.read_receipt(paper.text, keys)),
        "ms",
    )
    told(
        "a consistency proof",
        milliseconds(lambda: receipts.consistency(actor=cast.ada, from_size=1000)),
        "ms",
    )
    _writers()
    _lag()


def _writers() -> None:
    """What writers lose, as the median of three turns of each kind, one after the other."""
    alone, watched = [], []
    for _ in range(3):
        alone.append(write_for(3) / 3)
        sealer = sealing(1)
        watched.append(write_for(3) / 3)
        sealer.kill()
        sealer.join()
    plain, beside = sorted(alone)[1], sorted(watched)[1]
    told("one writer without a sealer", plain, "events/s")
    told("the same beside one", beside, "events/s")
    told("  that is less by", (1 - beside / plain) * 100, "%")


def _lag() -> None:
    """From the recording of an event to its checkpoint, with the worker's five seconds between."""
    done = Signal()
    seal(at=NOON)
    first = LogLeaf.objects.count()
    ages: list[float] = []

    def work() -> None:
        try:
            while not done.wait(5):
                before = LogLeaf.objects.count()
                seal(at=NOON)
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT extract(epoch FROM clock_timestamp() - e.recorded_at)::float"
                        " FROM marketplace_logleaf l JOIN marketplace_event e ON e.id = l.event_id"
                        " WHERE l.position >= %s",
                        [before],
                    )
                    ages.extend(age for (age,) in cursor.fetchall())
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    written = write_for(2 * SECONDS, per_second=PER_SECOND)
    time.sleep(5)
    done.set()
    thread.join()
    told("events a second while the lag was taken", written / (2 * SECONDS), "events/s")
    told("lag to the checkpoint, 99 of 100", quantiles(ages, n=100)[98], "s")
    told("  of so many", LogLeaf.objects.count() - first, "events")
