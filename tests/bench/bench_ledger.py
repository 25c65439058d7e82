# ruff: noqa: T201 - figures are printed
"""
The figures of LEDGER.md, section 5, in one run on one durable server. Printed, never asserted.

    ./dev test -m bench -s tests/bench/bench_ledger.py
    POSTINGS=10000,100000 SECONDS=3 ./dev test -m bench -s tests/bench/bench_ledger.py
    POSTINGS=10000,1000000,10000000 ./dev test -m bench -s tests/bench/bench_ledger.py

Beside each figure stands what it should be, and by how much it misses that.

django-hordak is installed into an environment of its own under .local/ (the extra `bench` of
pyproject.toml); where that cannot be done, its row says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from hashlib import md5
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

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
from tests.bench import filling, writing
from tests.bench.company import Company, found
from tests.bench.filling import fill
from tests.proof.processes import apart
from tests.proof.victim import Victim

SIZES = [int(size) for size in os.environ.get("POSTINGS", "10000,100000,1000000").split(",")]
SECONDS = float(os.environ.get("SECONDS", "10"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PATTERN = "pattern"
CLOSED, OPEN = date(2026, 9, 1), date(2026, 10, 1)  # the books are closed up to September


@pytest.fixture
def victim(server_folder: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Victim]:
    """A durable server of its own; the processes of the bench connect to it, this one does not."""
    with django_db_blocker.unblock():
        server = Victim(server_folder, {})
        yield server
        connections.close_all()
        server.server.release()


def inside(
    victim: Victim, act: Callable[[], Any], role: str = "replay", name: str = database.NAME
) -> Any:
    """Do something in a process that is connected to a database of the server."""

    def entered() -> Any:
        victim.enter(role)
        connections.settings["default"]["NAME"] = name
        return act()

    return apart([entered])[0]


def say(
    name: str,
    figure: str,
    beside: str = "",
    *,
    at_least: tuple[float, float] | None = None,
    at_most: tuple[float, float] | None = None,
) -> None:
    """Print a row; with what was measured and what it should be, whether that was reached."""
    verdict = ""
    if at_least:
        value, wanted = at_least
        verdict = f"≥ {wanted:g} " + ("met" if value >= wanted else f"missed, {value / wanted:.0%}")
    if at_most:
        value, wanted = at_most
        verdict = f"≤ {wanted:g} " + ("met" if value <= wanted else f"missed, {value / wanted:.0%}")
    print(f"{name:<58}{figure:>16}  {verdict:<20}{beside}", flush=True)


@pytest.mark.bench
def test_the_table_of_the_ledger(victim: Victim, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n" + inside(victim, writing.durability))
        company = inside(victim, found)
        url = victim.server.url(user="postgres", database=database.NAME)
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(writing.BARE)
        copy(victim, database.NAME, PATTERN)
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
        ratio = median(ours) / median(bare)
        words = {"at_least": (ratio, 0.5)}
        name = f"entry through post_entry, {clients} clients"
        say(name, shown(ours), compared(ours, bare), **words)
        theirs = hordak(victim, clients)
        if theirs:
            times = median(ours) / median(theirs)
            name = f"entry through django-hordak, {clients} clients"
            say(name, shown(theirs), f"ours is {times:.1f} ×", at_least=(times, 2.5))
        if clients == 1:
            many = rates(victim, 1, writing.grouped(company))
            ratio = median(many) / median(bare)
            name = "entries, 200 in one post_entries and one commit"
            say(name, shown(many), compared(many, bare), at_least=(ratio, 3))
    bare = rates(victim, 8, writing.bare_updates(company, url))
    ours = rates(victim, 8, writing.awards(company))
    say("awards on one line by a bare UPDATE, 8 clients", shown(bare), "the limit")
    ratio = median(ours) / median(bare)
    name = "awards on one line through post_entry, 8 clients"
    say(name, shown(ours), compared(ours, bare), at_least=(ratio, 0.5))


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


def copy(victim: Victim, name: str, to: str) -> None:
    with psycopg.connect(
        victim.server.url(user="postgres", database="postgres"), autocommit=True
    ) as owner:
        owner.execute(f"CREATE DATABASE {to} TEMPLATE {name}")  # type: ignore[arg-type]


def reads(victim: Victim, company: Company, size: int) -> None:
    """Rows 4 to 8: what a reader waits for at this size, what a posting weighs, closing a month."""
    begun, name = perf_counter(), f"books_{size}"
    copy(victim, PATTERN, name)
    with psycopg.connect(
        victim.server.url(user="postgres", database=name), autocommit=True
    ) as owner:
        fill(owner, filling.Company(size))
    print(f"\n{size:,} postings, filled in {perf_counter() - begun:.0f} s")
    asked = inside(victim, partial(read_all, company), "web", name)
    for what, (wanted, milliseconds) in asked.items():
        middle = median(milliseconds)
        beside = f"at least {min(milliseconds):,.1f}"
        say(f"{what}, {size:,}", f"{middle:,.1f} ms", beside, at_most=(middle, wanted))
    for what, (wanted, weight) in inside(victim, weights, name=name).items():
        at_most = (weight, wanted) if wanted else None
        say(f"{what}, {size:,}", f"{weight:,.0f} bytes", at_most=at_most)
    took, wrong = inside(victim, check, "web", name)
    say(f"checking the books, {size:,}", f"{took:.1f} s", f"{wrong} wrong", at_most=(took, 60))
    took, beside = inside(victim, partial(close, company), "web", name)
    say(f"closing a month of {size // 24:,}", f"{took:.2f} s", beside, at_most=(took, 60))


def read_all(company: Company) -> dict[str, tuple[float, list[float]]]:
    """Return for each question the milliseconds that it should take, and those it took."""
    fin, place = company.cast.fin, UUID(md5(b"department1").hexdigest())

    def of_month(first: date) -> object:
        until = first.replace(day=monthrange(first.year, first.month)[1])
        return statement(actor=fin, department_id=place, since_on=first, until_on=until)

    questions: dict[str, tuple[float, Callable[[], object]]] = {
        "balance of an account, now": (5, lambda: balance("2100", "EUR")),
        "balance of an account, a year ago": (
            5,
            lambda: balance("2100", "EUR", until_period=202511),
        ),
        "statement of a department, open month": (100, lambda: of_month(OPEN)),
        "statement of a department, closed month": (50, lambda: of_month(CLOSED)),
        "trial balance, open month": (100, lambda: trial_balance(actor=fin, since_period=202610)),
        "trial balance, closed month": (50, lambda: trial_balance(actor=fin, since_period=202609)),
        "spend by department, provider and month": (
            73,
            lambda: spend(
                actor=fin,
                since_on=date(2024, 12, 1),
                until_on=date(2026, 11, 30),
                group_by=("department", "provider", "month"),
            ),
        ),
    }
    return {name: (wanted, timed(question)) for name, (wanted, question) in questions.items()}


def timed(question: Callable[[], object], rounds: int = 7) -> list[float]:
    question()
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        question()
        times.append((perf_counter() - begun) * 1000)
    return times


def weights() -> dict[str, tuple[float | None, float]]:
    """Bytes a posting: the postings with their indexes, and all that the journal takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('ledger_posting')::float / count(*),"
            " (pg_total_relation_size('ledger_posting')"
            " + pg_total_relation_size('ledger_journalentry')"
            " + pg_total_relation_size('ledger_balance'))::float / count(*) FROM ledger_posting"
        )
        postings, journal = cursor.fetchone()
    return {"a posting with its indexes": (250, postings), "and its share of all": (None, journal)}


