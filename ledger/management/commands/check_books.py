"""`manage.py check_books`: whether the books hold, to the last unit."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ledger.books import check_books, one_moment
from ledger.management.answers import answer
from ledger.management.progress import ProgressBar


class Command(BaseCommand):
    help = "Compare balances, commitments and budgets with the postings. Not 0 if any differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bar = ProgressBar(self.stderr)
        with one_moment():
            report = check_books(progress=bar)
        bar.clear()
        answer(report, self.stdout, as_json=options["json"])
