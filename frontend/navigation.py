"""What stands in the frame of every page: the places, as whom the person acts, theme and clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from frontend.appearance import keys_are_on, theme_of


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the masthead, and whether the reader is in it."""

    name: str
    address: str
    key: str
    is_here: bool
    is_exact: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template what the frame of the page needs. It asks the database nothing itself."""
    return {
        "theme": theme_of(request),
        "keys_are_on": keys_are_on(request),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "back": request.get_full_path(),
        "places": places(request),
        "now": getattr(request, "received_at", None),
    }


# name of the address, word, keys
PLACES: Sequence[tuple[str, Any, str]] = (
    ("home", _("Home"), "g h"),
    ("jobs", _("Jobs"), "g j"),
    ("providers", _("Providers"), "g p"),
    ("statement", _("Statement"), "g s"),
)


def places(request: HttpRequest) -> list[Place]:
    """Return where this person can go; somebody who is not signed in can go nowhere."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        Place(
            name=str(word),
            address=address,
            key=key,
            is_here=address == request.path
            or (address != "/" and request.path.startswith(address)),
            is_exact=address == request.path,
        )
        for name, word, key in PLACES
        if (address := _address(name))
    ]


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
