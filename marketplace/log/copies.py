"""
Copies of checkpoints, sent out of the house by themselves.

Without one outside, whoever holds the database and the key could rewrite the whole log and sign it
again. Each attempt is a row, so that a place that takes no copies is seen; it is tried again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog
from django.conf import settings
from django.db.models import QuerySet

from marketplace.models.log import Checkpoint, CheckpointCopy, Place
from marketplace.models.people import Office
from marketplace.notices import holders, tell

log = structlog.stdlib.get_logger("choicebook.log")

PAUSE = {
    Place.MAIL: timedelta(days=1),
    Place.FOLDER: timedelta(minutes=1),
    Place.ADDRESS: timedelta(minutes=1),
}
PAUSE_AFTER_FAILURE = timedelta(minutes=10)
ADDRESS_SECONDS_MAX = 10


class NotTaken(Exception):
    """The place did not take the copy."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place that copies go to. Its name has no secrets in it, the address may."""

    place: Place
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class CopyState:
    """How a place is doing."""

    place: str  # mail, folder or address
    target: str
    stays_here: bool  # a folder beside the database that it copies: no real copy
    arrived_at: datetime | None
    size: int | None  # of the last checkpoint that arrived
    failing_since: datetime | None
    problem: str


class NoRedirects(HTTPRedirectHandler):
    """A copy goes where the operator said, and nowhere else."""

    def redirect_request(self, *args: object, **options: object) -> None:
        return None


def targets() -> Iterator[Target]:
    """Return where copies go, by the settings."""
    if settings.LOG_COPIES_BY_MAIL:
        yield Target(Place.MAIL, "finance and auditors")
    if settings.LOG_COPIES_FOLDER:
        yield Target(Place.FOLDER, settings.LOG_COPIES_FOLDER, settings.LOG_COPIES_FOLDER)
    for address in settings.LOG_COPIES_ADDRESSES:
        url = urlsplit(address)
        yield Target(Place.ADDRESS, f"{url.scheme}://{url.hostname}{url.path}", address)


def send_due_copies(*, at: datetime) -> dict[str, int]:
    """
    Send the newest checkpoint to each place whose turn it is; return how many it was taken by.

    Called outside a transaction: an address may take its time. What one place does not take stops
    no other.
    """
    newest = Checkpoint.objects.latest_first().first()
    counts = {"checkpoint_copies": 0, "checkpoint_copies_refused": 0}
    for target in targets() if newest else ():
        if newest is None or not _is_due(target, newest, at=at):
            continue
        problem = _problem_of_sending(target, newest, at=at)
        counts["checkpoint_copies_refused" if problem else "checkpoint_copies"] += 1
    return counts


def copy_states() -> list[CopyState]:
    """Return how each place is doing, the troubled first."""
    states = [_state(target) for target in targets()]
    return sorted(states, key=lambda state: (not state.problem, state.place, state.target))


def _is_due(target: Target, newest: Checkpoint, *, at: datetime) -> bool:
    last = _attempts(target).first()
    if last is None:
        return True
    if last.problem:
        return last.tried_at + PAUSE_AFTER_FAILURE <= at
    return last.checkpoint_id != newest.pk and last.tried_at + PAUSE[target.place] <= at


def _problem_of_sending(target: Target, checkpoint: Checkpoint, *, at: datetime) -> str:
    """Send a copy and note the attempt. Return why it was not taken; empty: it was."""
    problem = ""
    try:
        _send(target, checkpoint, at=at)
    except (OSError, HTTPException, ValueError, NotTaken) as reason:
        # The system's errors name the path, and where the operator keeps files is theirs to know.
        words = getattr(reason, "strerror", None) or str(reason)
        problem = " ".join(words.split())[:500] or type(reason).__name__
        log.warning("checkpoint not copied", target=target.name, problem=problem)
    # Noted after it was sent: a worker that dies in between sends it twice, never not at all.
    CheckpointCopy.objects.create(
        checkpoint=checkpoint,
        place=target.place,
        target=target.name,
        tried_at=at,
        problem=problem,
    )
    return problem


def _send(target: Target, checkpoint: Checkpoint, *, at: datetime) -> None:
    if target.place == Place.MAIL:
        _mail(checkpoint, at=at)
    elif target.place == Place.FOLDER:
        _lay_down(Path(target.address), checkpoint)
    else:
        _post(target.address, checkpoint)


def _mail(checkpoint: Checkpoint, *, at: datetime) -> None:
    """Put it into the outbox, which tries again by itself."""
    people = {
        person.pk: person for person in chain(*map(holders, (Office.FINANCE, Office.AUDITOR)))
    }
    text = (
        f"The record was sealed at {checkpoint.size} entries. Keep this mail: with it you can prove"
        f" later that nothing before it was changed.\n\n{checkpoint.note}"
    )
    told = tell(
        "log.checkpoint",
        recipients=people.values(),
        text=text,
        because="finance and auditors keep copies of what was sealed",
        at=at,
    )
    if not told:
        raise NotTaken("Nobody holds the office of finance or auditor.")


def _lay_down(folder: Path, checkpoint: Checkpoint) -> None:
    """Write it as a file of its own. What lies there is never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"checkpoint-{checkpoint.size:012d}.note"
    if path.exists():
        if path.read_text(encoding="utf-8") != checkpoint.note:
            raise NotTaken(f"Another checkpoint of {checkpoint.size} entries lies there already.")
        return
    aside = path.with_suffix(f".{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(checkpoint.note)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _post(address: str, checkpoint: Checkpoint) -> None:
    if urlsplit(address).scheme not in {"https", "http"}:
        raise NotTaken("A copy is sent to an https address, or http within the house.")
    request = Request(  # noqa: S310 - the operator's own address, and its scheme was looked at
        address,
        data=checkpoint.note.encode(),
        headers={"Content-Type": "text/plain; charset=utf-8", "User-Agent": "choicebook"},
        method="POST",
    )
    with build_opener(NoRedirects).open(request, timeout=ADDRESS_SECONDS_MAX) as answer:
        if not 200 <= answer.status < 300:
            raise NotTaken(f"It answered {answer.status}.")


def _attempts(target: Target) -> QuerySet[CheckpointCopy]:
    same = CheckpointCopy.objects.filter(place=target.place, target=target.name)
    return same.order_by("-tried_at", "-pk")


def _state(target: Target) -> CopyState:
    attempts = _attempts(target)
    arrived = attempts.filter(problem="").first()
    failed = attempts.exclude(problem="")
    if arrived is not None:
        failed = failed.filter(pk__gt=arrived.pk)
    first, last = failed.last(), failed.first()
    return CopyState(
        place=target.place.value,
        target=target.name,
        stays_here=target.place == Place.FOLDER
        and Path(target.address).resolve().is_relative_to(settings.ROOT),
        arrived_at=arrived.tried_at if arrived else None,
        size=arrived.checkpoint_id if arrived else None,
        failing_since=first.tried_at if first else None,
        problem=last.problem if last else "",
    )
