"""
Statements that a connection prepares once, because each act of the marketplace runs them: Django's
own cursor spells all values into the text, and the database parses and plans it every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def prepared(statement: str, values: Sequence[Any]) -> Any:
    """Run a statement in the caller's transaction, and return its first row."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchone()
