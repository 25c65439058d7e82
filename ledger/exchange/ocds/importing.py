"""A whole import: files in, every release accounted for, figures out of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from ledger.exchange.ocds.facts import Problem
from ledger.exchange.ocds.figures import Figures, figures
from ledger.exchange.ocds.household import state_imported_policy
from ledger.exchange.ocds.merging import compiled, is_too_deep
from ledger.exchange.ocds.places import Notes, Place
from ledger.exchange.ocds.reading import read
from ledger.exchange.ocds.replay import Fate, Outcome, Replay
from ledger.exchange.ocds.spool import Release, Spool
from ledger.exchange.ocds.stream import releases
from ledger.exchange.ocds.workers import Numbered, Workers
from marketplace.system import the_importer


@dataclass(slots=True)
class Account:
    """What became of every release; kept on disk, whatever its length."""

    spool: Spool
    releases: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)

    def problems(self) -> Iterator[Problem]:
        """Return all that was not kept as it stands, in the order it was met."""
        for ocid, where, why in self.spool.problems():
            yield Problem(ocid, where, why)

    def figures(self) -> Figures:
        """Return what stands in the database now of all that these files tell."""
        return figures(self.spool)


def take_over(
    paths: Iterable[Path],
    spool: Spool,
    *,
    now: datetime,
    in_house: Mapping[str, str],
    workers: int = 1,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> Account:
    """
    Replay every release of these files through the verbs, and return the account of it.

    What was taken over before is not taken over again, so that an import which was stopped
    goes on where it was when it is run once more.

    :param in_house: the keys of providers that are teams, each with its department's (or "").
    :param workers: how many processes do the work; one does it here.
    :param say: told after each ocid how many are done, and of how many.
    """
    account = Account(spool)
    for path in paths:
        _shelve(path, account)
    importer = the_importer()
    state_imported_policy(importer=importer, now=now)
    replay = Replay(importer=importer, in_house=in_house, now=now)
    total = spool.count()
    outcomes = _told_here if workers == 1 else partial(_told_by_workers, workers)
    for done, (number, outcome) in enumerate(outcomes(replay, _tales(spool)), start=1):
        account.fates[outcome.fate] += outcome.releases
        for problem in outcome.problems:
            spool.add_problem(number, problem.ocid, problem.where, problem.why)
        spool.add_kept("department", [outcome.department] if outcome.department else [])
        spool.add_kept("provider", outcome.providers)
        spool.add_kept("job", outcome.jobs)
        say(done, total)
    return account


def _tales(spool: Spool) -> Iterator[Numbered]:
    for number, (ocid, told) in enumerate(spool.groups(), start=1):
        yield number, read(ocid, compiled(told), releases=len(told))


def _told_here(replay: Replay, tales: Iterator[Numbered]) -> Iterator[tuple[int, Outcome]]:
    for number, tale in tales:
        yield number, replay.take(tale)


def _told_by_workers(
    count: int, replay: Replay, tales: Iterator[Numbered]
) -> Iterator[tuple[int, Outcome]]:
    with Workers(replay.take, count) as workers:
        yield from workers.outcomes(tales)


def _shelve(path: Path, account: Account) -> None:
    """Put the releases of a file on the shelf; what has no ocid is refused at once."""
    for found in releases(path):
        if isinstance(found, Problem):
            account.spool.add_problem(0, found.ocid, f"{path.name}: {found.where}", found.why)
            continue
        account.releases += 1
        ocid = Place(found.get("ocid"), "/ocid", Notes()).text(500)
        fault = _fault(ocid, found)
        if fault:
            account.fates[Fate.REFUSED] += 1
            place = f"{path.name}: release {account.releases}"
            account.spool.add_problem(0, ocid or None, place, fault)
        else:
            account.spool.put(ocid, found)


def _fault(ocid: str, release: Release) -> str:
    if not ocid:
        return "no ocid: it could not be known again"
    return "nested too deep to be a release" if is_too_deep(release) else ""
