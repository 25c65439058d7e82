"""What the database holds of the money, in one question each: figures, truth, and every row."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
from django.db import connection

from ledger.books import CHECKS

FIGURES = """
SELECT l.fiscal_year || ' ' || d.name, l.budget_minor, l.carried_in_minor, l.precommitted_minor,
        l.committed_minor, l.charged_minor
    FROM ledger_budgetline AS l JOIN marketplace_department AS d ON d.id = l.department_id
UNION ALL
SELECT a.code, sum(b.debit_minor - b.credit_minor)::bigint, 0, 0, 0, 0
    FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id GROUP BY a.code
UNION ALL
SELECT a.job_id::text, sum(c.open_minor)::bigint, 0, 0, 0, 0
    FROM ledger_commitment AS c JOIN ledger_award AS a ON a.id = c.award_id GROUP BY a.job_id
"""
# Whatever a verb of the ledger may write.
TABLES = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND (
    c.relname ^@ 'ledger_' AND c.relname <> 'ledger_account'
    OR c.relname IN (
        'marketplace_job', 'marketplace_event', 'marketplace_notice', 'marketplace_words'
    )
) ORDER BY c.relname
"""


def ask(question: str) -> list[tuple[Any, ...]]:
    """Return the rows; the server plans the question once, however often it is asked."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection).execute(question, prepare=True).fetchall()


def figures() -> dict[str, tuple[int, ...]]:
    """Return the budget line, what stands on each account, what is open of each job's promise."""
    return {name: tuple(numbers) for name, *numbers in ask(FIGURES) if any(numbers)}


@cache
def _truth() -> str:
    return " UNION ALL ".join(f"(SELECT * FROM ({check.sql}) AS q (words))" for check in CHECKS)


def untruths() -> list[str]:
    """Return where what is stored is not what was posted."""
    return [words for (words,) in ask(_truth())]


def month(period: int) -> list[tuple[Any, ...]]:
    """Return what stands in one month: nothing of it moves any more once it is closed."""
    return ask(
        "SELECT count(DISTINCT p.entry_id), count(*), sum(hash_record_extended(p, 0))"
        f" FROM ledger_posting AS p WHERE p.period_id = {period:d}"
    )


@cache
def _rows() -> str:
    rows = " UNION ALL ".join(
        f"SELECT '{table} ' || count(*) || ' '"
        " || coalesce(sum(hash_record_extended((ctid, xmin), 0)), 0)"
        f" FROM {table}"
        for (table,) in ask(TABLES)
    )
    return f"SELECT string_agg(words, ',' ORDER BY words) FROM ({rows}) AS all_tables (words)"


def every_row() -> str:
    """
    Return which version of every row stands in every table that the ledger's verbs write.

    No byte of a row changes without a new version of it, which has another place or another
    writer; so there is no need to read what is in it.
    """
    return str(ask(_rows())[0][0])
