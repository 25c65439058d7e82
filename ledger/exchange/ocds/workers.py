"""Several processes that tell tales side by side: one of them waits while the other works."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

from django.db import connections

from ledger.exchange.ocds.facts import Tale
from ledger.exchange.ocds.replay import Outcome

Take = Callable[[Tale], Outcome]
Numbered = tuple[int, Tale]


class WorkerFailed(Exception):
    """A worker met what no release can cause; what it says is in the text."""


class Workers:
    """
    Processes that each take tales, one at a time.

    A worker gets its next tale when it has answered: with more on the way, the two could wait
    for each other to read. They are forked, so that they have the settings of this process, after
    its connection to the database is closed: a connection cannot be shared.
    """

    def __init__(self, take: Take, count: int) -> None:
        connections.close_all()
        gc.freeze()  # what stands before the fork is shared, and not searched for garbage again
        context = multiprocessing.get_context("fork")
        pipes = [context.Pipe() for _ in range(count)]
        self.ends: list[Connection] = [here for here, _ in pipes]
        self.processes: list[BaseProcess] = []
        for _, there in pipes:
            others = [end for pair in pipes for end in pair if end is not there]
            process = context.Process(target=_work, args=(take, there, others), daemon=True)
            process.start()
            self.processes.append(process)
        for _, there in pipes:
            there.close()
        self.idle = list(self.ends)

    def outcomes(self, tales: Iterable[Numbered]) -> Iterator[tuple[int, Outcome]]:
        """Yield what became of each tale, under its number, in the order in which they end."""
        for numbered in tales:
            if not self.idle:
                yield from self._ended()
            self.idle.pop().send(numbered)
        while len(self.idle) < len(self.ends):
            yield from self._ended()

    def _ended(self) -> Iterator[tuple[int, Outcome]]:
        """Wait until a worker answers, and yield what those say who do."""
        for end in wait([end for end in self.ends if end not in self.idle]):
            assert isinstance(end, Connection)
            try:
                answer = end.recv()
            except EOFError:
                raise WorkerFailed("a worker ended before its work") from None
            if isinstance(answer, str):
                raise WorkerFailed(answer)
            self.idle.append(end)
            yield answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A worker ends by itself when nobody is there to send to it: also when this process dies.
        for end in self.ends:
            end.close()
        for process in self.processes:
            process.join()


def _work(take: Take, end: Connection, others: list[Connection]) -> None:
    """Take tales until there are no more. The other ends are closed, or none would ever end."""
    for other in others:
        other.close()
    # Ctrl-C reaches every process of a terminal: the first one decides, after a whole release.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            number, tale = end.recv()
            end.send((number, take(tale)))
    except (EOFError, BrokenPipeError):
        pass
    except Exception:  # noqa: BLE001 - told to the first process, which raises it
        end.send(traceback.format_exc())
    finally:
        connections.close_all()
