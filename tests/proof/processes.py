"""Many at once in processes of their own: threads of one Python would wait for each other."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections

FORKING = multiprocessing.get_context("fork")


class FailedApart(AssertionError):
    """What was raised in another process, as it was printed there."""


def apart(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Return what each call returned; each ran in a process with a connection of its own."""
    connections.close_all()  # a child that inherited one would end it for us all
    started = [_start(call) for call in calls]
    answers = []
    for process, receiving in started:
        with receiving:
            answers.append(receiving.recv())
        process.join()
    if failed := [words for fine, words in answers if not fine]:
        raise FailedApart(failed[0])
    return [answer for _, answer in answers]


def _start(call: Callable[[], Any]) -> tuple[Any, Connection]:
    receiving, sending = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=_run, args=(call, sending), daemon=True)
    process.start()
    sending.close()
    return process, receiving


def _run(call: Callable[[], Any], sending: Connection) -> None:
    try:
        answer = (True, call())
    except BaseException:  # noqa: BLE001 - told to the process that waits for it
        answer = (False, traceback.format_exc())
    sending.send(answer)
    connections.close_all()
    sending.close()
    os._exit(0)  # none of the test's own endings: they are the parent's
