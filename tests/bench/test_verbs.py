# ruff: noqa: T201 - figures are printed
"""
What each verb of the story costs, beside one bare insert on the same server in the same run.

    ./dev test -m bench -s
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.demonstration import history, playing
from ledger.demonstration.founding import found
from ledger.demonstration.past import PAST
from ledger.demonstration.playing import Play
from ledger.models.awards import Award

pytestmark = pytest.mark.bench
STORIES = 12
VERBS = (
    *("draft_job", "publish_job", "ask_question", "answer_question", "submit_bid"),
    *("close_due_job", "open_bids", "score_bid", "choose_bid"),
    *("deliver_milestone", "return_delivery", "accept_delivery", "rate"),
)


@dataclass(slots=True)
class Figures:
    """Seconds and SQL statements of every call of a verb."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def watched(self, name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        def call(**words: Any) -> Any:
            with CaptureQueriesContext(connection) as queries:
                begun = perf_counter()
                made = verb(**words)
                self.seconds[name].append(perf_counter() - begun)
            self.statements[name].append(len(queries))
            return made

        return call


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Figures:
    kept = Figures()
    for name in VERBS:
        monkeypatch.setattr(playing, name, kept.watched(name, getattr(playing, name)))
    return kept


@pytest.fixture
def replaying(committed: str, as_role: Callable[[str], None]) -> None:
    as_role("replay")


def bare_insert() -> float:
    """Return the seconds of one insert of one row and its commit, without Django's ORM."""
    times = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id bigserial PRIMARY KEY, words text)")
        for _ in range(200):
            begun = perf_counter()
            cursor.execute("INSERT INTO bare (words) VALUES ('one row')")
            times.append(perf_counter() - begun)
    return median(times)


@pytest.mark.usefixtures("replaying")
def test_each_verb_beside_a_bare_insert(figures: Figures, capsys: pytest.CaptureFixture[str]):
    now = datetime.now(UTC)
    company = found(at=now - timedelta(days=352), until=now)
    for story in PAST[:STORIES]:
        history.play_past(Play(company, story, now, Random(story.title)), story)
    bare = bare_insert()

    with capsys.disabled():
        print(f"\n{_durability()}; one bare insert and commit: {bare * 1000:.2f} ms")
        print(f"{'verb':<20}{'calls':>7}{'median ms':>11}{'× bare':>9}{'SQL':>6}")
        for name in VERBS:
            seconds, statements = figures.seconds[name], figures.statements[name]
            typical = median(seconds)
            print(
                f"{name:<20}{len(seconds):>7}{typical * 1000:>11.1f}{typical / bare:>9.0f}"
                f"{median(statements):>6.0f}"
            )
    assert Award.objects.count() == STORIES
    assert set(figures.seconds) == set(VERBS)


def _durability() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(name || ' ' || setting, ', ' ORDER BY name) FROM pg_settings"
            " WHERE name IN ('fsync', 'synchronous_commit', 'server_version')"
        )
        return str(cursor.fetchone()[0])
