"""The embedded PostgreSQL survives what happens to it, and refuses what it must not touch."""

import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.project import binaries
from marketplace.project.binaries import CannotStart
from marketplace.project.embedded import DURABLE, FAST, Embedded


@pytest.fixture
def folder(server_folder) -> Path:
    return server_folder


@pytest.fixture
def server(folder) -> Iterator[Embedded]:
    server = Embedded(folder, FAST)
    server.start()
    yield server
    server.release()


def asked(server, question):
    with psycopg.connect(server.url(user="postgres", database="postgres")) as connection:
        return connection.execute(question).fetchone()[0]


def number(server) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n")[0])


def kill(server) -> None:
    pid = number(server)
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if not server._answers():
            return
        time.sleep(0.05)


def test_it_answers_on_a_socket_that_is_its_owners_alone(server):
    assert asked(server, "SELECT 1") == 1
    assert asked(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_it_knows_umlauts_and_sorts_alike_everywhere(server):
    assert asked(server, "SELECT lower('ÄÖÜ')") == "äöü"
    assert asked(server, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C"


def test_starting_twice_is_one_server(server):
    first = number(server)

    server.start()

    assert number(server) == first


def test_the_last_one_to_leave_stops_it(folder, server):
    other = Embedded(folder, FAST)
    other.start()

    other.release()
    assert asked(server, "SELECT 1") == 1
    server.release()

    assert not (server.data / "postmaster.pid").exists()


def test_what_was_confirmed_stays_when_it_is_killed(durable):
    url = durable.url(user="postgres", database="postgres")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    kill(durable)

    durable.start()

    assert asked(durable, "SELECT count(*) FROM kept") == 1000


def test_a_number_taken_over_by_another_program_is_no_running_server(server):
    kill(server)
    with subprocess.Popen(["sleep", "60"]) as another:
        file = server.data / "postmaster.pid"
        lines = file.read_text().split("\n")
        file.write_text("\n".join([str(another.pid), *lines[1:]]))

        server.start()

        assert asked(server, "SELECT 1") == 1
        assert another.poll() is None
        another.kill()


@pytest.mark.parametrize("content", ["", "99", "not a number"])
def test_a_cut_number_file_is_no_running_server(server, content):
    kill(server)
    (server.data / "postmaster.pid").write_text(content)

    server.start()

    assert asked(server, "SELECT 1") == 1


def test_a_folder_half_made_is_made_anew(folder):
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("18\n")
    server = Embedded(folder, FAST)

    server.start()

    assert asked(server, "SELECT 1") == 1
    server.release()


def test_data_of_another_major_version_are_refused_and_kept(server):
    server.release()
    (server.data / "PG_VERSION").write_text("14\n")

    with pytest.raises(CannotStart, match="made by PostgreSQL 14"):
        server.start()

    assert (server.data / "base").exists()
    (server.data / "PG_VERSION").write_text(binaries.major(binaries.find(server.user)) + "\n")


def test_a_long_path_with_spaces_works(folder):
    server = Embedded(folder / ("a long name " * 8).strip() / "run", FAST)

    server.start()

    assert asked(server, "SELECT 1") == 1
    server.release()


def test_several_processes_at_once_start_one_server(folder):
    code = (
        "import sys; from pathlib import Path;"
        "from marketplace.project.embedded import FAST, Embedded;"
        f"server = Embedded(Path({str(folder)!r}), FAST); server.start();"
        "print((server.data / 'postmaster.pid').read_text().split()[0], flush=True);"
        "sys.stdin.read(); server.release()"
    )
    words = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(words, **pipes) for _ in range(4)]

    numbers = {process.stdout.readline() for process in processes}
    for process in processes:
        process.communicate()

    assert len(numbers) == 1
    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_folder_that_somebody_else_filled_is_not_trusted(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)

    with pytest.raises(CannotStart, match="somebody else"):
        binaries._own_folder(shared)


def test_a_link_is_no_folder_of_ours(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)

    with pytest.raises(CannotStart):
        binaries.private_folder(tmp_path / "link", None)


def test_a_given_folder_without_a_server_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("PG_BIN", str(tmp_path))

    with pytest.raises(CannotStart, match="initdb"):
        binaries._found()


def test_two_test_runs_do_not_share_a_server():
    held = [path for path in Path(".local/test").glob("*.lock") if is_locked(path)]

    assert held


def is_locked(path: Path) -> bool:
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_durable_server_flushes_what_it_confirms(durable):
    assert asked(durable, "SHOW fsync") == "on"
    assert asked(durable, "SHOW synchronous_commit") == "on"
    assert "fsync" not in DURABLE
