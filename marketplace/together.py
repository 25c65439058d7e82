"""
Reads that do not need each other's answers, asked of the database together.

A page holds several papers, and each asks for itself. Side by side they go as far as each can
without an answer; then all that they ask goes as one statement, and each goes on with its own. What
a paper asks is written as if it were alone: it knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, TypeVar, cast, overload

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from marketplace.asking import is_reading

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
Read = Callable[[], Any]


class _Unparsed(Loader):
    """Django parses JSON itself, from the text."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data).removeprefix(b"\x01").decode()


class _Answer:
    """The rows of one of the questions, read as from a cursor of its own."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = iter(rows)
        self.rowcount = len(rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self.rows, None)

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        return [row for _, row in zip(range(size), self.rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self.rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self.rows

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class _Question:
    asker: greenlet
    ask: Callable[[], Any]  # alone
    text: str
    cursor: CursorWrapper
    fault: BaseException | None = None


@dataclass
class _Round:
    """Who can go on, and who waits for an answer. Whoever began it asks for all of them."""

    root: greenlet
    ready: list[greenlet] = field(default_factory=list)
    waiting: list[_Question] = field(default_factory=list)

    def finish(self) -> None:
        while self.ready or self.waiting:
            while self.ready:
                self.ready.pop(0).switch()
            questions, self.waiting = self.waiting, []
            _answer(questions)
            self.ready = [one.asker for one in questions]

    def wait(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Stand where a cursor would ask; a question that only reads waits for the others."""
        asker = getcurrent()
        cursor: CursorWrapper = context["cursor"]
        if isinstance(cursor.cursor, _Answer):  # asked again: the answer before is read by now
            cursor.cursor = connection.create_cursor()
        reads = str(sql).lstrip().startswith(("SELECT", "WITH")) and "FOR UPDATE" not in str(sql)
        streams = isinstance(cursor.cursor, psycopg.ServerCursor)
        if asker is self.root or many or streams or not reads:
            return execute(sql, params, many, context)
        with connection.wrap_database_errors:
            text = psycopg.ClientCursor(connection.connection).mogrify(sql, params)
        question = _Question(asker, lambda: execute(sql, params, many, context), text, cursor)
        self.waiting.append(question)
        self.root.switch()
        if question.fault is not None:
            raise question.fault
        return None


_round: ContextVar[_Round | None] = ContextVar("round", default=None)


@overload
def together(one: Callable[[], A], two: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def together(
    one: Callable[[], A], two: Callable[[], B], three: Callable[[], C], /
) -> tuple[A, B, C]: ...
@overload
def together(
    one: Callable[[], A], two: Callable[[], B], three: Callable[[], C], four: Callable[[], D], /
) -> tuple[A, B, C, D]: ...
@overload
def together(*reads: Read) -> tuple[Any, ...]: ...


def together(*reads: Read) -> tuple[Any, ...]:
    """
    Return what each read returns; what they ask of the database is asked together.

    They go on in their order. When some refuse, the first refusal is raised. A verb, too, may call
    a read that stands here: then they are asked one after the other, as its prepared statements.
    """
    if not reads:
        return ()
    if not is_reading() or connection.queries_logged:
        return tuple(read() for read in reads)
    outcomes: list[Any] = [None] * len(reads)
    faults: dict[int, BaseException] = {}
    current = _round.get()
    if current is None:
        with _beginning() as begun:
            _start(begun, reads, outcomes, faults, None)
            begun.finish()
    else:
        _start(current, reads, outcomes, faults, getcurrent())
        current.root.switch()
    if faults:
        raise faults[min(faults)]
    return tuple(outcomes)


def _start(
    current: _Round,
    reads: Sequence[Read],
    outcomes: list[Any],
    faults: dict[int, BaseException],
    asker: greenlet | None,
) -> None:
    left = set(range(len(reads)))

    def go(number: int) -> None:
        try:
            outcomes[number] = reads[number]()
        except BaseException as fault:  # noqa: BLE001 - raised again where the reads were asked for
            faults[number] = fault
        left.discard(number)
        if not left and asker is not None:
            current.ready.append(asker)

    for number in range(len(reads)):
        member = greenlet(lambda number=number: go(number), parent=current.root)
        member.gr_context = copy_context()
        current.ready.append(member)


def gathered(*reads: Callable[[], Iterable[A]]) -> list[A]:
    """Return what all these reads return, in their order; they are asked together."""
    return list(chain.from_iterable(together(*(partial(_whole, read) for read in reads))))


def _whole(read: Callable[[], Iterable[A]]) -> list[A]:
    return list(read())


@contextmanager
def _beginning() -> Iterator[_Round]:
    begun = _Round(getcurrent())
    before = _round.set(begun)
    # Before any that counts or watches statements: they hear what is really asked.
    connection.execute_wrappers.insert(0, begun.wait)
    try:
        yield begun
    finally:
        connection.execute_wrappers.remove(begun.wait)
        _round.reset(before)


def _answer(questions: list[_Question]) -> None:
    """Ask all of them in one statement, and give each its rows."""
    if not questions:
        return
    try:
        if len(questions) == 1:
            questions[0].ask()
            return
        parts = ", ".join(
            f"(SELECT array_agg(ROW(q.*)) FROM ({one.text}) AS q)"  # noqa: S608
            for one in questions
        )
        for one, rows in zip(questions, _asked(f"SELECT {parts}"), strict=True):
            one.cursor.cursor = _Answer(rows or [])
    except Exception as fault:  # noqa: BLE001 - raised where each of them asked
        for one in questions:
            one.fault = fault


def _asked(statement: str) -> tuple[list[tuple[Any, ...]] | None, ...]:
    connection.ensure_connection()
    # Rows of any kind keep their types only in PostgreSQL's own form, which Django never asks for.
    with CursorWrapper(psycopg.Cursor(connection.connection), connection) as cursor:
        cursor.cursor.format = Format.BINARY
        for kind in ("json", "jsonb"):
            cursor.cursor.adapters.register_loader(kind, _Unparsed)
        cursor.execute(statement)
        return cast("tuple[list[tuple[Any, ...]] | None, ...]", cursor.fetchone())
