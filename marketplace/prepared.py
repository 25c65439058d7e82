"""
Statements that a connection prepares once, because each act of the marketplace runs them: Django's
own cursor spells all values into the text, and the database parses and plans it every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

# The driver keeps 100. A job from its draft to its charge takes more than that, and what is dropped
# would be prepared anew for each.
MOST_KEPT = 300


def prepared(statement: str, values: Sequence[Any]) -> Any:
    """Run a statement in the caller's transaction, and return its first row."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchone()


def answered(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a question that is asked often, and return its rows."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def written(statement: str, values: Sequence[Any]) -> int:
    """Run a statement that writes and answers nothing; return how many rows it touched."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@contextmanager
def _cursor() -> Iterator[Any]:
    """A cursor that asks what Django's would ask, and leaves preparing to the connection."""
    if connection.queries_logged or connection.execute_wrappers:  # whoever counts, counts these
        with connection.cursor() as logged:
            yield logged
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw: psycopg.Connection[Any] = connection.connection
    if raw.prepared_max != MOST_KEPT:
        raw.prepared_max = MOST_KEPT
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        yield cursor
