# ruff: noqa: T201 - figures are printed
"""
The API under load: a company of a million postings, 38,000 jobs and twice as many bids, asked 20
times a second over the loopback; and what each answer costs beside a bare Django view that runs
the same SQL in the same server. Printed, never asserted but for the answers being right.

    ./dev test -m bench -s tests/bench/bench_api.py
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from pathlib import Path
from socket import create_server
from statistics import median, quantiles
from time import perf_counter
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.project import database
from marketplace.project.embedded import ROOT
from marketplace.tokens import issue_token, scopes
from tests.bench import filling
from tests.bench.bench_ledger import inside, victim
from tests.bench.company import Company, found
from tests.bench.filling import fill
from tests.proof.processes import apart
from tests.proof.victim import Victim

__all__ = ["victim"]
POSTINGS = int(os.environ.get("POSTINGS", "1000000"))
SECONDS, PER_SECOND, ROUNDS = int(os.environ.get("SECONDS", "30")), 20, 30
PLACE, PROVIDER = (UUID(md5(name).hexdigest()) for name in (b"department1", b"provider1"))
JOB = UUID(md5(b"job100").hexdigest())
ONE, LIST, REPORT = 100, 200, 150  # milliseconds that 95 of 100 may take


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    within: int
    who: str
    path: str


QUESTIONS = (
    Question("one job", ONE, "fin", f"jobs/{JOB}/"),
    Question("one provider", ONE, "fin", f"providers/{PROVIDER}/"),
    Question("who I am", ONE, "fin", "me/"),
    Question("fifty jobs", LIST, "fin", "jobs/?limit=50"),
    Question("fifty of a bidder's bids", LIST, "vera", "bids/?limit=50"),
    Question("fifty choices", LIST, "fin", "reports/choices/?period=202610&limit=50"),
    Question("fifty lines of the journal", LIST, "fin", "reports/journal/?period=202610&limit=50"),
    Question(
        "a department's month",
        REPORT,
        "fin",
        f"reports/department-statement/?department={PLACE}&period=202610",
    ),
    Question("a month's trial balance", REPORT, "fin", "reports/trial-balance/?period=202610"),
    Question(
        "a month's spend",
        REPORT,
        "fin",
        "reports/spend/?period=202610&group_by=department&group_by=provider",
    ),
    Question("the budgets", REPORT, "fin", "reports/budget-status/?fiscal_year=2026"),
)


@pytest.mark.bench
def test_the_api_under_load(
    victim: Victim, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        company = inside(victim, found)
        url = victim.server.url(user="postgres", database=database.NAME)
        with psycopg.connect(url, autocommit=True) as owner:
            filled(owner, company)
        tokens = inside(victim, partial(tokens_of, company), "web")
        file = tmp_path / "sql.json"
        file.write_text(json.dumps(inside(victim, partial(statements, tokens), "web")))
        print(f"\n{POSTINGS:,} postings on {os.cpu_count()} cores")
        with serving(victim._addresses(), file, workers=2) as (port, _):
            apart([partial(compare, port, tokens), partial(time.sleep, 0)])
            apart([partial(load, port, tokens), partial(time.sleep, 0)])


# Two bids on each job: that of the award, and one of another provider.
BIDS = (
    *filling.PLANS[:2],
    """
    CREATE TEMPORARY TABLE offer AS
    SELECT *, md5(CASE nth WHEN 0 THEN 'bid' ELSE 'other' END || n)::uuid AS bid,
        CASE nth WHEN 0 THEN provider ELSE md5('provider' || n % {p})::uuid END AS by
    FROM plan CROSS JOIN generate_series(0, 1) AS nth
    """,
    filling.copied(
        "bids_bid",
        "offer",
        "'id', bid, 'reference', 'b' || n || '-' || nth, 'job_id', job, 'provider_id', by,"
        " 'variant', nth, 'withdrawn_at', NULL, 'submitted_at', begins_on - 20",
    ),
    filling.copied("bids_openedbid", "offer", "'bid_id', bid"),
    filling.copied("bids_openedprice", "offer", "'bid_id', bid"),
)


def filled(owner: psycopg.Connection, company: Company) -> None:
    """The books, the bids, and a vendor's person who belongs to one of the bidders."""
    size = filling.Company(POSTINGS)
    fill(owner, size)
    owner.execute("SET session_replication_role = replica")
    values = {"awards": size.awards, "d": size.departments, "p": size.providers}
    days = {"first": f"'{size.first_day}'::date", "days": size.months * 30}
    for name in ("code", "plan"):
        owner.execute(f"DROP TABLE IF EXISTS {name}")  # type: ignore[arg-type]
    for statement in BIDS:
        owner.execute(statement.format(**values, **days))  # type: ignore[call-overload]
    owner.execute(
        "UPDATE marketplace_membership SET provider_id = %s WHERE user_id = %s",
        [PROVIDER, company.cast.vera.pk],
    )
    owner.execute("RESET session_replication_role")
    owner.execute("VACUUM ANALYZE")


