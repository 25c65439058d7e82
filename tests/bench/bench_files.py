# ruff: noqa: T201 - figures are printed
"""
A file of a million rows: when its first byte comes, how fast it flows, and what the web server
holds in memory meanwhile. Printed, never asserted.

    ./dev test -m bench -s tests/bench/bench_files.py
"""

from __future__ import annotations

import http.client
from contextlib import closing
from functools import partial
from pathlib import Path
from time import perf_counter

import psycopg
import pytest

from marketplace.project import database
from tests.bench import filling
from tests.bench.bench_api import POSTINGS, serving, tokens_of
from tests.bench.bench_ledger import inside, victim
from tests.bench.company import found
from tests.bench.filling import fill
from tests.proof.victim import Victim, children_of

__all__ = ["victim"]
MARKS = (10_000, 100_000, 1_000_000)


@pytest.mark.bench
def test_a_file_of_a_million_rows(victim: Victim, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        company = inside(victim, found)
        url = victim.server.url(user="postgres", database=database.NAME)
        with psycopg.connect(url, autocommit=True) as owner:
            fill(owner, filling.Company(POSTINGS))
        token = inside(victim, partial(tokens_of, company, ("fin",)), "web")["fin"]
        with serving(victim._addresses()) as (port, server):
            print(f"\nthe journal as CSV, {POSTINGS:,} postings; before: {memory(server):.0f} MB")
            read(port, token, server)


def read(port: int, token: str, server: int, most: int = 10**9) -> None:
    """Read the file, as far as `most` rows, and print what the server holds on the way."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        begun, rows, marks = perf_counter(), 0, [*MARKS]
        words = {"Authorization": f"Bearer {token}"}
        asked.request("GET", "/api/v1/reports/journal/?format=csv", headers=words)
        answer = asked.getresponse()
        first = answer.read(1)
        assert answer.status == 200, first + answer.read(500)
        print(f"first byte after {perf_counter() - begun:.2f} s (≤ 1)")
        while rows < most and (piece := answer.read(65536)):
            rows += piece.count(b"\n")
            if marks and rows >= marks[0]:
                took = perf_counter() - begun
                mark = f"{marks.pop(0):>9,} rows, {took:>6.1f} s, {memory(server):.0f} MB resident"
                print(mark, flush=True)
        print(f"{rows:>9,} rows, {perf_counter() - begun:>6.1f} s: all")


def memory(server: int) -> float:
    """Return the megabytes that the server's processes have in memory."""
    sizes = []
    for process in (server, *children_of(server)):
        status = Path(f"/proc/{process}/status").read_text()
        sizes.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
    return max(sizes)
