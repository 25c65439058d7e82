"""Pages of a list: `items`, `next`, `prev`, and the same two as a Link header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from rest_framework import serializers

from api.fields import MoneyField
from api.ordering import Updated, in_order
from ledger.reports.columns import Control
from ledger.reports.paging import PAGE, PAGE_MAX, NotACursor, Page

SALT = "choicebook.api.cursor"
TRAIL_MAX = 25  # how many pages back a cursor remembers: an address must stay short


class PageQuery(serializers.Serializer[Any]):
    """Where in the list, and how much of it."""

    cursor = serializers.CharField(required=False, default="", allow_blank=True, max_length=8_000)
    limit = serializers.IntegerField(required=False, default=PAGE, min_value=1, max_value=PAGE_MAX)


class ControlTotalOut(serializers.Serializer[Any]):
    """The sum of one column in one currency."""

    column = serializers.CharField()
    sum = MoneyField()


class ControlOut(serializers.Serializer[Any]):
    """What all pages together must come to."""

    rows = serializers.IntegerField()
    totals = ControlTotalOut(many=True)


class PeriodStatusField(serializers.ChoiceField):
    """Whether its figures may still move."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ["preliminary", "final"],
            help_text="Final where each month asked for is closed; else it may still move.",
            **options,
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, with the cursors of its neighbours."""

    items: Sequence[Any]
    next: str | None
    prev: str | None
    control: Control | None = None  # of all pages, where it is a report
    period_status: str = ""  # preliminary or final, where it is a report


@dataclass(frozen=True, slots=True)
class Controlled:
    """A report that is one paper, with what its rows come to."""

    paper: Any
    control: Control
    period_status: str


def turned(read: Callable[[str, int], Page[Any]], *, cursor: str, limit: int, **_: Any) -> Listed:
    """
    Return a page of a list that is read by key, forwards, in the order that the read gives it.

    Such a list knows its next page only; our cursor remembers the way back. It allows nothing:
    the key inside only says where to go on in what this reader may see.
    """
    trail = _read(cursor)
    page = read(trail[-1] if trail else "", limit)
    following = _write([*(trail or [""]), page.next][-TRAIL_MAX:]) if page.next else None
    return Listed(page.items, following, _write(trail[:-1]) if len(trail) > 1 else None)


def sliced(
    items: Sequence[Any],
    *,
    cursor: str,
    limit: int,
    ordering: str = "",
    updated: Updated | None = None,
) -> Listed:
    """Return a page of a list that is small enough to be read whole, in the order asked for."""
    items = in_order(items, ordering, updated)
    return windowed(lambda begin, count: items[begin : begin + count], cursor=cursor, limit=limit)


def windowed(
    read: Callable[[int, int], Sequence[Any]], *, cursor: str, limit: int, **_: Any
) -> Listed:
    """Return a page of a list that is read from a place on, so many at most."""
    trail = _read(cursor)
    try:
        begin = int(trail[-1]) if trail else 0
    except ValueError:
        raise _not_a_cursor() from None
    found, back = read(begin, limit + 1), max(0, begin - limit)
    return Listed(
        found[:limit],
        _write([str(begin + limit)]) if len(found) > limit else None,
        _write([str(back)]) if begin else None,
    )


def _write(trail: Sequence[str]) -> str:
    # Without the moment of writing: the same page is the same answer, and has the same ETag.
    return signing.Signer(salt=SALT).sign_object(list(trail), compress=True)


def _read(cursor: str) -> list[str]:
    if not cursor:
        return []
    try:
        trail = signing.Signer(salt=SALT).unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise _not_a_cursor() from None
    return [str(place) for place in trail]


def _not_a_cursor() -> NotACursor:
    return NotACursor("Take the cursor from “next” or “prev” of an earlier page of this list.")
