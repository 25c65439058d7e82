"""`manage.py export_ocds`: the whole record as Open Contracting releases, in constant memory."""

import gzip
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from ledger.exchange.ocds.export.exporting import ExportFilter
from ledger.exchange.ocds.export.packaging import ocds_file
from marketplace.models.people import User
from marketplace.refusals import Refusal
from marketplace.system import the_clock


def moment(text: str) -> datetime:
    """Return the moment that a day or a moment stands for; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day: write it like 2026-11-21") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Write every published job with its bids, choice, work and charges as OCDS 1.1 releases. "
        "What is sealed stays out, whoever asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=moment, help="only what changed since that day (UTC)")
        parser.add_argument("--department", type=UUID, metavar="ID", help="and those below it")
        parser.add_argument("--out", type=Path, metavar="FILE", help="instead of standard output")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--ndjson", action="store_true", help="one release a line, no package")
        form.add_argument("--records", action="store_true", help="a record package")
        parser.add_argument("--gzip", action="store_true", help="pack the file; needs --out")
        parser.add_argument(
            "--as",
            dest="reader",
            metavar="ADDRESS",
            help="what this person may read; without it, what an auditor may",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.began = monotonic()
        out: Path | None = options["out"]
        if options["gzip"] and out is None:
            raise CommandError("Say with --out where the packed file goes.")
        try:
            with one_moment():
                self.write(self.pieces(options), out, packed=options["gzip"])
        except Refusal as refusal:
            raise CommandError(refusal.text) from None
        if out:
            self.stderr.write(f"{out}: {out.stat().st_size:,} bytes")

    def pieces(self, options: dict[str, Any]) -> Iterator[bytes]:
        """Return what is to be written, piece by piece."""
        only = ExportFilter(
            since=options["since"],
            department_id=options["department"],
            include_children=options["department"] is not None,
        )
        form = "lines" if options["ndjson"] else "records" if options["records"] else "releases"
        actor = reader_at(options["reader"]) if options["reader"] else the_clock()
        return ocds_file(actor=actor, at=timezone.now(), form=form, only=only, say=self.say)

    def write(self, written: Iterator[bytes], out: Path | None, *, packed: bool) -> None:
        """Write the pieces to the file, or to standard output."""
        if out is None:
            for piece in written:
                self.stdout.write(piece.decode(), ending="")
            return
        with gzip.open(out, "wb") if packed else out.open("wb") as file:
            for piece in written:
                file.write(piece)

    def say(self, done: int, of: int) -> None:
        """Show the progress to a person; a file or a pipe gets none of it."""
        if not self.stderr.isatty():
            return
        rate = done / max(monotonic() - self.began, 0.001)
        self.stderr.write(f"\r{done:,} of {of:,} jobs, {rate:,.0f} a second ", ending="")
        if done == of:
            self.stderr.write("")
        self.stderr.flush()


def reader_at(address: str) -> User:
    """Return the person who signs in with this address."""
    person = User.objects.filter(email__iexact=address).first()
    if person is None:
        raise CommandError(f"Nobody signs in as {address}.")
    return person


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it stood at one moment, while others go on writing."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
