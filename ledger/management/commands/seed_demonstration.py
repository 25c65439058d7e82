"""`manage.py seed_demonstration`: a company at work, with a year behind it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger.demonstration.company import ADMINISTRATOR, PASSWORD, PEOPLE
from ledger.demonstration.founding import address
from ledger.demonstration.history import tell_history
from marketplace.people import CompanyFounded


class Command(BaseCommand):
    help = "Found the demonstration company, unless there is a company already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", action="store_true", help="print whom to sign in as")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["people"]:
            self.print_people()
            return
        try:
            tell_history(now=timezone.now(), say=self.stderr.write)
        except CompanyFounded:
            self.stdout.write("There is a company already; nothing was added.")
            return
        self.stdout.write("Northmere Instruments is open, with a year of history.")

    def print_people(self) -> None:
        shown = [person for person in (*PEOPLE, ADMINISTRATOR) if person.shown]
        for person in shown:
            self.stdout.write(f"  {address(person):<24} {person.name:<14} {person.shown}")
        self.stdout.write(f"  The password of all of them: {PASSWORD}")
