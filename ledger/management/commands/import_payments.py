"""`manage.py import_payments`: record what the company paid past the marketplace."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from ledger.exchange.payments import PaymentsAccount, renamed_in, take_over_payments
from marketplace.money import Money
from marketplace.refusals import Refusal
from marketplace.system import the_importer


class Command(BaseCommand):
    help = (
        "Record payments made outside the marketplace from CSV files, gzip or not. Columns: "
        "department, paid_on, reference, supplier, net, currency; vat and category where known. "
        "A row is recorded once: stopped, run it again and it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--renamed", type=Path, metavar="FILE", help="CSV: a department's name before, and now"
        )
        parser.add_argument(
            "--add-departments", action="store_true", help="register those that are not there"
        )
        parser.add_argument(
            "--add-categories", action="store_true", help="name kinds of work that are not there"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="keep nothing, say what would be"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        renamed = {}
        if options["renamed"]:
            renamed = renamed_in(options["renamed"].read_text(encoding="utf-8").splitlines())
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
            began = monotonic()
            # Kept group by group; a dry run is one transaction, of which nothing is kept.
            with transaction.atomic() if options["dry_run"] else nullcontext():
                account = self._taken(path, renamed, began, options)
                if options["dry_run"]:
                    connection.check_constraints()
                    transaction.set_rollback(True)
            self._tell(path, account, monotonic() - began, is_dry=options["dry_run"])

    def _taken(
        self, path: Path, renamed: dict[str, str], began: float, options: dict[str, Any]
    ) -> PaymentsAccount:
        account = PaymentsAccount()
        try:
            for account in take_over_payments(
                path=path,
                actor=the_importer(),
                at=timezone.now(),
                renamed=renamed,
                adds_departments=options["add_departments"],
                adds_categories=options["add_categories"],
            ):
                seconds = monotonic() - began
                self.stderr.write(
                    f"{path.name}: {account.read:>8} rows, {account.recorded} recorded,"
                    f" {account.refused.total()} refused, {seconds:.0f} s"
                )
        except Refusal as refusal:
            raise CommandError(refusal.text) from None
        except KeyboardInterrupt:
            kept = "Nothing was kept." if options["dry_run"] else "What was recorded stays."
            raise CommandError(
                f"Stopped after {account.read} rows. {kept} Run it again, and it goes on."
            ) from None
        return account

    def _tell(self, path: Path, account: PaymentsAccount, seconds: float, *, is_dry: bool) -> None:
        did = "would be recorded" if is_dry else "recorded"
        self.stdout.write(
            f"{path.name}: {account.recorded} of {account.read} {did}, {seconds:.1f} s"
        )
        for currency, minor in sorted(account.net_minor.items()):
            self.stdout.write(f"  net {Money(minor, currency)}")
        for code, count in sorted(account.refused.items()):
            self.stdout.write(f"  refused {count}: {code}")
        for line, why in account.first_refused:
            self.stdout.write(f"    line {line}: {why}")
        for name in account.departments_added:
            self.stdout.write(f"  added {name}")
        if account.categories_added:
            self.stdout.write(f"  added {len(account.categories_added)} kinds of work")
