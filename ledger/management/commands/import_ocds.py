"""`manage.py import_ocds`: replay another system's published procedures through the verbs."""

import json
import os
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from ledger.exchange.ocds.importing import Account, take_over
from ledger.exchange.ocds.replay import Fate
from ledger.exchange.ocds.spool import Spool

SHOWN = 40  # problems on a terminal; --json has them all


class Command(BaseCommand):
    help = (
        "Take over OCDS releases of any publisher: packages, records, arrays or one release a "
        "line, gzip or not. What was taken over before is not taken over again."
    )

    # The address book of the pages is no matter of an import, and takes seconds to read.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--in-house",
            type=Path,
            metavar="ID-FILE",
            help="ids of the parties that are teams, one a line; after it, if wanted, the id of "
            "the party whose department the team belongs to",
        )
        parser.add_argument(
            "--workers",
            type=int,
            # One more than cores: each waits for the database, and for the disk at every commit.
            default=min(4, os.cpu_count() or 1) + 1,
            help="processes that share the work (one more than there are cores, 5 at most)",
        )
        parser.add_argument("--json", action="store_true", help="print the account as one object")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in [*options["files"], *filter(None, [options["in_house"]])]:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        in_house = in_house_ids(options["in_house"]) if options["in_house"] else {}
        self.began = monotonic()
        with Spool() as spool, statements_prepared():
            try:
                account = take_over(
                    options["files"],
                    spool,
                    now=timezone.now(),
                    in_house=in_house,
                    workers=self.workers(options["workers"]),
                    say=self.say,
                )
            except KeyboardInterrupt:
                raise CommandError(
                    "Stopped. What was taken over stays; run it again to go on.", returncode=130
                ) from None
            write = self.write_json if options["json"] else self.write_text
            write(account)

    def workers(self, wanted: int) -> int:
        """Return how many processes can share the work: one inside somebody's transaction."""
        return 1 if connection.in_atomic_block else max(1, wanted)

    def say(self, done: int, of: int) -> None:
        """Show the progress to a person; a file or a pipe gets none of it."""
        if not self.stderr.isatty():
            return
        rate = done / max(monotonic() - self.began, 0.001)
        self.stderr.write(f"\r{done:,} of {of:,} procedures, {rate:,.0f} a second ", ending="")
        if done == of:
            self.stderr.write("")
        self.stderr.flush()

    def write_json(self, account: Account) -> None:
        """Write one object; its problems one by one, because there may be any number."""
        head = json.dumps(facts(account), ensure_ascii=False)
        self.stdout.write(head.removesuffix("}") + ', "problems": [', ending="")
        for number, problem in enumerate(account.problems()):
            comma = ", " if number else ""
            self.stdout.write(comma + json.dumps(asdict(problem), ensure_ascii=False), ending="")
        self.stdout.write("]}")

    def write_text(self, account: Account) -> None:
        """Write the account for a person."""
        for name, figure in facts(account).items():
            if isinstance(figure, dict):
                text = ", ".join(f"{code} {minor:,}" for code, minor in figure.items()) or "none"
            else:
                text = f"{figure:,}"
            self.stdout.write(f"{name.replace('_', ' '):<16}{text}")
        count = 0
        for count, problem in enumerate(account.problems(), start=1):
            if count <= SHOWN:
                self.stdout.write(f"  {problem.ocid or '–'} {problem.where}: {problem.why}")
        if count > SHOWN:
            self.stdout.write(f"  … and {count - SHOWN:,} more; --json lists them all.")


@contextmanager
def statements_prepared() -> Iterator[None]:
    """Let the server plan a statement once and run it often: an import asks the same for hours."""
    if connection.in_atomic_block:
        yield
        return
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    connection.close()
    options["server_side_binding"] = True  # what is prepared is for DATABASE_PREPARE to say
    try:
        yield
    finally:
        connection.close()
        options.clear()
        options |= before


def facts(account: Account) -> dict[str, Any]:
    """Return the account in figures: of the releases, and of what stands in the database."""
    found = account.figures()
    return {
        "releases": account.releases,
        **{fate.value: account.fates[fate] for fate in Fate},
        **{field.name: getattr(found, field.name) for field in fields(found)},
    }


def in_house_ids(path: Path) -> dict[str, str]:
    """Return the ids of a file, each with the department's beside it or nothing."""
    found = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        words = re.split(r"[\s,;]+", line.split("#")[0].strip(), maxsplit=1)
        if words[0]:
            found[words[0]] = words[1] if len(words) > 1 else ""
    return found