def tokens_of(company: Company, people: Sequence[str] = ("fin", "vera")) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        who: issue_token(
            actor=getattr(company.cast, who),
            name="bench",
            scopes=[scope for scope, _ in scopes()],
            expires_at=now + timedelta(days=1),
            at=now,
        ).secret
        for who in people
    }


def statements(tokens: Mapping[str, str]) -> list[list[str]]:
    """Return what each question asks of the database."""
    asked = []
    for question in QUESTIONS:
        client = Client(headers={"Authorization": f"Bearer {tokens[question.who]}"})
        for _ in range(2):  # the first look is the one that a process remembers things from
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(f"/api/v1/{question.path}")
            assert answer.status_code == 200, (question, answer.content[:500])
        words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
        told = [each["sql"] for each in queries.captured_queries]
        asked.append([sql for sql in told if not sql.startswith(words)])
    return asked


@contextmanager
def serving(
    addresses: Mapping[str, str],
    file: Path | None = None,
    *,
    site: str = "marketplace.project.wsgi",
    workers: int = 1,
) -> Iterator[tuple[int, int]]:
    """The web server as the house starts it: its port, and its process."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws", "--port")
    more = (str(port), "--workers", str(workers), "--blocking-threads", "4")
    more += ("--log-level", "warning")
    environment = os.environ | addresses | {"API_REQUESTS_PER_MINUTE": "100000"}
    if file:
        environment["BARE_SQL"], site = str(file), "tests.bench.bare_site"
    server = subprocess.Popen(
        [sys.executable, *words, *more, f"{site}:application"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            time.sleep(0.2)
            with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port)) as asked:
                asked.request("GET", "/healthz")
                asked.getresponse().read()
                break
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


class Line:
    """A connection that stays open."""

    def __init__(self, port: int, tokens: Mapping[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.tokens = tokens

    def get(self, path: str, who: str = "") -> tuple[int, float]:
        """Return the status, and the milliseconds until the whole answer was there."""
        begun = perf_counter()
        words = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        self.connection.request("GET", path, headers=words)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, (perf_counter() - begun) * 1000


def compare(port: int, tokens: Mapping[str, str], rounds: int = ROUNDS) -> None:
    """One after the other, in turn: the API, and the bare view."""
    print(f"{'one at a time':<34}{'API':>9}{'bare':>12}   ratio (≤ 2)", flush=True)
    line = Line(port, tokens)
    for nth, question in enumerate(QUESTIONS):
        paths = ((f"/api/v1/{question.path}", question.who), (f"/bare/{nth}/", ""))
        for _ in range(12):  # every thread of the server has been asked once
            assert [line.get(*path)[0] for path in paths] == [200, 200], question
        taken: list[list[float]] = [[], []]
        for _ in range(rounds):
            for path, times in zip(paths, taken, strict=True):
                times.append(line.get(*path)[1])
        ours, bare = map(median, taken)
        print(
            f"{question.name:<34}{ours:>6.1f} ms{bare:>9.1f} ms   {ours / bare:.2f}"
            f"   at best {min(taken[0]):.1f} and {min(taken[1]):.1f}",
            flush=True,
        )


def load(port: int, tokens: Mapping[str, str], seconds: int = SECONDS) -> None:
    """Ask so many times a second, whether or not the answers come; each in its turn."""
    taken: dict[str, list[float]] = {question.name: [] for question in QUESTIONS}
    wrong: list[tuple[str, int]] = []

    def ask(number: int) -> None:
        question, due = QUESTIONS[number % len(QUESTIONS)], begun + number / PER_SECOND
        time.sleep(max(0.0, due - perf_counter()))
        line = Line(port, tokens)
        with closing(line.connection):
            status, _ = line.get(f"/api/v1/{question.path}", question.who)
        if status != 200:
            wrong.append((question.name, status))
        taken[question.name].append((perf_counter() - due) * 1000)

    begun = perf_counter() - 3600  # due already: as fast as four at a time can
    with ThreadPoolExecutor(8) as pool:  # each thread of the server connects, compiles, prepares
        list(pool.map(ask, range(80 * len(QUESTIONS))))
    for times in taken.values():
        times.clear()
    begun = perf_counter() + 0.1
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(seconds * PER_SECOND)))
    print(f"\n{PER_SECOND} a second for {seconds} s: {len(wrong)} wrong answers {wrong[:3]}")
    print(f"{'milliseconds':<34}{'p50':>9}{'p95':>9}{'p99':>9}")
    for question in QUESTIONS:
        cuts = quantiles(taken[question.name], n=100)
        p50, p95, p99 = cuts[49], cuts[94], cuts[98]
        verdict = "met" if p95 <= question.within else f"missed, {p95 / question.within:.0%}"
        figures = f"{p50:>9.1f}{p95:>9.1f}{p99:>9.1f}"
        print(f"{question.name:<34}{figures}   p95 ≤ {question.within} {verdict}")
