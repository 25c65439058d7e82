"""Altering any cell of any table, as a superuser whom no trigger stops."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, connection, connections, transaction

from ledger.record_tables import RECORD, columns_of
from tests.database import ADMIN

# For each type, other values than the one that is there; the first that the database takes counts.
OTHERS = {
    "text": [
        "CASE WHEN coalesce({c}, '') = '' THEN 'x' ELSE left({c}, length({c}) - 1)"
        " || CASE right({c}, 1) WHEN 'x' THEN 'y' ELSE 'x' END END",
    ],
    "bigint": ["coalesce({c}, 0) + 1", "{c} - 1", "{c} * 2"],
    "boolean": ["NOT coalesce({c}, false)"],
    "uuid": ["gen_random_uuid()"],
    "timestamp with time zone": ["coalesce({c}, now()) + interval '1 second'"],
    "date": ["coalesce({c}, current_date) + 1"],
    "bytea": [
        "CASE WHEN coalesce(octet_length({c}), 0) = 0 THEN '\\x01'::bytea"
        " ELSE set_byte({c}, 0, get_byte({c}, 0) # 1) END"
    ],
    "jsonb": ["coalesce({c}, '[]') || '[\"x\"]'", "'{{\"x\": 1}}'"],
    "xid8": ["'9'::xid8", "'8'::xid8"],
    "text[]": ["array_append({c}, 'x')"],
    "bytea[]": ["array_append({c}[2:], '\\x00'::bytea)", "array_append({c}, '\\x00'::bytea)"],
    "timestamp with time zone[]": ["array_append({c}, now())"],
}
SAME = {
    "character varying": "text",
    "smallint": "bigint",
    "integer": "bigint",
    "character varying[]": "text[]",
}


def become_superuser() -> None:
    """Reconnect Django as the server's superuser; the fixture `committed` sets it right again."""
    address = urlsplit(os.environ[ADMIN])
    connections.close_all()
    connections.settings["default"].update(USER=address.username, PASSWORD=address.password or "")


@contextmanager
def past_all_triggers() -> Iterator[None]:
    """Whatever is done in here is undone afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


def alter(table: str, column: str, *, where: str) -> bool:
    """Change one cell; where a rule stands in the way, without the table's rules."""
    if _alter(table, column, where=where):
        return True
    with connection.cursor() as cursor:
        _drop_checks(table, cursor)
    return _alter(table, column, where=where)


def _alter(table: str, column: str, *, where: str) -> bool:
    kind = columns_of(table)[column]
    others = OTHERS[SAME.get(kind, kind)]
    for other in [*others, "NULL"]:
        value = other.format(c=f't."{column}"')
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE {table} AS t SET "{column}" = {value}'
                    f' WHERE ({where}) AND t."{column}" IS DISTINCT FROM {value}'
                )
                if cursor.rowcount == 1:
                    return True
        except IntegrityError:
            continue
    return False


def first_row(table: str) -> str | None:
    """Return the condition on `t` that picks the first row which the record knows, if any."""
    known = RECORD.get(table)
    when = known.when if known else "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.ctid::text FROM {table} AS t WHERE {when} ORDER BY t.ctid LIMIT 1"
        )
        row = cursor.fetchone()
    return f"t.ctid = '{row[0]}'" if row else None


# What a row of a table that the story never reached must say to be let in.
MADE = {
    "boolean": "false",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "'2026-05-01 12:00:00Z'",
    "date": "'2026-05-01'",
    "bytea": "'\\x01'",
    "jsonb": "'[]'",
    "text": "'x'",
    "bigint": "1",
    "text[]": "'{}'",
    "timestamp with time zone[]": "'{}'",
}
MADE_HERE = {
    ("marketplace_words", "text"): "'[redacted]'",
    # A file is part of the record from its job's publication on.
    ("marketplace_jobfile", "job_id"): (
        "(SELECT id FROM marketplace_job WHERE published_at IS NOT NULL LIMIT 1)"
    ),
}
CHECKS = """
SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass
"""


def make_row(table: str) -> None:
    """Put one row into a table past all triggers, and note it as the triggers would."""
    columns = columns_of(table)
    values = ", ".join(
        MADE_HERE.get((table, name)) or MADE[SAME.get(kind, kind)] for name, kind in columns.items()
    )
    names = ", ".join(f'"{name}"' for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        # A row that means nothing breaks rules about meaning; this database is thrown away.
        _drop_checks(table, cursor)
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")
        cursor.execute(
            f"INSERT INTO ledger_unrecordedrow (table_name, key)"
            f" SELECT '{table}', {RECORD[table].key}::text FROM {table}"
        )


def _drop_checks(table: str, cursor: Any) -> None:
    cursor.execute(CHECKS, [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
