"""
The tests' own PostgreSQL, as a pytest plugin (`-p tests.database`, before Django reads settings).

Each test process uses a server of its own: what is sealed waits for the oldest transaction of the
whole server, so that two processes on one would wait for each other's tests. A second run beside
this one takes the next servers. A template is migrated once in each, and again only when a
migration changes; every test works on a copy of it.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from marketplace.project import binaries, database
from marketplace.project.embedded import FAST, ROOT, Embedded
from tests import leftovers, memory

ADMIN = "CHOICEBOOK_TEST_ADMIN_URL"  # where databases are made; the test processes inherit it
TEMPLATE = "CHOICEBOOK_TEST_TEMPLATE"
EMBEDDED = "CHOICEBOOK_TEST_EMBEDDED"  # set where the servers of this run are ours to start
URLS = {
    "owner": "DATABASE_OWNER_URL",
    "web": "DATABASE_URL",
    "worker": "DATABASE_WORKER_URL",
    "replay": "DATABASE_REPLAY_URL",
}
ENVIRONMENT = {
    "SECRET_KEY": "for tests alone",
    "BID_SEAL_KEY": base64.b64encode(bytes(range(32))).decode(),
    "RECEIPT_KEY": base64.b64encode(bytes(range(32, 64))).decode(),
    "LOG_KEY": base64.b64encode(bytes(range(64, 96))).decode(),
    "LOG_COPIES_BY_MAIL": "no",  # a test of copies says where they go
    "SITE_URL": "http://localhost",
    "ALLOWED_HOSTS": "localhost,testserver,127.0.0.1",
    "COLLECTED_STATIC": "no",
    "DATABASE_ROLE": "replay",
    "DATABASE_POOL": "no",
    "LOG_LEVEL": "WARNING",
    # Playwright's synchronous calls run inside a loop that Django would take for its own.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def own_database() -> str:
    """Return the name of this test process's copy."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    return f"test_{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def point_at(name: str) -> None:
    """Let every role's address lead to the database `name`, in this process and those it starts."""
    for variable in URLS.values():
        os.environ[variable] = with_database(os.environ[variable], name)


# Whoever runs this has the server, and gives it back when standard input ends.
WATCH = """
import sys
from pathlib import Path
from marketplace.project.embedded import FAST, Embedded
from tests import memory
server = Embedded(Path(sys.argv[1]), FAST)
server.start()
print("ready", flush=True)
sys.stdin.read()
server.release()
if not server._answers():
    memory.clear(server)
"""


def watch(folder: Path) -> subprocess.Popen[str]:
    """Start a server, and a process that stops it when this one ends, even by kill -9."""
    watching = subprocess.Popen(
        [sys.executable, "-c", WATCH, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches us, and we end it ourselves
    )
    assert watching.stdout is not None
    watching.stdout.readline()
    return watching


class Run:
    """What a test process starts, and stops when it ends."""

    def __init__(self) -> None:
        self.server: Embedded | None = None
        self.watching: subprocess.Popen[str] | None = None
        self.slot: IO[str] | None = None

    def start(self) -> None:
        if EMBEDDED in os.environ or database.is_embedded():
            os.environ[EMBEDDED] = "yes"
            self._start_embedded()
        else:
            # A given server: its owner must be allowed to create databases.
            for role, variable in URLS.items():
                os.environ[variable] = database.url_of(role)
            os.environ[ADMIN] = os.environ[URLS["owner"]]
        os.environ.update(ENVIRONMENT)
        os.environ[TEMPLATE] = make_template()

    def _start_embedded(self) -> None:
        version = binaries.major(binaries.find(binaries.unprivileged_user()))
        folder = ROOT / ".local" / "test"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, 100):
            # Two runs at once must not share a server: each holds its own for as long as it lives.
            slot = (folder / f"{version}-{number}.lock").open("a")
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                slot.close()
                continue
            self.slot = slot
            self.watching = watch(folder / f"{version}-{number}")
            self.server = Embedded(folder / f"{version}-{number}", FAST)
            self.server.start()
            database.make_roles(self.server)
            for role, variable in URLS.items():
                name = f"{database.NAME}_{role}"
                os.environ[variable] = self.server.url(user=name, database="postgres")
            os.environ[ADMIN] = self.server.url(user="postgres", database="postgres")
            drop_leftovers()
            with admin() as connection:
                memory.prepare(self.server, connection)
            return
        raise SystemExit("A hundred test runs at once are too many.")

    def stop(self) -> None:
        if self.server is not None:
            self.server.release()
        if self.watching is not None:
            self.watching.communicate()
        if self.slot is not None:
            self.slot.close()


