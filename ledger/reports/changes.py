"""
Everything that was sealed, in its order: a feed for a warehouse, append-only and without gaps.

What a reader may not know is a line that says nothing, so that its number is not missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.reports.columns import Column, columns
from ledger.reports.paging import page_size
from ledger.reports.reading import reader_of
from marketplace.models.events import Audience
from marketplace.models.log import LogLeaf
from marketplace.models.people import User
from marketplace.refusals import require

# What auditors alone read beside the provider itself.
FOR_AUDITORS = frozenset({Audience.PROVIDER})


@dataclass(frozen=True, slots=True)
class Change:
    """One event of the record, by its place in the log."""

    position: int
    kind: str | None  # None: not for this reader
    subject_id: UUID | None
    job_id: UUID | None
    provider_id: UUID | None
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Some events, and where to go on; the same question again when there is news."""

    items: tuple[Change, ...]
    next_since: int
    is_all: bool  # nothing more was sealed so far


COLUMNS: tuple[Column[Change], ...] = columns(
    *("position", "kind", "subject_id", "job_id", "provider_id", "happened_at"),
)


def changes(*, actor: User, since: int, limit: int) -> Changes:
    """
    Return what was sealed from a place on.

    :raises Forbidden: the feed is for finance and auditors.
    """
    reader = reader_of(actor)
    require(reader.reads_all_books, "The feed of changes is for finance and auditors.")
    size = page_size(limit)
    found = list(
        LogLeaf.objects.filter(position__gte=since)
        .select_related("event")
        .defer("event__body")
        .order_by("position")[: size + 1]
    )
    items = tuple(_change(leaf, reader.audits) for leaf in found[:size])
    last = items[-1].position + 1 if items else since
    return Changes(items, last, len(found) <= size)


def _change(leaf: LogLeaf, audits: bool) -> Change:
    event = leaf.event
    if event.audience in FOR_AUDITORS and not audits:
        return Change(leaf.position, None, None, None, None, None)
    return Change(
        position=leaf.position,
        kind=event.kind,
        subject_id=event.subject_id,
        job_id=event.job_id,
        provider_id=event.provider_id,
        happened_at=event.happened_at,
    )
