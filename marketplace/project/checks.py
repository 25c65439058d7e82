"""Checks at the start: what would quietly take the walls away stops it."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.utils.module_loading import import_string

from marketplace.project.clock import database_now
from marketplace.refusals import Refusal

STRONG = """
SELECT r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, c.relowner, 'MEMBER')
FROM pg_roles r, pg_class c
WHERE r.rolname = current_user AND c.oid = to_regclass('django_migrations')
"""


def refuse_a_strong_role() -> None:
    """
    Stop a web process that connects as the owner of the tables, or as a superuser.

    The record is append-only by privilege and by trigger; an owner can drop both.
    A database that cannot be asked now is left to /readyz.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(STRONG)
            row = cursor.fetchone()
    except Error:
        return
    finally:
        connection.close()
    if row and row[0]:
        raise ImproperlyConfigured(
            "The web process connects to the database as the owner of the tables. Give it the role "
            "choicebook_web in DATABASE_URL, and the owner's address in DATABASE_OWNER_URL."
        )


def refuse_a_wrong_key() -> None:
    """
    Stop a process that was given another key than the one that bids here are sealed with.

    It would seal new bids so that the right process could not open them.
    """
    try:
        for name in settings.AT_START:
            import_string(name)(at=database_now())
    except Refusal as refusal:
        raise ImproperlyConfigured(refusal.text) from None
    except Error:
        return  # left to /readyz, as above
    finally:
        if not connection.in_atomic_block:  # a caller's transaction is the caller's
            connection.close()
