"""The ways a test may use the database do what tests/README.md says."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from marketplace.project.embedded import FAST, ROOT, Embedded
from tests import leftovers, memory


def asked(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_an_ordinary_test_writes_history_as_replay():
    assert asked("SELECT current_user") == "choicebook_replay"


def test_a_committed_test_is_the_web_and_threads_see_what_it_wrote(committed):
    seen = []

    def look():
        seen.append((asked("SELECT current_user"), asked("SELECT count(*) FROM django_session")))
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('k', 'd', now())")
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [("choicebook_web", 1)]


async def pid_within_a_loop():
    return asked("SELECT pg_backend_pid()")


def test_a_thread_has_one_connection_with_a_loop_or_without(committed):
    """A browser leaves a loop running; a connection from before it is neither hidden nor left."""
    before = asked("SELECT pg_backend_pid()")

    assert asyncio.run(pid_within_a_loop()) == before


@pytest.mark.parametrize("again", [1, 2])
def test_nothing_is_left_of_a_committed_test(committed, again):
    assert asked("SELECT count(*) FROM django_session") == 0

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('k', 'd', now())")


@pytest.mark.parametrize("role", ["web", "worker", "replay"])
def test_no_role_that_serves_may_truncate_or_change_a_table(committed, as_role, role):
    as_role(role)
    for statement in ("TRUNCATE django_session", "DROP TABLE django_session", "CREATE TABLE t ()"):
        with pytest.raises(Exception) as refused, transaction.atomic(), connection.cursor() as c:
            c.execute(statement)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_the_owner_of_every_table_is_the_owner_role(committed):
    owners = "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname='public'"
    assert asked(owners) == "choicebook_owner"


def test_a_run_that_is_killed_leaves_no_server_running(server_folder):
    words = "import os, sys; from pathlib import Path; from tests.database import watch;"
    words += " watch(Path(sys.argv[1])); os.kill(os.getpid(), 9)"

    killed = subprocess.run(
        [sys.executable, "-c", words, str(server_folder)], cwd=ROOT, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    server = Embedded(server_folder, FAST)
    until = time.monotonic() + 60
    while server._answers() and time.monotonic() < until:
        time.sleep(0.1)
    assert not server._answers()
    assert (server.data / "PG_VERSION").exists()  # it had been there


def test_a_copy_lies_in_memory_where_there_is_some_to_spare(committed):
    space = """SELECT spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
               WHERE datname = current_database()"""
    assert asked(space) == os.environ.get(memory.COPIES_IN, "pg_default")


def test_only_the_folders_of_processes_that_are_gone_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mine = leftovers.new_folder()
    theirs = tmp_path / f"{leftovers.PREFIX}{gone.pid}-abc"
    serving = tmp_path / f"{leftovers.PREFIX}{gone.pid}-def"
    (serving / "run" / "data").mkdir(parents=True)
    (serving / "run" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/data\n")
    theirs.mkdir()

    leftovers.sweep()

    assert sorted(tmp_path.iterdir()) == sorted([mine, serving])
