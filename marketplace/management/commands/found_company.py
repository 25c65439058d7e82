"""The first person of an empty marketplace."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.people import found_company
from marketplace.project.clock import database_now
from marketplace.refusals import Refusal


class Command(BaseCommand):
    help = "Found the company: its first administrator, who adds everybody else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="Asked for when left out.")
        parser.add_argument("--name", help="Asked for when left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            email = options["email"] or input("E-mail address: ")
            name = options["name"] or input("Name: ")
            password = getpass("Password (12 characters or more): ")
            validate_password(password)
            found_company(email=email, name=name, password=password, at=database_now())
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except EOFError:
            raise CommandError("Nothing was typed, so nothing was done.") from None
        self.stdout.write(f"Founded. Sign in as {email}.")
