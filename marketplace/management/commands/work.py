"""The one worker: closing, opening, accepting by silence, notices, all by themselves."""

from __future__ import annotations

import signal
import threading
from typing import Any

import psycopg
import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from procrastinate.contrib.django import app

from marketplace.project.clock import database_now
from marketplace.project.tasks import run_duties

log = structlog.stdlib.get_logger("choicebook.worker")

# Any number will do, as long as nothing else in this database locks it.
ONE_WORKER = 4_711_202_611
RETRY_SECONDS = 2


class Command(BaseCommand):
    help = "Do what the clock does, every few seconds. One worker acts; others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do every duty once and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self._once()
        else:
            self._work()

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
                stopping.wait(RETRY_SECONDS * 5)
            if stopping.is_set():
                return
            log.info("worker started")
            with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
                # It installs its own handlers: a signal lets the running duty end first.
                working.run_worker(
                    concurrency=1,
                    delete_jobs="always",
                    listen_notify=True,
                    fetch_job_polling_interval=RETRY_SECONDS,
                    shutdown_graceful_timeout=20,
                )
            log.info("worker stopped")


def is_ours(guard: psycopg.Connection) -> bool:
    """Take the one worker's lock. The database gives it back however this process ends."""
    row = guard.execute("SELECT pg_try_advisory_lock(%s)", [ONE_WORKER]).fetchone()
    return bool(row and row[0])
