# ruff: noqa: T201 - figures are printed
"""Milliseconds for each verb on bids, on committed data. Printed, never asserted."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest

from bids.opened import opened_bids
from bids.reading import my_bid
from bids.scoring import score_bid
from bids.submission import confirm_bid, submit_bid, withdraw_bid
from marketplace.addenda import add_addendum
from tests.bids.builders import MORNING_AFTER, REASON, offer, open_all
from tests.builders import DEADLINE, HOUR, MINUTE, a_published_job
from tests.cast import assemble

ROUNDS = 100


@pytest.mark.bench
def test_figures_of_the_verbs_on_bids(committed: str, as_role: Any) -> None:
    as_role("replay")
    cast = assemble()
    job = a_published_job(cast)
    words: dict[str, Any] = {"job_id": job.pk, "provider_id": cast.vera_co.pk}
    made = []

    def timed(name: str, act: Callable[[int], object], rounds: int = ROUNDS) -> None:
        act(0)
        begun = perf_counter()
        for number in range(1, rounds):
            act(number)
        print(f"{name:<32}{(perf_counter() - begun) / (rounds - 1) * 1000:8.2f} ms")

    def once(name: str, act: Callable[[], object]) -> None:
        begun = perf_counter()
        act()
        print(f"{name:<32}{(perf_counter() - begun) * 1000:8.2f} ms")

    def submit(number: int) -> None:
        at = MORNING_AFTER + number * MINUTE
        made.append(submit_bid(actor=cast.vera, content=offer(), at=at, **words))

    print()
    timed("submit_bid", submit)
    last = made[-1]
    at = MORNING_AFTER + 3 * HOUR
    timed("my_bid", lambda _: my_bid(actor=cast.vera, bid_id=last.pk, at=at))
    add_addendum(actor=cast.maya, job_id=job.pk, text="Rain.", at=at)
    once("confirm_bid", lambda: confirm_bid(actor=cast.vera, bid_id=last.pk, at=at))
    once("withdraw_bid", lambda: withdraw_bid(actor=cast.vera, bid_id=last.pk, at=at))
    submit(700)
    once(f"close and open ({len(made)} accesses)", lambda: open_all(job))
    idea = job.criteria.get(name="Idea")
    timed(
        "score_bid",
        lambda number: score_bid(
            actor=cast.rolf,
            bid_id=made[-1].pk,
            criterion_id=idea.pk,
            quarters=number % 5,
            reason=REASON,
            at=DEADLINE + HOUR + number * MINUTE,
        ),
    )
    timed("opened_bids", lambda _: opened_bids(actor=cast.maya, job_id=job.pk))
