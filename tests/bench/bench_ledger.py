# ruff: noqa: T201 - figures are printed
"""
The figures of LEDGER.md, section 5, in one run on one durable server. Printed, never asserted.

    ./dev test -m bench -s tests/bench/bench_ledger.py
    POSTINGS=10000,100000 SECONDS=3 ./dev test -m bench -s tests/bench/bench_ledger.py

django-hordak is installed into an environment of its own under .local/ (the extra `bench` of
pyproject.toml); where that cannot be done, its row says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from ledger.balances import balance
from ledger.books import check_books
from ledger.closing import begin_closing, close_period
from ledger.reports.spend import spend
from ledger.reports.statement import statement
from ledger.reports.trial_balance import trial_balance
from marketplace.log.receipts import receipt
from marketplace.log.sealer import seal
from marketplace.models.events import Event
from marketplace.project import database
from marketplace.project.embedded import ROOT
from marketplace.refusals import Refusal
from tests.bench import writing
from tests.bench.company import Company, fill, found
from tests.proof.processes import apart
from tests.proof.victim import Victim

SIZES = [int(size) for size in os.environ.get("POSTINGS", "10000,100000,1000000").split(",")]
SECONDS = float(os.environ.get("SECONDS", "10"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))


@pytest.fixture
def victim(server_folder: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Victim]:
    """A durable server of its own; the processes of the bench connect to it, this one does not."""
    with django_db_blocker.unblock():
        server = Victim(server_folder, {})
        yield server
        connections.close_all()
        server.server.release()


def inside(victim: Victim, act: Callable[[], Any], role: str = "replay") -> Any:
    """Do something in a process that is connected to the server."""

    def entered() -> Any:
        victim.enter(role)
        return act()

    return apart([entered])[0]


def say(name: str, figure: str, beside: str = "") -> None:
    print(f"{name:<58}{figure:>16}  {beside}", flush=True)


@pytest.mark.bench
def test_the_table_of_the_ledger(victim: Victim, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n" + inside(victim, writing.durability))
        company = inside(victim, found)
        url = victim.server.url(user="postgres", database=database.NAME)
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(writing.BARE)
        entries(victim, company, url)
        for size in SIZES:
            reads(victim, company, size)
        the_end(victim, company)


def rates(victim: Victim, clients: int, turn: Callable[[int], Callable[[], int]]) -> list[float]:
    def entered(client: int) -> Callable[[], int]:
        victim.enter("replay")
        return turn(client)

    return [writing.rate(clients, SECONDS / ROUNDS, entered) for _ in range(ROUNDS)]


def shown(measured: list[float]) -> str:
    return f"{median(measured):,.0f}/s"


def compared(measured: list[float], limit: list[float]) -> str:
    ratio = median(measured) / median(limit)
    return f"{ratio:.2f} ×  (from {min(measured):,.0f} to {max(measured):,.0f})"


def entries(victim: Victim, company: Company, url: str) -> None:
    """Rows 1 to 3: entries one by one and grouped, and awards on one line."""
    for clients in (1, 8):
        bare = rates(victim, clients, writing.bare(company, url))
        ours = rates(victim, clients, writing.ours(company))
        say(f"entry by a bare function, {clients} clients", shown(bare), "the limit")
        say(f"entry through post_entry, {clients} clients", shown(ours), compared(ours, bare))
        theirs = hordak(victim, clients)
        if theirs:
            beside = f"ours is {median(ours) / median(theirs):.1f} ×"
            say(f"entry through django-hordak, {clients} clients", shown(theirs), beside)
        if clients == 1:
            many = rates(victim, 1, writing.grouped(company))
            say("entries, 200 in one transaction", shown(many), compared(many, bare))
    bare = rates(victim, 8, writing.bare_updates(company, url))
    ours = rates(victim, 8, writing.awards(company))
    say("awards on one line by a bare UPDATE, 8 clients", shown(bare), "the limit")
    say("awards on one line through post_entry, 8 clients", shown(ours), compared(ours, bare))


def hordak(victim: Victim, clients: int) -> list[float]:
    """Return entries a second through django-hordak, or nothing where it cannot be installed."""
    environment = ROOT / ".local" / "bench-venv"
    python = environment / "bin" / "python"
    try:
        if not (environment / "installed").exists():
            words = [sys.executable, "-m", "venv", "--clear", str(environment)]
            subprocess.run(words, check=True, capture_output=True)
            words = [str(python), "-m", "pip", "install", "-q", "django-hordak", "psycopg[binary]"]
            subprocess.run(words, check=True, capture_output=True, timeout=300)
            (environment / "installed").touch()
    except (subprocess.SubprocessError, OSError) as reason:
        say("entry through django-hordak", "not measured", f"it cannot be installed: {reason}")
        return []
    with (
        psycopg.connect(
            victim.server.url(user="postgres", database="postgres"), autocommit=True
        ) as owner,
        suppress(psycopg.errors.DuplicateDatabase),
    ):
        owner.execute("CREATE DATABASE hordak")
    script = Path(__file__).with_name("hordak_apart.py")
    words = [str(python), str(script), str(victim.server.socket), "hordak", str(clients)]
    answers = []
    for _ in range(ROUNDS):
        done = subprocess.run(
            [*words, str(SECONDS / ROUNDS)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            say("entry through django-hordak", "not measured", done.stderr[-200:])
            return []
        answers.append(float(done.stdout))
    return answers


def reads(victim: Victim, company: Company, size: int) -> None:
    """Rows 4 to 7: what a reader waits for at this size, and what a posting weighs."""
    begun = perf_counter()
    inside(victim, partial(fill, company, postings=size))
    took = perf_counter() - begun
    print(f"\n{size:,} postings, filled in {took:.0f} s")
    for name, milliseconds in inside(victim, partial(read_all, company), "web").items():
        lowest, middle = min(milliseconds), median(milliseconds)
        say(f"{name}, {size:,} postings", f"{middle:,.1f} ms", f"at least {lowest:,.1f}")
    for name, weight in inside(victim, weights).items():
        say(f"{name}, {size:,} postings", f"{weight:,.0f} bytes")


def read_all(company: Company) -> dict[str, list[float]]:
    fin, place = company.cast.fin, company.cast.marketing.pk
    questions: dict[str, Callable[[], object]] = {
        "balance of an account, now": lambda: balance("2100", "EUR"),
        "balance of an account, a year ago": lambda: balance("2100", "EUR", until_period=202511),
        "statement of a department for a month": lambda: statement(
            actor=fin,
            department_id=place,
            since_on=date(2026, 10, 1),
            until_on=date(2026, 10, 31),
        ),
        "trial balance of a month": lambda: trial_balance(actor=fin, since_period=202610),
        "spend by department, provider and month": lambda: spend(
            actor=fin,
            since_on=date(2024, 12, 1),
            until_on=date(2026, 11, 30),
            group_by=("department", "provider", "month"),
        ),
    }
    return {name: timed(question) for name, question in questions.items()}


def timed(question: Callable[[], object], rounds: int = 7) -> list[float]:
    question()
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        question()
        times.append((perf_counter() - begun) * 1000)
    return times


def weights() -> dict[str, float]:
    """Bytes a posting: the postings with their indexes, and all that the journal takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('ledger_posting')::float / count(*),"
            " (pg_total_relation_size('ledger_posting')"
            " + pg_total_relation_size('ledger_journalentry')"
            " + pg_total_relation_size('ledger_balance'))::float / count(*) FROM ledger_posting"
        )
        postings, journal = cursor.fetchone()
    return {"a posting with its indexes": postings, "a posting with its share of all": journal}


