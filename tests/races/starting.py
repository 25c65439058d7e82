"""Starting many calls at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from marketplace.refusals import Refusal


def at_once(threads: int, calls: Sequence[Callable[[], object]]) -> list[object]:
    """Return what each call returned, or the refusal it ended with; all are under way at once."""
    threads = min(threads, len(calls))
    ready = Barrier(threads)

    def work(mine: Sequence[Callable[[], object]]) -> list[object]:
        try:
            connection.ensure_connection()
            ready.wait(timeout=30)
            return [outcome(call) for call in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        shares = [calls[number::threads] for number in range(threads)]
        return [result for share in pool.map(work, shares) for result in share]


def outcome(call: Callable[[], object]) -> object:
    """Return what the call returned, or the refusal. Anything else is a fault and is raised."""
    try:
        return call()
    except Refusal as refusal:
        return refusal
