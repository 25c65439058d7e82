#!/usr/bin/env python
"""Django's command line. `./dev manage …` runs it in the project's own environment."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.project.settings")

    from marketplace.project import database

    # Settings are read after this, and connect as the role that the command needs.
    os.environ["DATABASE_ROLE"] = database.role_of(sys.argv)
    if len(sys.argv) > 1 and sys.argv[1] not in database.WITHOUT_DATABASE:
        database.prepare()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
