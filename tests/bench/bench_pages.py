# ruff: noqa: T201 - figures are printed
"""
The main pages of a company of 10,000 jobs and 50,000 bids: SQL statements, time to the first byte,
and what is sent. Printed, never asserted but for the pages being right.

    ./dev test -m bench -s tests/bench/bench_pages.py
"""

from __future__ import annotations

import gzip
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.models.people import User
from marketplace.project.embedded import ROOT
from tests.bench.bench_api import serving
from tests.bench.bench_ledger import inside, victim
from tests.bench.grown import Page, grown, signed_in
from tests.frontend.test_sql_of_pages import asked as count
from tests.proof.victim import Victim

__all__ = ["victim"]
ASKS = int(os.environ.get("ASKS", "20"))
KB = 1024
STATEMENTS, FIRST_BYTE, PAGE, TOGETHER, SCRIPT, STYLE, REQUESTS = 15, 250, 30, 150, 40, 25, 12
FILES = re.compile(
    r"<(?:script|img)[^>]+src=\"([^\"]+)\"|<link[^>]+rel=\"(?:stylesheet|icon)\"[^>]+href=\"([^\"]+)\""
)


@pytest.mark.bench
def test_the_pages_of_a_large_company(
    victim: Victim, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        pages = grown(victim)
        asked: dict[str, int] = inside(victim, partial(statements, pages), "web")
        with served(victim, tmp_path, {page.who for page in pages}) as (port, keys):
            load = os.getloadavg()[0]
            print(
                f"\n{len(pages)} pages, {ASKS} asks each, {os.cpu_count()} cores, load {load:.1f}"
            )
            print(f"{'page':<18}{'SQL':>5}{'p50':>9}{'p95':>9}{'page':>9}{'all':>9}{'asked':>7}")
            missed = [m for page in pages for m in measured(port, keys, page, asked[page.name])]
            print("\n".join(missed) or "All budgets met.")


@contextmanager
def served(
    victim: Victim, folder: Path, people: set[str], *, site: str = "marketplace.project.wsgi"
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The site as production serves it: its port, and a key of a session for each person."""
    keys = inside(victim, partial(signed_in, people), "web")
    words = victim._addresses() | {"COLLECTED_STATIC": "yes", "STATIC_ROOT": str(folder)}
    words |= {"DATABASE_ROLE": "web", "DATABASE_POOL": "yes"}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0", "--skip-checks"]
    subprocess.run(command, cwd=ROOT, env=os.environ | words, check=True)
    with serving(words, site=site) as (port, _):
        yield port, keys


def statements(pages: Sequence[Page]) -> dict[str, int]:
    """Return how many statements each page asks of the database, as its tests count them."""
    asked = {}
    for page in pages:
        client = Client()
        client.force_login(User.objects.get(email=f"{page.who}@house.example"))
        for _ in range(2):  # the first look is the one that a process remembers things from
            counted = count(client, page.path)
        assert counted is not None, page
        asked[page.name] = counted
        if folder := os.environ.get("SQL_FOLDER"):  # to read what a page asks, one by one
            with CaptureQueriesContext(connection) as queries:
                client.get(page.path)
            told = [each["sql"] for each in queries.captured_queries]
            (Path(folder) / f"{page.name}.sql").write_text(";\n\n".join(told))
    return asked


def measured(port: int, keys: Mapping[str, str], page: Page, asked: int) -> list[str]:
    """Print the row of a page, and return which of its budgets it misses."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        words = {"Cookie": f"session={keys[page.who]}", "Accept-Encoding": "gzip"}
        times: list[float] = []
        for ask in range(8 + ASKS):  # every thread of the server has been asked once
            begun = perf_counter()
            line.request("GET", page.path, headers=words)
            answer = line.getresponse()
            taken = (perf_counter() - begun) * 1000
            body = answer.read()
            assert answer.status == 200, (page, answer.status)
            times += [taken] if ask >= 8 else []
        files = {a or b for a, b in FILES.findall(body.decode())}
        sent = {path: fetched(line, path) for path in files}
    html = len(gzip.compress(body)) / KB
    p50, p95 = median(times), quantiles(times, n=20)[-1]
    together, requests = html + sum(sent.values()), 1 + len(files)
    print(
        f"{page.name:<18}{asked:>5}{p50:>6.0f} ms{p95:>6.0f} ms{html:>6.1f} KB"
        f"{together:>6.1f} KB{requests:>7}",
        flush=True,
    )
    figures: list[tuple[str, Any, float]] = [
        ("statements", asked, STATEMENTS),
        ("ms to the first byte, p95", p95, FIRST_BYTE),
        ("KB of page", html, PAGE),
        ("KB of script", sum(n for path, n in sent.items() if path.endswith(".js")), SCRIPT),
        ("KB of style", sum(n for path, n in sent.items() if path.endswith(".css")), STYLE),
        ("KB together", together, TOGETHER),
        ("requests", requests, REQUESTS),
    ]
    return [
        f"missed: {page.name}, {value:.0f} {name} (≤ {most})"
        for name, value, most in figures
        if value > most
    ]


def fetched(line: http.client.HTTPConnection, path: str) -> float:
    """Return how many kilobytes of a file are sent."""
    line.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 200, path
    assert "immutable" in answer.headers["Cache-Control"], path
    return len(body) / KB
