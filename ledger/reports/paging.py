"""Pages of a long list: by key, never by number, so that no row is lost or seen twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core import signing

from marketplace.refusals import Refusal

Row = TypeVar("Row")
PAGE = 50
PAGE_MAX = 200
SALT = "choicebook.cursor"


class NotACursor(Refusal):
    """The cursor was not given out by a page of this list."""

    code = "not_a_cursor"
    field = "cursor"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and where the next ones begin; None after the last."""

    items: tuple[Row, ...]
    next: str | None


def write_cursor(list_name: str, *key: str | int) -> str:
    """Return an opaque text that stands for a place in a list. It allows nothing by itself."""
    # Without a time in it, so that the same page is the same bytes again.
    return signing.Signer(salt=SALT).sign_object([list_name, *key])


def read_cursor(list_name: str, cursor: str) -> list[str | int] | None:
    """Return the key that a cursor stands for; None at the beginning. :raises NotACursor:"""
    if not cursor:
        return None
    key: list[str | int]
    try:
        name, *key = signing.Signer(salt=SALT).unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError):
        name, key = "", []
    if name != list_name:
        raise NotACursor("Take the cursor from the “next” of an earlier page of this list.")
    return key


def page_size(limit: int) -> int:
    """Return how many rows a page has: what was asked for, between 1 and the most there can be."""
    return max(1, min(limit, PAGE_MAX))
