# ruff: noqa: T201 - figures are printed
"""
kill -9 under load: nothing acknowledged is lost, nothing is doubled or half.

Four processes tell facts by the verbs, a fifth seals them; each fact and each checkpoint is
acknowledged after its commit. At a random moment some of the five, or one process of the database,
or its head, or all of it is killed. The database comes
back, whoever lost a connection tells the last fact again, and then every acknowledged fact is
there, wholly, and the log goes on with the same tree.

    KILLS=100 ./dev test tests/proof/test_kill.py -s
    SYNCHRONOUS_COMMIT=off ./dev test tests/proof/test_kill.py      is red
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pytest_django import DjangoDbBlocker

from tests.proof.rounds import Rounds, founded
from tests.proof.victim import Victim

KILLS = int(os.environ.get("KILLS", "30" if os.environ.get("CI") else "4"))
SETTINGS = {"synchronous_commit": os.environ.get("SYNCHRONOUS_COMMIT", "on")}


@pytest.fixture
def apart_from_django(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process connects to nothing; those it starts connect to the server that is killed."""
    with django_db_blocker.unblock():
        yield


def killed_again_and_again(folder: Path, settings: dict[str, str], kills: int) -> Rounds:
    """Kill so many times, or until something is wrong."""
    victim = Victim(folder, settings)
    try:
        rounds = Rounds(victim, founded(victim), Random(int(os.environ.get("SEED", "2026"))))
        try:
            for _ in range(kills):
                rounds.wrong = rounds.round()
                if rounds.wrong:
                    break
        finally:
            rounds.end()
    finally:
        victim.server.release()
    return rounds


@pytest.mark.usefixtures("apart_from_django")
def test_nothing_acknowledged_is_lost_and_nothing_is_half(
    server_folder: Path, capsys: pytest.CaptureFixture[str]
):
    begun = time.monotonic()
    rounds = killed_again_and_again(server_folder, SETTINGS, KILLS)

    with capsys.disabled():
        told = Counter(kind for kind, _ in rounds.acknowledged)
        print(f"\n{SETTINGS}, killed {dict(rounds.killed)}, acknowledged {dict(told)}", end=", ")
        print(f"{time.monotonic() - begun:.0f} s")
    assert rounds.wrong == []
    kinds = {"granted", "chosen", "delivered", "accepted", "proposed", "agreed", "sealed"}
    assert set(told) == kinds


@pytest.mark.proof
@pytest.mark.usefixtures("apart_from_django")
def test_without_synchronous_commit_acknowledged_facts_are_lost(server_folder: Path):
    rounds = killed_again_and_again(server_folder, {"synchronous_commit": "off"}, 40)

    assert any(words.startswith("lost: ") for words in rounds.wrong)
