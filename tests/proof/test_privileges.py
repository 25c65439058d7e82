"""
What the application's roles may not do, table by table as the catalogue lists them.

A table that comes tomorrow is a record until it is stated below as one that changes: its rows can
then be neither changed nor removed, by nobody who serves people, runs the clock or imports.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.proof.faults import superuser

ROLES = ("web", "worker", "replay")
# Not ours to freeze: sessions, sign-in, the worker's queue.
FOREIGN = (
    "account_",
    "auth_",
    "django_",
    "mfa_",
    "procrastinate_",
    "socialaccount_",
    "usersessions_",
)
# What people may still change: drafts, places, people, tokens, notices on their way.
WORKING = {
    "bids_biddraft",
    "bids_sealedfile",  # of a draft; one that was submitted is held by its bid
    "ledger_period",
    "ledger_poll",  # when Stripe is read again; nobody deletes it
    "ledger_reportrun",
    "ledger_unrecordedrow",  # a queue: rows leave it when they enter the record
    "marketplace_category",
    "marketplace_criterion",
    "marketplace_department",
    "marketplace_invitation",
    "marketplace_job",
    "marketplace_jobfile",  # of a draft; a trigger holds those of a published job
    "marketplace_jobfilecontent",
    "marketplace_keptanswer",
    "marketplace_mailchoice",
    "marketplace_notice",
    "marketplace_provider",
    "marketplace_provider_categories",
    "marketplace_requestcount",
    "marketplace_token",
    "marketplace_user",
    "marketplace_webhook",
    "marketplace_webhookmessage",
}
# Rows that are finished once: the columns that say so, and no others.
FINISHED_ONCE = {
    "bids_bid": {"withdrawn_at", "confirmed_addendum"},
    "bids_bidaccess": {"recorded_at"},
    "bids_score": {"replaced_at"},
    "bids_agreedscore": {"replaced_at"},
    "bids_finaloffer": {"replaced_at"},
    "ledger_changeorder": {"agreed_at", "agreed_by_id"},
    "ledger_precommitment": {"released_at"},
    "ledger_stripeevent": {"worked_at", "tried", "fault"},
    "marketplace_membership": {"ended_at"},
    "marketplace_officeheld": {"ended_at"},
    "marketplace_panelseat": {"left_at", "left_reason_id"},
    "marketplace_providersuspension": {"ended_at", "ended_by_id", "return_reason_id"},
    "marketplace_vendorinvitation": {
        *("provider_id", "sent_at", "accepted_at", "accepted_by_id"),
        *("withdrawn_at", "withdrawn_by_id"),
    },
    "marketplace_question": {"answer", "answered_at", "answered_by_id"},
    "marketplace_template": {"ended_at", "ended_by_id"},
    "marketplace_words": {"text", "salt", "redacted_at"},  # taken off the record, once
}
# Written by functions that run as their owner, and by nobody else.
WRITTEN_BY_FUNCTIONS = {
    *("ledger_account", "ledger_balance", "ledger_journalentry", "ledger_posting"),
    "django_migrations",
}
COLUMNS = """
SELECT c.relname, a.attname,
    has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE'),
    has_column_privilege(%(role)s, c.oid, a.attnum, 'INSERT'),
    has_table_privilege(%(role)s, c.oid, 'DELETE'),
    has_table_privilege(%(role)s, c.oid, 'TRUNCATE'),
    has_table_privilege(%(role)s, c.oid, 'TRIGGER'),
    pg_get_userbyid(c.relowner) = %(role)s
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""


def may_change(table: str) -> bool:
    return table in WORKING or (table != "django_migrations" and table.startswith(FOREIGN))


@pytest.fixture
def owner(committed: str) -> Iterator[psycopg.Connection]:
    with superuser() as connection:
        yield connection


@pytest.mark.parametrize("role", ROLES)
def test_no_role_may_do_more_than_is_stated(owner: psycopg.Connection, role: str):
    """Red when a table comes without its REVOKE: say so here, or revoke it in its migration."""
    rows = owner.execute(COLUMNS, {"role": f"choicebook_{role}"}).fetchall()
    more: list[str] = []
    for table, column, update, insert, delete, truncate, trigger, owns in rows:
        if truncate or trigger or owns:
            more.append(f"{role} may truncate {table}, hang triggers on it or owns it")
        if delete and not may_change(table):
            more.append(f"{role} may delete from {table}")
        if update and not may_change(table) and column not in FINISHED_ONCE.get(table, set()):
            more.append(f"{role} may update {table}.{column}")
        if insert and table in WRITTEN_BY_FUNCTIONS:
            more.append(f"{role} may insert {table}.{column}")

    assert len(rows) > 300
    assert more == []


@pytest.mark.parametrize("role", ROLES)
def test_each_rewriting_of_a_record_is_refused(owner: psycopg.Connection, role: str):
    """The same by trying: as the role, on every table that is a record."""
    listed = owner.execute(COLUMNS, {"role": f"choicebook_{role}"}).fetchall()
    columns: dict[str, list[str]] = {}
    for table, column, *_ in listed:
        columns.setdefault(table, []).append(column)
    records = {table: names for table, names in columns.items() if not may_change(table)}
    owner.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(f"choicebook_{role}")))
    tried = 0
    for table, names in records.items():
        frozen = [name for name in names if name not in FINISHED_ONCE.get(table, set())]
        attempts = [("DELETE FROM {}", []), ("TRUNCATE {}", []), ("DROP TABLE {}", [])]
        attempts += [("UPDATE {} SET {} = DEFAULT", [name]) for name in frozen]
        for words, names_ in attempts:
            statement = sql.SQL(words).format(*map(sql.Identifier, [table, *names_]))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(statement)
            tried += 1

    assert {"ledger_posting", "ledger_award", "marketplace_event", "bids_openedprice"} <= set(
        records
    )
    assert tried > 200


def test_who_owns_the_tables_cannot_rewrite_a_record_by_accident(owner: psycopg.Connection):
    """Behind the privileges stands a trigger: whoever may change a record must drop it first."""
    guarded = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.relkind = 'r'"
        " AND EXISTS (SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = c.oid AND p.proname = 'choicebook_refuse_rewriting'"
        " AND t.tgtype & 1 = 1)"
    ).fetchall()
    unguarded = []
    for (table,) in guarded:
        statement = sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table))
        with contextlib.suppress(psycopg.errors.RestrictViolation):
            owner.execute(statement)
            unguarded.append(table)

    assert len(guarded) > 20
    assert unguarded == []
