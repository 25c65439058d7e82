"""Entries a second: through post_entry, grouped, by a bare function, and awards on one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction

from ledger.models.journal import EntryKind
from ledger.posting import (
    About,
    BudgetMove,
    Entry,
    InsufficientFunds,
    Line,
    post_entries,
    post_entry,
)
from marketplace.history import record, recorded_together
from marketplace.models.events import Audience
from marketplace.money import Money
from tests.bench.company import Company
from tests.builders import NOON
from tests.proof.processes import apart

PRICE, FEE = Money(1_000_00, "EUR"), Money(20_00, "EUR")
# The same rows by hand: no checks of business, no canonical body, one call and one commit.
BARE = """
CREATE FUNCTION bench_bare(
    actor uuid, source uuid, place uuid, line uuid, accounts smallint[], body text, salt bytea,
    leaf bytea
) RETURNS void AS $$
#variable_conflict use_column
DECLARE made bigint;
BEGIN
    INSERT INTO ledger_journalentry (
        public_id, kind, period_id, effective_on, posted_at, actor_id, source, occurrence,
        request_hash, memo
    ) VALUES (
        gen_random_uuid(), 'charged', 202603, '2026-03-02', '2026-03-02 12:00Z', actor, source, '0',
        leaf, ''
    ) ON CONFLICT (kind, source, occurrence) DO NOTHING RETURNING id INTO made;
    INSERT INTO ledger_posting (
        entry_id, period_id, line, account_id, department_id, currency, debit_minor, credit_minor,
        budget_line_id
    ) VALUES
        (made, 202603, 1, accounts[1], place, 'EUR', 100000, 0, line),
        (made, 202603, 2, accounts[2], NULL, 'EUR', 0, 100000, NULL),
        (made, 202603, 3, accounts[3], place, 'EUR', 2000, 0, line),
        (made, 202603, 4, accounts[4], NULL, 'EUR', 0, 2000, NULL);
    INSERT INTO ledger_balance (
        account_id, department_id, period_id, currency, stripe, debit_minor, credit_minor
    ) VALUES
        (accounts[2], NULL, 202603, 'EUR', pg_backend_pid() % 16, 0, 100000),
        (accounts[4], NULL, 202603, 'EUR', pg_backend_pid() % 16, 0, 2000),
        (accounts[1], place, 202603, 'EUR', pg_backend_pid() % 16, 100000, 0),
        (accounts[3], place, 202603, 'EUR', pg_backend_pid() % 16, 2000, 0)
    ON CONFLICT (account_id, department_id, period_id, currency, stripe) DO UPDATE SET
        debit_minor = ledger_balance.debit_minor + excluded.debit_minor,
        credit_minor = ledger_balance.credit_minor + excluded.credit_minor;
    INSERT INTO ledger_budgetmovement (
        entry_id, budget_line_id, budget_minor, carried_in_minor, precommitted_minor,
        committed_minor, charged_minor
    ) VALUES (made, line, 0, 0, 0, 0, 102000);
    INSERT INTO ledger_monthlycharge (
        period_id, department_id, account_id, currency, debit_minor, credit_minor, count
    ) VALUES
        (202603, place, accounts[1], 'EUR', 100000, 0, 1),
        (202603, place, accounts[3], 'EUR', 2000, 0, 1)
    ON CONFLICT (period_id, department_id, account_id, category_id, provider_id, currency)
    DO UPDATE SET
        debit_minor = ledger_monthlycharge.debit_minor + excluded.debit_minor,
        count = ledger_monthlycharge.count + excluded.count;
    INSERT INTO marketplace_event (
        kind, actor_id, subject_id, audience, happened_at, body, salt, leaf
    ) VALUES ('bench', actor, source, 'company', '2026-03-02 12:00Z', body, salt, leaf);
    UPDATE ledger_budgetline SET charged_minor = charged_minor + 102000
    WHERE id = line AND available_minor >= 102000;
END;
$$ LANGUAGE plpgsql
"""


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event of the bench is about."""

    id: UUID


