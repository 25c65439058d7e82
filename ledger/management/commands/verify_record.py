"""`manage.py verify_record`: whether the record is what it was, to the last cell."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.books import one_moment
from ledger.management.answers import answer
from ledger.management.progress import ProgressBar
from ledger.record_check import verify_record


class Command(BaseCommand):
    help = (
        "Compare every event, row and figure with the sealed log. Not 0 if anything was altered,"
        " removed, added or reordered; the first wrong row is named. Only a checkpoint that was"
        " kept outside can show that the end of the log was cut off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="FILE",
            help="a checkpoint that was kept outside; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        outside = tuple(_read(Path(name)) for name in options["checkpoint"])
        bar = ProgressBar(self.stderr)
        with one_moment():
            report = verify_record(outside=outside, progress=bar)
        bar.clear()
        answer(report, self.stdout, as_json=options["json"])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise CommandError(f"{path} cannot be read: {reason}") from None