def the_end(victim: Victim, company: Company) -> None:
    """The last rows: sealing, and a receipt."""
    sealed, took = inside(victim, seal_all, "worker")
    say(
        "sealing what was recorded", f"{sealed / took:,.0f}/s", f"{sealed:,} events in {took:.1f} s"
    )
    times, length = inside(victim, partial(a_receipt, company), "web")
    say("a receipt", f"{median(times):.1f} ms", f"{length:,} bytes", at_most=(median(times), 5))


def seal_all() -> tuple[int, float]:
    begun, sealed = perf_counter(), 0
    while more := seal(at=datetime.now(UTC)):
        sealed += more
    return sealed, perf_counter() - begun


def a_receipt(company: Company) -> tuple[list[float], int]:
    event = Event.objects.earliest("id")
    ask = partial(receipt, actor=company.cast.ada, event_id=event.pk)
    return timed(ask), len(ask().text)


def check() -> tuple[float, int]:
    begun = perf_counter()
    found = check_books()
    return perf_counter() - begun, len(found.wrong)


def close(company: Company) -> tuple[float, str]:
    words: dict[str, Any] = {"actor": company.cast.fin, "period_id": 202610}
    begun, beside = perf_counter(), ""
    try:
        begin_closing(**words, at=datetime.now(UTC))
        close_period(**words, at=datetime.now(UTC))
    except Refusal as refusal:
        beside = f"refused: {str(refusal)[:120]}"
    return perf_counter() - begun, beside
