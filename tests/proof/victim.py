"""A durable PostgreSQL with a migrated marketplace in it, which is killed in every way there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

import psycopg
from django.db import connections

from marketplace.project import database
from marketplace.project.embedded import DURABLE, FAST, ROOT, Embedded
from tests.database import URLS
from tests.proof.faults import put_in

PATIENCE_SECONDS = 60
# Before it recovers, a server asks the disk for every file one by one; Linux can be asked at once.
QUICK_RECOVERY = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}


class Victim:
    """The server, how to connect to it, and how to kill it."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        # What is migrated is worth nothing yet, and need not wait for a disk.
        self.server = Embedded(folder, FAST)
        self.server.start()
        database.make_roles(self.server)
        database.make_database(self.server, database.NAME)
        self._migrate()
        self.server.release()
        self.server = Embedded(folder, {**DURABLE, **QUICK_RECOVERY, **settings})
        self.server.start()

    def enter(self, role: str) -> None:
        """Let this process, a child of the test's, connect to the server as this role."""
        os.environ.update(self._addresses())
        connections.settings["default"].update(database.configuration(role))

    def broken_by(self, fault: str) -> None:
        """Take away one thing that holds the books (`faults.py`)."""
        address = self.server.url(user="postgres", database=database.NAME)
        with psycopg.connect(address, autocommit=True) as owner:
            put_in(fault, owner)

    def _addresses(self) -> dict[str, str]:
        return {
            variable: self.server.url(user=f"{database.NAME}_{role}", database=database.NAME)
            for role, variable in URLS.items()
        }

    def _migrate(self) -> None:
        words = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
        environment = os.environ | self._addresses() | {"DATABASE_ROLE": "owner"}
        subprocess.run(words, cwd=ROOT, env=environment, check=True)

    @property
    def postmaster(self) -> int:
        return int((self.server.data / "postmaster.pid").read_text().split("\n")[0])

    def kill_one_process(self, random: Random) -> None:
        """A backend or a helper of the server dies; the server starts all the others anew."""
        postmaster = self.postmaster
        if children := children_of(postmaster):
            killed = random.choice(children)
            kill(killed)
            # Until its head has noticed, the server answers as if nothing had happened.
            until = time.monotonic() + PATIENCE_SECONDS
            while killed in children_of(postmaster) and time.monotonic() < until:
                time.sleep(0.005)

    def kill_the_head(self, _: Random) -> None:
        """The postmaster dies; its children notice and leave."""
        kill(self.postmaster)

    def kill_all(self, _: Random) -> None:
        """Every process of the server dies in the same moment."""
        postmaster = self.postmaster
        for pid in [postmaster, *children_of(postmaster)]:
            kill(pid)

    def back(self) -> None:
        """Return when the server answers again, started anew if need be."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if self.server._answers():
                return
            with suppress(OSError, ValueError, ProcessLookupError):
                os.kill(self.postmaster, 0)
                time.sleep(0.05)  # its head lives: it recovers by itself
                continue
            with suppress(SystemExit):
                self.server.start()
        raise AssertionError("The server did not come back.")


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def children_of(parent: int) -> list[int]:
    """Return the processes that this one started."""
    if Path("/proc/self/stat").exists():
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # The name in brackets may hold anything; what follows the last bracket does not.
                if int(entry.read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(entry.parent.name))
        return found
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, of in pairs if int(of) == parent]
