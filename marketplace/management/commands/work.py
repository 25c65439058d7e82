"""The one worker: closing, opening, accepting by silence, notices, all by themselves."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from typing import Any

import psycopg
import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from procrastinate.contrib.django import app

from marketplace.project.checks import refuse_a_wrong_key
from marketplace.project.clock import database_now
from marketplace.project.tasks import run_duties

log = structlog.stdlib.get_logger("choicebook.worker")

# Any number will do, as long as nothing else in this database locks it.
ONE_WORKER = 4_711_202_611
RETRY_SECONDS = 2
STAND_BY_SECONDS = 10
SILENT_SECONDS_MAX = 60
LAST_SIGN = """
SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))::int FROM procrastinate_workers
"""
LEFT_BEHIND = """
SELECT procrastinate_finish_job_v1(id, 'failed', true) FROM procrastinate_jobs
WHERE status = 'doing'
"""


class Command(BaseCommand):
    help = "Do what the clock does, every few seconds. One worker acts; others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do every duty once and end.")
        parser.add_argument("--check", action="store_true", help="Say whether a worker acts.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        refuse_a_wrong_key()
        if options["once"]:
            self._once()
        else:
            self._work()

    def _check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(LAST_SIGN)
            (silent_seconds,) = cursor.fetchone()
        if silent_seconds is None or silent_seconds > SILENT_SECONDS_MAX:
            raise CommandError("No worker has given a sign of life for a minute.")
        self.stdout.write(f"A worker gave a sign of life {silent_seconds} seconds ago.")

    def _once(self) -> None:
        results = run_duties(at=database_now())
        for name, done in results.items():
            counts = ", ".join(f"{what} {count}" for what, count in done.items() if count)
            self.stdout.write(f"{name.removesuffix('.run')}: {counts or 'nothing to do'}")
        if any(done.get("failed") for done in results.values()):
            raise CommandError("A duty failed; the log says why.")

    def _work(self) -> None:
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as guard:
            while not stopping.is_set() and not is_ours(guard):
                log.info("another worker acts; standing by")
                stopping.wait(STAND_BY_SECONDS)
            if not stopping.is_set():
                take_back(guard)
            asyncio.run(run_until_told(stopping))
        log.info("worker stopped")


async def run_until_told(stopping: threading.Event) -> None:
    """Run the periodic tasks. A signal lets the running duty end first."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        async with working.open_async():
            running = asyncio.create_task(
                working.run_worker_async(
                    concurrency=4,  # duties; what takes longer, waits for others, reads again
                    delete_jobs="always",
                    fetch_job_polling_interval=RETRY_SECONDS,
                    shutdown_graceful_timeout=20,
                    install_signal_handlers=False,
                )
            )
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, running.cancel)
            if stopping.is_set():  # told before we listened here
                running.cancel()
            log.info("worker started")
            with contextlib.suppress(asyncio.CancelledError):
                await running


def is_ours(guard: psycopg.Connection) -> bool:
    """Take the one worker's lock. The database gives it back however this process ends."""
    row = guard.execute("SELECT pg_try_advisory_lock(%s)", [ONE_WORKER]).fetchone()
    return bool(row and row[0])


def take_back(guard: psycopg.Connection) -> None:
    """
    Drop what a worker that was killed had begun, or its lock would hold up each later job of the
    kind. Only for the one worker: what is being done is then done by nobody. It is planned again.
    """
    begun = guard.execute(LEFT_BEHIND).fetchall()
    if begun:
        log.warning("taken back from a worker that is gone", jobs=len(begun))
