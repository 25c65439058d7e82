# ruff: noqa: T201 - figures are printed
"""
Lighthouse over the main pages of a company of 10,000 jobs and 50,000 bids, compressed and cached
as production sends them, on a desk and on a phone. Printed, never asserted but for each page being
looked at.

    npm install --prefix /tmp/lighthouse lighthouse@12
    LIGHTHOUSE=/tmp/lighthouse/node_modules/.bin/lighthouse CHROMIUM=/usr/bin/chromium \\
        ./dev test -m bench -s tests/bench/bench_lighthouse.py

`RUNS=1` looks once (5 otherwise, and tells the median); `PAGES=home,search` looks at those alone.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.bench.bench_ledger import victim
from tests.bench.bench_pages import served
from tests.bench.grown import Page, grown
from tests.proof.victim import Victim

__all__ = ["victim"]
PROGRAM, BROWSER = os.environ.get("LIGHTHOUSE", ""), os.environ.get("CHROMIUM", "")
RUNS = int(os.environ.get("RUNS", "5"))
LOOKED_AT = (
    *("home of a head", "her jobs", "one job", "the comparison", "a statement", "a department"),
    *("the bid editor", "my team", "every choice", "the finance desk", "search", "settings"),
)
PRESETS = {"desktop": 95, "mobile": 90}  # what the performance should reach
TRIES = 3
FLAGS = "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a page came to."""

    accessibility: float
    practices: float
    performance: float
    figures: Mapping[str, float]  # milliseconds, shift, bytes, requests
    lacks: tuple[str, ...]  # audits that failed, by their names


@pytest.mark.bench
@pytest.mark.skipif(not (PROGRAM and BROWSER), reason="LIGHTHOUSE and CHROMIUM name no program")
def test_lighthouse_over_the_main_pages(
    victim: Victim, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        wanted = os.environ.get("PAGES", "").split(",")
        pages = [one for one in grown(victim) if one.name in LOOKED_AT]
        pages = [one for one in pages if any(word in one.name for word in wanted)]
        people, site = {page.who for page in pages}, "tests.bench.compressed_site"
        with served(victim, tmp_path / "static", people, site=site) as (port, keys):
            print(f"\n{RUNS} looks each, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
            head = ("a11y", "best", "perf", "FCP", "LCP", "TBT", "CLS", "KB", "asked")
            for preset, least in PRESETS.items():
                print(f"{preset:<18}" + "".join(f"{word:>7}" for word in head), flush=True)
                for page in pages:
                    address = f"http://127.0.0.1:{port}{page.path}"
                    looks = [look(address, keys[page.who], preset, tmp_path) for _ in range(RUNS)]
                    print(row(page, looks, least), flush=True)


def look(address: str, key: str, preset: str, folder: Path) -> Seen:
    """Return what Lighthouse sees at an address, signed in."""
    headers, answer = folder / "headers.json", folder / "answer.json"
    headers.write_text(json.dumps({"Cookie": f"session={key}"}))
    words = [PROGRAM, address, "--quiet", "--output=json", f"--output-path={answer}", FLAGS]
    words += ["--only-categories=accessibility,best-practices,performance"]
    words += [f"--extra-headers={headers}", *(["--preset=desktop"] * (preset == "desktop"))]
    environment = os.environ | {"CHROME_PATH": BROWSER}
    for _ in range(TRIES):  # on a busy machine the browser may not answer in time
        ran = subprocess.run(words, check=False, env=environment, capture_output=True, text=True)
        if not ran.returncode:
            break
    assert not ran.returncode, f"{address}: {ran.stderr[-500:]}"
    told: dict[str, Any] = json.loads(answer.read_text())
    assert told["finalDisplayedUrl"] == address, "it was led elsewhere"
    audits, marks = told["audits"], told["categories"]
    names = {"FCP": "first-contentful-paint", "LCP": "largest-contentful-paint"}
    names |= {"TBT": "total-blocking-time", "CLS": "cumulative-layout-shift"}
    figures = {word: float(audits[name]["numericValue"]) for word, name in names.items()}
    asked = audits["network-requests"]["details"]["items"]
    figures["KB"] = sum(one.get("transferSize", 0) for one in asked) / 1024
    figures["asked"] = len(asked)
    return Seen(
        *(100 * (marks[name]["score"] or 0) for name in ("accessibility", "best-practices")),
        performance=100 * (marks["performance"]["score"] or 0),
        figures=figures,
        lacks=tuple(
            reference["id"]
            for name in ("accessibility", "best-practices")
            for reference in marks[name]["auditRefs"]
            if reference["weight"] and audits[reference["id"]]["score"] not in (1, None)
        ),
    )


def row(page: Page, looks: list[Seen], least: float) -> str:
    """Return the line of a page: the median of each figure, and what it lacks."""
    marks = [median(getattr(one, name) for one in looks) for name in Seen.__slots__[:3]]
    figures = {word: median(one.figures[word] for one in looks) for word in looks[0].figures}
    told = "".join(f"{mark:>7.0f}" for mark in marks)
    told += "".join(f"{figures[word]:>7.0f}" for word in ("FCP", "LCP", "TBT"))
    told += f"{figures['CLS']:>7.3f}{figures['KB']:>7.0f}{figures['asked']:>7.0f}"
    missed = sorted({name for one in looks for name in one.lacks})
    missed += [f"performance ≥ {least}"] * (marks[2] < least)
    return f"{page.name:<18}{told}   {', '.join(missed) or 'met'}"