def charged(company: Company, client: int) -> Entry:
    """Four postings, fund check, idempotency."""
    line = company.lines[2026][client]
    cost: About = {"department": line.department_id, "budget_line": line.pk}
    return Entry(
        kind=EntryKind.CHARGED,
        source=uuid4(),
        lines=[
            Line.debit("5200", PRICE, **cost),
            Line.credit("2100", PRICE),
            Line.debit("5300", FEE, **cost),
            Line.credit("4200", FEE),
        ],
        budget_moves=[BudgetMove(line.pk, charged=(PRICE + FEE).minor)],
    )


def tell_of(company: Company, entry: Entry) -> None:
    subject = Thing(entry.source)
    record(company.cast.fin, "bench", subject, at=NOON, audience=Audience.COMPANY)


def charge(company: Company, client: int) -> None:
    """One of them, with its event; the caller's transaction."""
    entry = charged(company, client)
    post_entries(actor=company.cast.fin, entries=[entry], at=NOON)
    tell_of(company, entry)


def rate(clients: int, seconds: float, turn: Callable[[int], Callable[[], int]]) -> float:
    """Return how many a second so many processes do together; `turn` makes a client's act."""

    def work(client: int) -> tuple[int, float]:
        act = turn(client)
        act()  # connects, and plans
        begun, done = monotonic(), 0
        while monotonic() < begun + seconds:
            done += act()
        return done, monotonic() - begun

    finished = apart([lambda client=client: work(client) for client in range(clients)])
    return sum(done / took for done, took in finished)


def ours(company: Company) -> Callable[[int], Callable[[], int]]:
    def turn(client: int) -> Callable[[], int]:
        def act() -> int:
            with transaction.atomic():
                charge(company, client)
            return 1

        return act

    return turn


def grouped(company: Company, size: int = 200) -> Callable[[int], Callable[[], int]]:
    def turn(client: int) -> Callable[[], int]:
        def act() -> int:
            with transaction.atomic(), recorded_together():
                entries = [charged(company, client) for _ in range(size)]
                post_entries(actor=company.cast.fin, entries=entries, at=NOON)
                for entry in entries:
                    tell_of(company, entry)
            return size

        return act

    return turn


def bare(company: Company, url: str) -> Callable[[int], Callable[[], int]]:
    """The limit: psycopg alone, a prepared call, one commit each. As the owner of the tables."""

    def turn(client: int) -> Callable[[], int]:
        direct = psycopg.connect(url, autocommit=True)
        line = company.lines[2026][client]
        accounts = [company.accounts[code] for code in ("5200", "2100", "5300", "4200")]
        body, salt = '{"at":"2026-03-02T12:00:00.000000Z","kind":"bench","v":1}', bytes(16)

        def act() -> int:
            source = uuid4()
            leaf = sha256(b"\x00" + salt + source.bytes).digest()
            values = [company.cast.fin.pk, source, line.department_id, line.pk, accounts]
            direct.execute(
                "SELECT bench_bare(%s, %s, %s, %s, %s::smallint[], %s, %s, %s)",
                [*values, body, salt, leaf],
                prepare=True,
            )
            return 1

        return act

    return turn


def awards(company: Company) -> Callable[[int], Callable[[], int]]:
    """Promises of 1,000.00 on one line, until it is empty and after."""
    line = company.lines[2026][10]

    def act() -> int:
        about = {"department": line.department_id}
        try:
            with transaction.atomic():
                post_entry(
                    actor=company.cast.fin,
                    kind=EntryKind.AWARDED,
                    source=uuid4(),
                    at=NOON,
                    lines=[
                        Line.debit("E110", PRICE, **about),
                        Line.credit("E900", PRICE, **about),
                    ],
                    budget_moves=[BudgetMove(line.pk, committed=PRICE.minor)],
                )
        except InsufficientFunds:
            return 0
        return 1

    return lambda _: act


def bare_updates(company: Company, url: str) -> Callable[[int], Callable[[], int]]:
    line = company.lines[2026][11]

    def turn(_: int) -> Callable[[], int]:
        direct = psycopg.connect(url, autocommit=True)

        def act() -> int:
            words = "UPDATE ledger_budgetline SET committed_minor = committed_minor + 100000"
            where = " WHERE id = %s AND available_minor >= 100000"
            return direct.execute(words + where, [line.pk], prepare=True).rowcount

        return act

    return turn


def durability() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(name || ' ' || setting, ', ' ORDER BY name) FROM pg_settings WHERE"
            " name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')"
        )
        return str(cursor.fetchone()[0])