def the_end(victim: Victim, company: Company) -> None:
    """Rows 8 to 11: sealing, a receipt, the whole check, closing a month."""
    sealed, took = inside(victim, seal_all, "worker")
    say(
        "sealing what was recorded", f"{sealed / took:,.0f}/s", f"{sealed:,} events in {took:.1f} s"
    )
    times, length = inside(victim, partial(a_receipt, company), "web")
    say("a receipt", f"{median(times):.1f} ms", f"{length:,} bytes")
    (begun, checked, wrong) = inside(victim, check, "web")
    # The lines of the awards above: promised without a job, so that nothing stands behind them.
    beside = f"{checked:,} rows looked at; {wrong} wrong, the bench's own awards"
    say("checking the books", f"{begun:.1f} s", beside)
    say("closing a month", *inside(victim, partial(close, company), "web"))


def seal_all() -> tuple[int, float]:
    begun, sealed = perf_counter(), 0
    while more := seal(at=datetime.now(UTC)):
        sealed += more
    return sealed, perf_counter() - begun


def a_receipt(company: Company) -> tuple[list[float], int]:
    event = Event.objects.earliest("id")
    ask = partial(receipt, actor=company.cast.ada, event_id=event.pk)
    return timed(ask), len(ask().text)


def check() -> tuple[float, int, int]:
    begun = perf_counter()
    found = check_books()
    return perf_counter() - begun, sum(found.checked.values()), len(found.wrong)


def close(company: Company) -> tuple[str, str]:
    words: dict[str, Any] = {"actor": company.cast.fin, "period_id": 202412}
    begun = perf_counter()
    try:
        begin_closing(**words, at=datetime.now(UTC))
        close_period(**words, at=datetime.now(UTC))
    except Refusal as refusal:
        return "not measured", str(refusal)[:120]
    return f"{perf_counter() - begun:.2f} s", ""