@contextlib.contextmanager
def admin() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
        yield connection


def drop_leftovers() -> None:
    """Remove what a killed run left on this server, which is ours alone now."""
    with admin() as connection:
        query = "SELECT datname FROM pg_database WHERE datname ^@ 'test_' OR datname ^@ 'making_'"
        for (name,) in connection.execute(query).fetchall():
            drop(name)


def drop(name: str) -> None:
    with admin() as connection:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))
        # Nothing is swept by itself here, and each copy leaves a thousand rows of who may do what.
        connection.execute("VACUUM pg_catalog.pg_shdepend")


def copy_template(name: str, template: str | None = None) -> None:
    """Make a database like another; like one that was just migrated, unless one is named."""
    with admin() as connection:
        # By file: block by block through the log takes twice as long, and the first to connect
        # would then have to learn the catalogue.
        words = "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy"
        names = [name, owner(), template or os.environ[TEMPLATE]]
        if space := os.environ.get(memory.COPIES_IN):
            words += " TABLESPACE {}"
            names.append(space)
        connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def owner() -> str:
    return urlsplit(os.environ[URLS["owner"]]).username or f"{database.NAME}_owner"


def shape() -> str:
    """Return a digest of everything that decides what a migrated database looks like."""
    digest = hashlib.sha256((ROOT / "requirements" / "app.lock").read_bytes())
    for app in ("marketplace", "bids", "ledger", "api", "frontend"):
        for kind in ("migrations/*.py", "sql/*.sql"):
            for path in sorted((ROOT / app).glob(kind)):
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def make_template() -> str:
    """Return the name of a migrated database; make it unless an earlier run did."""
    template = f"template_{shape()}"
    with admin() as connection:
        names = "SELECT datname FROM pg_database WHERE datname ^@ 'template_'"
        known = {name for (name,) in connection.execute(names).fetchall()}
        if template in known:
            return template
        for old in known:
            drop(old)
        # Made under another name: a run that is killed meanwhile leaves no half-made template.
        making = f"making_{os.getpid()}"
        words = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
        connection.execute(words.format(sql.Identifier(making), sql.Identifier(owner())))
        migrate(making)
        words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(words.format(sql.Identifier(making), sql.Identifier(template)))
    return template


def migrate(name: str) -> None:
    environment = os.environ | {
        variable: with_database(os.environ[variable], name) for variable in URLS.values()
    }
    environment["DATABASE_ROLE"] = "owner"
    words = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"The tests' database cannot be migrated:\n{done.stderr[-3000:]}")


def interrupted(*_: object) -> None:
    """End as Ctrl-C does: in order, and with the server stopped."""
    raise KeyboardInterrupt


_run = Run()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before Django's plugin reads the settings: say where the database is."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        signal.signal(signal.SIGTERM, interrupted)
        signal.signal(signal.SIGHUP, interrupted)
        leftovers.sweep()
    # The first worker takes the server of the process that leads, which runs no test itself.
    if worker is None or (worker != "gw0" and EMBEDDED in os.environ):
        try:
            _run.start()
        except BaseException:
            _run.stop()
            raise
    point_at(own_database())


def pytest_unconfigure(config: pytest.Config) -> None:
    _run.stop()
