"""Say that the database was restored, so that sealing goes on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.log.sealer import backlog, raise_epoch
from marketplace.project.clock import database_now


class Command(BaseCommand):
    help = "After a dump and restore: seal all that was restored, then what comes after it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="What happened, for who reads later.")
        parser.add_argument(
            "--even-so", action="store_true", help="Even where the database counts on as before."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (backlog().is_counting_anew or options["even_so"]):
            raise CommandError(
                "This database counts its transactions on as before; nothing needs to be raised."
                " If you know better, say --even-so."
            )
        number = raise_epoch(reason=options["reason"], at=database_now())
        self.stdout.write(f"Epoch {number} has begun. The worker goes on sealing by itself.")
