# ruff: noqa: T201 - figures are printed
"""
How long the record takes to verify, and how much memory that needs. Prints; asserts no time.

    RECORD_EVENTS=1000000 ./dev test -m bench -s tests/bench/bench_record.py
"""

from __future__ import annotations

import os
import resource
from time import perf_counter
from typing import Any

import pytest
from django.db import connection, transaction

from ledger.books import check_books, one_moment
from ledger.record_check import verify_record
from ledger.recording import record_rows
from marketplace.log.sealer import seal
from tests.builders import NOON
from tests.cast import assemble
from tests.ledger.altering import become_superuser

pytestmark = pytest.mark.bench

LINES = 4

EVENTS = """
INSERT INTO marketplace_event (
    kind, actor_id, subject_id, audience, happened_at, body, salt, leaf
)
SELECT 'delivery.accepted', %(actor)s, gen_random_uuid(), 'both', %(at)s, body, salt,
    sha256('\\x00'::bytea || salt || convert_to(body, 'UTF8'))
FROM (
    SELECT uuid_send(gen_random_uuid()) AS salt, '{"actor":"' || gen_random_uuid()
        || '","at":"2026-05-04T12:00:00.000000Z","job":"' || gen_random_uuid()
        || '","kind":"delivery.accepted","subject":"' || gen_random_uuid() || '","v":1}' AS body
    FROM generate_series(1, %(events)s)
) AS made
"""
ENTRIES = """
INSERT INTO ledger_journalentry (
    public_id, kind, period_id, effective_on, posted_at, actor_id, source, occurrence,
    request_hash, memo
)
SELECT gen_random_uuid(), 'charged', 202605, '2026-05-04', %(at)s, %(actor)s, gen_random_uuid(),
    '0', sha256('x'), ''
FROM generate_series(1, %(entries)s)
"""
POSTINGS = """
INSERT INTO ledger_posting (
    entry_id, line, account_id, department_id, currency, debit_minor, credit_minor, job_id,
    award_id, milestone_id, provider_id, period_id
)
SELECT e.id, n, (SELECT id FROM ledger_account WHERE code = CASE n %% 2 WHEN 1 THEN '5200'
    ELSE '2100' END), NULL, 'EUR', CASE n %% 2 WHEN 1 THEN 100 ELSE 0 END,
    CASE n %% 2 WHEN 1 THEN 0 ELSE 100 END, NULL, NULL, NULL, NULL, 202605
FROM ledger_journalentry AS e, generate_series(1, %(lines)s) AS n
"""
BALANCES = """
INSERT INTO ledger_balance (
    account_id, department_id, period_id, currency, stripe, debit_minor, credit_minor
)
SELECT account_id, NULL, 202605, 'EUR', 0, sum(debit_minor), sum(credit_minor)
FROM ledger_posting GROUP BY account_id
"""
NOTES = """
INSERT INTO ledger_unrecordedrow (table_name, key)
SELECT 'ledger_journalentry', id::text FROM ledger_journalentry
UNION ALL SELECT 'ledger_period', id::text FROM ledger_period
"""
PERIOD = """
INSERT INTO ledger_period (id, fiscal_year, starts_on, ends_on, opened_at)
VALUES (202605, 2026, '2026-05-01', '2026-05-31', %(at)s)
"""


def timed(name: str, act: Any) -> Any:
    begun = perf_counter()
    answer = act()
    print(f"{name:<44}{perf_counter() - begun:>9.1f} s")
    return answer


def until_nothing_is_left(act: Any) -> int:
    done = 0
    while more := act():
        done += more
    return done


def fill(actor: object, events: int) -> None:
    words = {
        "actor": actor,
        "at": NOON,
        "events": events,
        "entries": events // LINES,
        "lines": LINES,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (PERIOD, EVENTS, ENTRIES, POSTINGS, BALANCES, NOTES):
            cursor.execute(statement, words)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_how_long_a_record_takes_to_verify(committed: str, as_role: Any) -> None:
    as_role("replay")
    cast = assemble()
    events = int(os.environ.get("RECORD_EVENTS", "20000"))
    become_superuser()
    timed(f"{events:,} events and as many postings made", lambda: fill(cast.fin.pk, events))
    timed("sealed", lambda: until_nothing_is_left(lambda: seal(at=NOON)))
    timed("recorded", lambda: until_nothing_is_left(lambda: record_rows(at=NOON)))
    timed("sealed again", lambda: until_nothing_is_left(lambda: seal(at=NOON)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with one_moment():
        report = timed("verify_record", verify_record)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{'memory that this added':<44}{(after - before) / 1024:>9.1f} MB")
    with one_moment():
        timed("check_books", check_books)
    assert report.ok, report.wrong[:3]
