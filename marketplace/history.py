"""
The record: one append-only event per act, written in the act's own transaction.

An event's leaf is a salted hash of its canonical body. Those leaves are what the log seals later,
so that no writer ever waits for it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from marketplace.models.events import Audience, Event
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.prepared import prepared

Fact = str | int | None

INSERT = """
INSERT INTO marketplace_event (
    kind, actor_id, subject_id, job_id, provider_id, audience, happened_at, body, salt, leaf
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, recorded_at
"""
INSERT_ALL = """
INSERT INTO marketplace_event (
    kind, actor_id, subject_id, job_id, provider_id, audience, happened_at, body, salt, leaf
) SELECT kind, actor, subject, job, provider, audience, at, body, salt, leaf
FROM unnest(
    %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
    %s::timestamptz[], %s::text[], %s::bytea[], %s::bytea[]
) WITH ORDINALITY AS e (
    kind, actor, subject, job, provider, audience, at, body, salt, leaf, nth
) ORDER BY nth
"""
RESERVED = frozenset({"v", "kind", "at", "actor", "subject", "job", "provider"})


class HasId(Protocol):
    """Anything that an event can be about."""

    @property
    def id(self) -> UUID: ...


def record(
    actor: User,
    kind: str,
    subject: HasId,
    *,
    at: datetime,
    audience: Audience,
    job: Job | None = None,
    provider: Provider | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> Event:
    """
    Write one event into the caller's transaction. A fact that is None is left out. Within
    `recorded_together` the event has no id yet: it is written with the others.
    """
    known: dict[str, Fact] = {
        "v": 1,
        "kind": kind,
        "at": moment(at),
        "actor": str(actor.pk),
        "subject": str(subject.id),
        "job": str(job.pk) if job else None,
        "provider": str(provider.pk) if provider else None,
    }
    facts = facts or {}
    if RESERVED & facts.keys():
        raise ValueError(f"Facts may not be called {sorted(RESERVED & facts.keys())}.")
    body = canonical({**known, **facts})
    salt = token_bytes(16)
    leaf = leaf_of(salt, body)
    event = Event(
        kind=kind,
        actor=actor,
        subject_id=subject.id,
        job=job,
        provider=provider,
        audience=audience,
        happened_at=at,
        body=body,
        salt=salt,
        leaf=leaf,
    )
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(event)
        return event
    # Most acts write several events: prepared, each costs a sixth of what the ORM takes.
    event.pk, event.recorded_at = prepared(INSERT, _values(event))
    event._state.adding = False  # noqa: SLF001 - what the ORM does after its own INSERT
    return event


_waiting: ContextVar[list[Event] | None] = ContextVar("waiting", default=None)


@contextmanager
def recorded_together() -> Iterator[None]:
    """
    Within this, events are written by one statement at the end, in the order of the acts. For a
    transaction of many acts in which none reads what an earlier one recorded; it stands inside
    the transaction, so that acts and events are kept or lost together. One within another joins it.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[Event] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _write_all(waiting)


def _write_all(events: Sequence[Event]) -> None:
    if events:
        with connection.cursor() as cursor:
            columns = zip(*map(_values, events), strict=True)
            cursor.execute(INSERT_ALL, [list(column) for column in columns])


def _values(event: Event) -> list[Any]:
    of = (event.actor_id, event.subject_id, event.job_id, event.provider_id)
    what = (event.happened_at, event.body, event.salt, event.leaf)
    return [event.kind, *of, str(event.audience), *what]


def moment(at: datetime) -> str:
    """Return a moment as the record writes it: RFC 3339, UTC, six digits of a second, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def canonical(facts: Mapping[str, Fact]) -> str:
    """
    Return the one JSON text of these facts: keys sorted, no spaces, strings and integers only.

    A float has several spellings, so it has no place here.
    """
    kept = {key: value for key, value in facts.items() if value is not None}
    for key, value in kept.items():
        if type(value) not in (str, int):
            raise TypeError(f"The fact “{key}” is neither a string nor an integer.")
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf_of(salt: bytes, body: str) -> bytes:
    """Return SHA-256(0x00 ‖ salt ‖ body): a leaf in the manner of RFC 6962."""
    return sha256(b"\x00" + salt + body.encode()).digest()
