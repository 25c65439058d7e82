# ruff: noqa: T201 - figures are printed
"""
The API under load: a company of a million postings, 38,000 jobs and twice as many bids, asked 20
times a second over the loopback; and what each answer costs beside a bare Django view that runs
the same SQL. Printed, never asserted.

    ./dev test -m bench -s tests/bench/bench_api.py
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from socket import create_server
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from marketplace.project import database
from marketplace.project.embedded import ROOT
from marketplace.tokens import issue_token, scopes
from tests.bench import filling
from tests.bench.bench_ledger import inside, victim
from tests.bench.company import Company, found
from tests.bench.filling import _copied, fill
from tests.proof.victim import Victim

__all__ = ["victim"]
POSTINGS = int(os.environ.get("POSTINGS", "1000000"))
SECONDS, PER_SECOND = int(os.environ.get("SECONDS", "20")), 20
PLACE, PROVIDER = (UUID(md5(name).hexdigest()) for name in (b"department1", b"provider1"))
JOB = UUID(md5(b"job100").hexdigest())
ONE, LIST, REPORT = 100, 200, 150  # milliseconds that 95 of 100 may take
# Two bids on each job: that of the award, and one of another provider.
BIDS = (
    *filling.PLANS[:2],
    """
    CREATE TEMPORARY TABLE offer AS
    SELECT *, md5(CASE nth WHEN 0 THEN 'bid' ELSE 'other' END || n)::uuid AS bid,
        CASE nth WHEN 0 THEN provider ELSE md5('provider' || n % {p})::uuid END AS by
    FROM plan CROSS JOIN generate_series(0, 1) AS nth
    """,
    _copied(
        "bids_bid",
        "offer",
        "'id', bid, 'reference', 'b' || n || '-' || nth, 'job_id', job, 'provider_id', by,"
        " 'variant', nth, 'withdrawn_at', NULL, 'submitted_at', begins_on - 20",
    ),
    _copied("bids_openedbid", "offer", "'bid_id', bid"),
    _copied("bids_openedprice", "offer", "'bid_id', bid"),
)


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    within: int
    who: str
    path: str


QUESTIONS = (
    Question("one job", ONE, "fin", f"jobs/{JOB}/"),
    Question("one provider", ONE, "fin", f"providers/{PROVIDER}/"),
    Question("the opened bids of a job", ONE, "fin", f"jobs/{JOB}/opening/bids/"),
    Question("fifty jobs", LIST, "fin", "jobs/?limit=50"),
    Question("fifty of a bidder's bids", LIST, "vera", "bids/?limit=50"),
    Question(
        "fifty entries of the journal", LIST, "fin", "reports/journal/?period=202610&limit=50"
    ),
    Question(
        "a department's month",
        REPORT,
        "fin",
        f"reports/department-statement/?department={PLACE}&from=2026-10-01&to=2026-10-31",
    ),
    Question("a month's trial balance", REPORT, "fin", "reports/trial-balance/?period=202610"),
    Question(
        "a month's spend",
        REPORT,
        "fin",
        "reports/spend/?from=2026-10-01&to=2026-10-31&group_by=department&group_by=provider",
    ),
)


@pytest.mark.bench
def test_the_api_under_load(victim: Victim, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        company = inside(victim, found)
        url = victim.server.url(user="postgres", database=database.NAME)
        with psycopg.connect(url, autocommit=True) as owner:
            filled(owner, company)
        tokens = inside(victim, partial(tokens_of, company), "web")
        print(f"\n{POSTINGS:,} postings on {os.cpu_count()} cores")
        inside(victim, partial(compare, tokens), "web")
        with serving(victim) as (port, _):
            load(port, tokens)


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


_same_sql: dict[int, list[str]] = {}


def bare(_: HttpRequest, nth: int) -> JsonResponse:
    """Run the same statements, and answer what they return."""
    answers = []
    with connection.cursor() as cursor:
        for statement in _same_sql[nth]:
            cursor.execute(statement)
            answers.append(cursor.fetchall() if cursor.description else [])
    return JsonResponse({"rows": answers}, json_dumps_params={"default": str})


urlpatterns = [path("bare/<int:nth>/", bare)]


def compare(tokens: dict[str, str]) -> None:
    """One after the other, in one process: the API and the bare view."""
    print(f"{'answered in this process':<34}{'API':>9}{'bare':>9}{'SQL':>5}   ratio (≤ 2)")
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        other = Client()
        other.handler.load_middleware()
    for nth, question in enumerate(QUESTIONS):
        client = Client(headers={"Authorization": f"Bearer {tokens[question.who]}"})

        def ask(client: Client = client, question: Question = question) -> None:
            with transaction.atomic():
                answer = client.get(f"/api/v1/{question.path}")
                assert answer.status_code == 200, answer.content[:500]

        def ask_bare(nth: int = nth) -> None:
            with (
                override_settings(ROOT_URLCONF=__name__),
                transaction.atomic(),
            ):
                assert other.get(f"/bare/{nth}/").status_code == 200

        ask()
        with CaptureQueriesContext(connection) as queries:
            ask()
        words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
        _same_sql[nth] = [
            each["sql"] for each in queries.captured_queries if not each["sql"].startswith(words)
        ]
        ask_bare()
        ours, theirs = interleaved(ask, ask_bare)
        count = len(_same_sql[nth])
        print(
            f"{question.name:<34}{ours:>6.1f} ms{theirs:>6.1f} ms{count:>5}   {ours / theirs:.2f}"
        )


def interleaved(*acts: Callable[[], None], rounds: int = 25) -> list[float]:
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for act, taken in zip(acts, times, strict=True):
            begun = perf_counter()
            act()
            taken.append((perf_counter() - begun) * 1000)
    return [median(taken) for taken in times]


@contextmanager
def serving(victim: Victim) -> Iterator[tuple[int, int]]:
    """The web server as the house starts it: its port, and its process."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws", "--port")
    more = (str(port), "--blocking-threads", "4", "--log-level", "warning")
    environment = os.environ | victim._addresses() | {"API_REQUESTS_PER_MINUTE": "100000"}
    server = subprocess.Popen(
        [sys.executable, *words, *more, "marketplace.project.wsgi:application"],
        cwd=ROOT,
        env=environment,
    )
    try:
        for _ in range(150):
            time.sleep(0.2)
            with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port)) as asked:
                asked.request("GET", "/healthz")
                asked.getresponse().read()
                break
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def load(port: int, tokens: dict[str, str]) -> None:
    """Ask so many times a second, whether or not the answers come; each in its turn."""
    taken: dict[str, list[float]] = {question.name: [] for question in QUESTIONS}
    wrong: list[Any] = []

    def ask(number: int) -> None:
        question, due = QUESTIONS[number % len(QUESTIONS)], begun + number / PER_SECOND
        time.sleep(max(0.0, due - perf_counter()))
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as asked:
            words = {"Authorization": f"Bearer {tokens[question.who]}"}
            asked.request("GET", f"/api/v1/{question.path}", headers=words)
            answer = asked.getresponse()
            answer.read()
        if answer.status != 200:
            wrong.append((question.name, answer.status))
        taken[question.name].append((perf_counter() - due) * 1000)

    begun = perf_counter()
    for number in range(len(QUESTIONS)):  # connects, and compiles
        ask(number)
    for times in taken.values():
        times.clear()
    begun = perf_counter() + 0.1
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(SECONDS * PER_SECOND)))
    print(f"\n{PER_SECOND} a second for {SECONDS} s: {len(wrong)} wrong answers {wrong[:3]}")
    for question in QUESTIONS:
        times = taken[question.name]
        late = quantiles(times, n=20)[-1]
        verdict = "met" if late <= question.within else f"missed, {late / question.within:.0%}"
        print(
            f"{question.name:<34} p50 {median(times):>6.1f} ms   p95 {late:>6.1f} ms"
            f"   ≤ {question.within} {verdict}"
        )
