"""
Faults, put into a test's own database to see a proof go red.

A proof that has never failed proves nothing. Each fault takes away one thing that holds the
books, by changing the text of a database function as its owner, and puts it back.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psycopg
from django.db import connection

from tests.database import ADMIN, with_database


@dataclass(frozen=True)
class Fault:
    """What is replaced in which function, and which constraints stand in the fault's way."""

    function: str
    replaced: Sequence[tuple[str, str]] = ()
    dropped: Sequence[str] = field(default=())


FAULTS = {
    "no fund check": Fault(
        "ledger_post_entries",
        [("control <> 'hard'", "true")],
        ["ALTER TABLE ledger_budgetline DROP CONSTRAINT a_hard_budget_is_not_overspent"],
    ),
    # What was read before a wait is written back after it: the updates of others are lost.
    "balances read before they are written": Fault(
        "ledger_post_entries",
        [
            (
                "debit_minor = ledger_balance.debit_minor + excluded.debit_minor",
                "debit_minor = coalesce((SELECT b.debit_minor FROM ledger_balance AS b"
                " WHERE b.id = ledger_balance.id), 0) + excluded.debit_minor",
            ),
            ("pg_backend_pid() % 16", "0"),
        ],
    ),
    # Whoever tells a fact again, because the answer got lost, books it a second time.
    "nobody claims a fact": Fault(
        "ledger_post_entries",
        [("ON CONFLICT (kind, source, occurrence) DO NOTHING", "")],
        ["ALTER TABLE ledger_journalentry DROP CONSTRAINT a_fact_is_booked_once"],
    ),
}


def superuser() -> psycopg.Connection:
    """A connection that may do anything to the test's database."""
    name = connection.settings_dict["NAME"]
    return psycopg.connect(with_database(os.environ[ADMIN], name), autocommit=True)


@contextlib.contextmanager
def broken(name: str) -> Iterator[None]:
    """The committed database without what the fault takes away. It is dropped afterwards."""
    with superuser() as owner:
        put_in(name, owner)
    yield


def put_in(name: str, owner: psycopg.Connection) -> None:
    """Take away what the fault takes away, as the owner of the functions and tables."""
    fault = FAULTS[name]
    query = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s"
    ((text,),) = owner.execute(query, [fault.function]).fetchall()
    for good, bad in fault.replaced:
        assert good in text, f"The fault “{name}” no longer finds “{good}”."
        text = text.replace(good, bad)
    owner.execute(text)
    for statement in fault.dropped:
        owner.execute(statement)
