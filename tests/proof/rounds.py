"""The processes that are killed, the rounds of killing, and what is found after each."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.cast import assemble
from tests.ledger import builders
from tests.proof.facts import KINDS, Kind, Start, tell
from tests.proof.many import copied
from tests.proof.processes import FORKING, apart
from tests.proof.victim import Victim, kill
from tests.proof.wholeness import what_is_wrong

JOBS = 2000


def founded(victim: Victim) -> Start:
    """The company, a budget, an award to change, and many jobs that wait for a choice."""

    def found() -> Start:
        victim.enter("replay")
        cast = assemble()
        builders.grant(cast, "10000000")
        award = builders.choose(cast, builders.contest(cast).vendor_bid)
        bid = builders.contest(cast, team=("98.04",), vendor=("98.04",)).vendor_bid
        return Start(cast, [(each.job_id, each.pk) for each in copied(bid, JOBS)], award)

    (start,) = apart([found])
    return start


@dataclass
class Writer:
    """One process that tells facts, and what it has acknowledged."""

    number: int
    process: Any
    pipe: int
    told: list[tuple[str, str]] = field(default_factory=list)
    rest: bytes = b""


@dataclass
class Rounds:
    """Writers at work on a server, and everything that they ever acknowledged."""

    victim: Victim
    start: Start
    random: Random
    kinds: Sequence[Kind] = KINDS
    first: int = 0  # the number of the first writer: each tells facts of its own
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    writers: dict[int, Writer] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def round(self) -> list[str]:
        """Kill something at a random moment; return what is wrong once all is back."""
        for number in range(len(self.kinds)):
            self._ensure(number)
        time.sleep(self.random.uniform(0.2, 0.8))
        name = [*HOW][self.killed.total() % len(HOW)]
        HOW[name](self)
        self.killed[name] += 1
        self.victim.back()
        self._listen()
        (wrong,) = apart([self._look])
        return wrong

    def kill_writers(self) -> None:
        count = self.random.randint(1, len(self.kinds))
        for writer in self.random.sample([*self.writers.values()], count):
            kill(writer.process.pid)

    def end(self) -> None:
        for writer in self.writers.values():
            kill(writer.process.pid)
            writer.process.join()
            os.close(writer.pipe)
        self.writers.clear()

    def _ensure(self, number: int) -> None:
        """Start the writer unless it lives; it goes on after what it acknowledged last."""
        before = self.writers.get(number)
        if before and before.process.is_alive():
            return
        told = before.told if before else []
        if before:
            before.process.join()
            os.close(before.pipe)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)

        def work() -> None:
            kind, role = self.kinds[number]
            self.victim.enter(role)
            tell(kind(self.start, self.first + number, len(told)), writing)

        process = FORKING.Process(target=work, daemon=True)
        process.start()
        os.close(writing)
        self.writers[number] = Writer(number, process, reading, told)

    def _listen(self) -> None:
        """Take in what was acknowledged so far, by the dead too."""
        for writer in self.writers.values():
            with suppress(BlockingIOError):
                while heard := os.read(writer.pipe, 65536):
                    writer.rest += heard
            *lines, writer.rest = writer.rest.split(b"\n")
            for line in lines:
                kind, _, name = line.decode().partition(" ")
                writer.told.append((kind, name))
                self.acknowledged.append((kind, name))

    def _look(self) -> list[str]:
        self.victim.enter("web")
        return what_is_wrong(self.acknowledged)


HOW = {
    "the application": Rounds.kill_writers,
    "one process of the database": lambda self: self.victim.kill_one_process(self.random),
    "the database's head": lambda self: self.victim.kill_the_head(self.random),
    "all of the database": lambda self: self.victim.kill_all(self.random),
}
