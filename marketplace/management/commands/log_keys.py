"""Print the keys by which checkpoints and receipts of the log are checked."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.log.keys import verifier_keys


class Command(BaseCommand):
    help = "Print the log's verifier keys, the current one first. They are no secret."

    def handle(self, *args: Any, **options: Any) -> None:
        for key in verifier_keys():
            self.stdout.write(str(key))
