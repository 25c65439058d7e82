"""What needs a person: who has it, since when, by when, and what happens then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ledger.reports.desk_bids import bid_items
from ledger.reports.desk_books import books_items
from ledger.reports.desk_decided import decided_items, sealed_items
from ledger.reports.desk_did import did_items
from ledger.reports.desk_jobs import job_items
from ledger.reports.desk_nobody import nobody_items
from ledger.reports.desk_panel import panel_items
from ledger.reports.desk_vendors import vendor_items
from ledger.reports.desk_work import work_items
from ledger.reports.open_items import Desk, DoneItem, OpenItem
from ledger.reports.reading import Reader, reader_of
from marketplace.models.people import User
from marketplace.together import gathered, together

__all__ = ["Desk", "DoneItem", "OpenItem", "desk"]

DONE_LATELY = 10
NEVER = datetime.max.replace(tzinfo=UTC)


def desk(*, actor: User, at: datetime) -> Desk:
    """Return what waits for the actor, what waits for others, and what the actor did lately."""
    reader = reader_of(actor)
    items, done_lately = together(
        lambda: gathered(
            lambda: job_items(reader, at),
            lambda: panel_items(reader, at),
            lambda: bid_items(reader, at),
            lambda: work_items(reader, at),
            lambda: books_items(reader, at),
            lambda: nobody_items(reader),
            lambda: vendor_items(reader, at),
        ),
        lambda: _done_lately(actor, reader),
    )
    mine = _most_pressing_first(item for item in items if item.is_mine)
    return Desk(
        mine=mine,
        others=_most_pressing_first(item for item in items if not item.is_mine),
        done=done_lately,
        late=sum(item.is_late for item in mine),
    )


def _most_pressing_first(items: Iterable[OpenItem]) -> tuple[OpenItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.due_at or NEVER, item.since_at)))


def _done_lately(actor: User, reader: Reader) -> tuple[DoneItem, ...]:
    """Return what the actor did, and what was decided on their bids, the last first."""
    own, sealed, decided = together(
        lambda: did_items(actor, most=DONE_LATELY),
        lambda: sealed_items(reader, most=DONE_LATELY),
        lambda: decided_items(reader, most=DONE_LATELY),
    )
    return tuple(
        sorted([*own, *sealed, *decided], key=lambda one: one.at, reverse=True)[:DONE_LATELY]
    )
