"""`manage.py rotate_bid_keys`: change the key that wraps the keys of sealed bids."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bids.rotation import rotate_keys
from bids.seals import key_wrapper
from marketplace.project.clock import database_now
from marketplace.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Wrap the key of every bid, draft and file with BID_SEAL_KEY, the old one standing in"
        " BID_SEAL_KEYS_BEFORE; then retire the old one. Restart the site and the worker with both"
        " keys first: meanwhile both are read. No envelope is opened. It can be run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rotate_keys(at=database_now())
        except Refusal as refusal:
            raise CommandError(refusal.text) from None
        # How many there were would tell how many bids there are.
        self.stdout.write(f"Everything sealed here is wrapped by {key_wrapper().name} now.")
        self.stdout.write("Every other key is retired: take BID_SEAL_KEYS_BEFORE away.")
