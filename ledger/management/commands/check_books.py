"""`manage.py check_books`: whether the books hold, to the last unit."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from ledger.books import check_books


class Command(BaseCommand):
    help = "Compare balances, commitments and budgets with the postings. Not 0 if any differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            # All checks read one moment of the books, while others go on writing.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            report = check_books(progress=lambda name: self.stderr.write(f"checking that {name}"))
        if options["json"]:
            answer = {"ok": report.ok, "checked": report.checked, "wrong": list(report.wrong)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for name, count in report.checked.items():
                self.stdout.write(f"{count:>10,} rows: {name}")
            for words in report.wrong:
                self.stdout.write(f"WRONG: {words}")
        if not report.ok:
            raise CommandError(f"{len(report.wrong)} rows are wrong; the first: {report.wrong[0]}")
