"""`manage.py restore_drill`: whether a dump and the escrowed key are enough to open every bid."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bids.drill import findings
from marketplace.project import binaries, database
from marketplace.project.embedded import FAST, ROOT, Embedded

KEPT = ("BID_SEAL_KEY", "RECEIPT_KEY", "LOG_KEY", "SECRET_KEY")
BEFORE = ("BID_SEAL_KEYS_BEFORE", "RECEIPT_KEYS_BEFORE")


class Command(BaseCommand):
    help = (
        "Take a dump, restore it into a scratch server beside this one, and open all that is"
        " sealed there with the escrowed key, in memory alone. Not 0 if anything does not open."
        " It writes nothing into the real database and tells no number of bids."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--key-file", type=Path, help="where the escrowed key lies; else BID_SEAL_KEY"
        )
        parser.add_argument(
            "--dump", type=Path, help="a dump that was made already (pg_dump --format=custom)"
        )
        parser.add_argument(
            "--here", action="store_true", help="only open what lies in this very database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["here"]:
            self._open()
            return
        began = time.monotonic()
        tools = binaries.find(binaries.unprivileged_user())
        for name in ("pg_dump", "pg_restore"):
            if not (tools / name).exists():
                raise CommandError(f"There is no {name} beside this PostgreSQL: install it first.")
        with tempfile.TemporaryDirectory(prefix="choicebook-drill-") as folder:
            Path(folder).chmod(0o755)
            dump = options["dump"] or self._dump(tools, Path(folder) / "dump")
            server = Embedded(Path(folder) / "server", FAST)
            server.start()
            try:
                self._restore(tools, server, dump)
                self._open_there(server, options["key_file"])
            finally:
                server.release()
        seconds = round(time.monotonic() - began)
        self.stdout.write(f"The drill passed in {seconds} s: this dump and this key are enough.")

    def _dump(self, tools: Path, dump: Path) -> Path:
        words = ["--format=custom", f"--file={dump}", f"--dbname={database.url_of('owner')}"]
        self._run([str(tools / "pg_dump"), *words], "The dump failed")
        self.stdout.write(f"Dumped: {dump.stat().st_size:,} bytes.")
        return dump

    def _restore(self, tools: Path, server: Embedded, dump: Path) -> None:
        database.make_roles(server)
        database.make_database(server, database.NAME)
        url = server.url(user="postgres", database=database.NAME)
        words = ["--exit-on-error", "--no-comments", f"--dbname={url}", str(dump)]
        self._run([str(tools / "pg_restore"), *words], "The dump cannot be restored")
        self.stdout.write("Restored into a scratch server.")

    def _open_there(self, server: Embedded, key_file: Path | None) -> None:
        url = server.url(user=f"{database.NAME}_owner", database=database.NAME)
        told = _settings()
        if key_file is not None:
            told["BID_SEAL_KEY"] = key_file.read_text(encoding="ascii").strip()
            told["BID_SEAL_KEYS_BEFORE"] = ""
        # A key may have come from a file; here it is told outright, and not by both ways.
        theirs = {k: v for k, v in os.environ.items() if k.removesuffix("_FILE") not in told}
        environment = theirs | told
        environment |= {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DATABASE_ROLE": "owner"}
        words = [sys.executable, str(ROOT / "manage.py"), "restore_drill", "--here"]
        self._run(words, "Not all that is sealed opens", environment)
        self.stdout.write("All that is sealed there opens, and matches its receipt.")

    def _open(self) -> None:
        found = list(findings())
        for one in found:
            self.stderr.write(f"{one.what}: {one.why}")
        if found:
            raise CommandError("Not all that is sealed here opens with this key.")

    def _run(
        self, words: Sequence[str], trouble: str, environment: dict[str, str] | None = None
    ) -> None:
        done = subprocess.run(  # noqa: S603 - our own words
            words, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CommandError(f"{trouble}:\n{done.stderr.strip()[-2000:]}")


def _settings() -> dict[str, str]:
    """Return what the other process needs to know of this one's settings."""
    told = {name: getattr(settings, name) for name in KEPT}
    told |= {name: ",".join(getattr(settings, name)) for name in BEFORE}
    return told | {"SITE_URL": settings.SITE_URL, "ALLOWED_HOSTS": ",".join(settings.ALLOWED_HOSTS)}
