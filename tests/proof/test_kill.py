# ruff: noqa: T201 - figures are printed
"""
kill -9 under load: nothing acknowledged is lost, nothing is doubled or half.

Four processes tell facts by the verbs, a fifth seals them; each fact and each checkpoint is
acknowledged after its commit. At a random moment some of the five, or one process of the database,
or its head, or all of it is killed. The database comes
back, whoever lost a connection tells the last fact again, and then every acknowledged fact is
there, wholly, and the log goes on with the same tree.

    KILLS=100 ./dev test tests/proof/test_kill.py -s
    SYNCHRONOUS_COMMIT=off ./dev test tests/proof/test_kill.py      is red, and so are the rounds
                                                                    where nobody claims a fact
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from pytest_django import DjangoDbBlocker

from tests import leftovers
from tests.proof.facts import KINDS, Kind, Start, grants_answered_late
from tests.proof.rounds import Rounds, founded
from tests.proof.victim import Victim

KILLS = int(os.environ.get("KILLS", "10" if os.environ.get("CI") else "4"))
COMMIT = os.environ.get("SYNCHRONOUS_COMMIT", "on")


@pytest.fixture
def apart_from_django(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process connects to nothing; those it starts connect to the server that is killed."""
    with django_db_blocker.unblock():
        yield


class Worlds:
    """A server with a company on it, made once and used until somebody breaks it."""

    def __init__(self) -> None:
        self.made: list[tuple[Path, Victim]] = []
        self.whole: dict[str, tuple[Victim, Start]] = {}

    def one(self, synchronous_commit: str) -> tuple[Victim, Start]:
        if synchronous_commit not in self.whole:
            folder = leftovers.new_folder()
            folder.chmod(0o755)
            victim = Victim(folder / "run", {"synchronous_commit": synchronous_commit})
            self.made.append((folder, victim))
            self.whole[synchronous_commit] = victim, founded(victim)
        return self.whole[synchronous_commit]

    def one_to_break(self, synchronous_commit: str) -> tuple[Victim, Start]:
        world = self.one(synchronous_commit)
        del self.whole[synchronous_commit]
        return world


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    worlds = Worlds()
    yield worlds
    for folder, victim in worlds.made:
        victim.server.release()
        shutil.rmtree(folder)


def killed_again_and_again(
    world: tuple[Victim, Start], kills: int, kinds: Sequence[Kind] = KINDS, first: int = 0
) -> Rounds:
    """Kill so many times, or until something is wrong."""
    rounds = Rounds(*world, Random(int(os.environ.get("SEED", "2026"))), kinds, first)
    try:
        for _ in range(kills):
            rounds.wrong = rounds.round()
            if rounds.wrong:
                break
    finally:
        rounds.end()
    return rounds


@pytest.mark.usefixtures("apart_from_django")
def test_nothing_acknowledged_is_lost_and_nothing_is_half(
    worlds: Worlds, capsys: pytest.CaptureFixture[str]
):
    begun = time.monotonic()
    rounds = killed_again_and_again(worlds.one(COMMIT), KILLS)

    with capsys.disabled():
        told = Counter(kind for kind, _ in rounds.acknowledged)
        print(f"\nsynchronous_commit {COMMIT}, killed {dict(rounds.killed)}", end=", ")
        print(f"acknowledged {dict(told)}, {time.monotonic() - begun:.0f} s")
    assert rounds.wrong == []
    kinds = {"granted", "chosen", "delivered", "accepted", "proposed", "agreed", "sealed"}
    assert set(told) == kinds


@pytest.mark.usefixtures("apart_from_django")
def test_where_nobody_claims_a_fact_some_are_doubled(
    worlds: Worlds, capsys: pytest.CaptureFixture[str]
):
    """
    Whoever lost the answer tells the same fact again. What keeps it from being booked twice is the
    claim of the fact by its name; taken away, the same rounds find a double.
    """
    world = worlds.one_to_break(COMMIT)
    world[0].broken_by("nobody claims a fact")
    granting: list[Kind] = [(grants_answered_late, "web")] * 4

    rounds = killed_again_and_again(world, 40, granting, first=10)  # facts that nobody told yet

    with capsys.disabled():
        print(f"\nfound after {rounds.killed.total()} kills: {rounds.wrong[:1]}")
    assert any(words.startswith("half or doubled: granted") for words in rounds.wrong)


@pytest.mark.proof
@pytest.mark.usefixtures("apart_from_django")
def test_without_synchronous_commit_acknowledged_facts_are_lost(worlds: Worlds):
    rounds = killed_again_and_again(worlds.one_to_break("off"), 40)

    assert any(words.startswith("lost: ") for words in rounds.wrong)
