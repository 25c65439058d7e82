"""What stands in the frame of every page: the places, as whom the person acts, theme and clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.appearance import keys_are_on, theme_of
from marketplace.directory import Seats, seats

# The places, in the order of the masthead: name of the address, word, keys.
PLACES: dict[str, tuple[str | Promise, str]] = {
    "home": (gettext_lazy("Home"), "g h"),
    "jobs": (gettext_lazy("Jobs"), "g j"),
    "my-bids": (gettext_lazy("Bids"), "g b"),
    "team": (gettext_lazy("Would they choose you?"), "g t"),
    "finance": (gettext_lazy("Finance"), "g f"),
    "statement": (gettext_lazy("Statement"), "g s"),
    "vendor-account": (gettext_lazy("Your money"), "g m"),
    "choices": (gettext_lazy("Choices made"), "g c"),
    "journal": (gettext_lazy("Journal"), "g l"),
    "record": (gettext_lazy("Record"), "g r"),
    "providers": (gettext_lazy("Providers"), "g p"),
    "departments": (gettext_lazy("Departments"), "g d"),
    "people": (gettext_lazy("People"), "g a"),
}
OFFICES = {
    "finance": gettext_lazy("Finance"),
    "auditor": gettext_lazy("Audit"),
    "administrator": gettext_lazy("Administration"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the masthead, and whether the reader is in it."""

    name: str
    address: str
    key: str
    is_here: bool
    is_exact: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template what the frame of the page needs, asked for only where it is drawn."""
    return {
        "theme": theme_of(request),
        "keys_are_on": keys_are_on(request),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "back": request.get_full_path(),
        "now": getattr(request, "received_at", None),
        "places": SimpleLazyObject(lambda: places(request)),
        "acting_for": SimpleLazyObject(lambda: acting_for(request)),
        "may_post": SimpleLazyObject(lambda: may_post(request)),
    }


def places(request: HttpRequest) -> list[Place]:
    """Return where this person can go; somebody who is not signed in can go nowhere."""
    held = _seats(request)
    if held is None:
        return []
    path = request.path
    return [
        Place(
            name=str(PLACES[name][0]),
            address=address,
            key=PLACES[name][1],
            is_here=address == path or (address != "/" and path.startswith(address)),
            is_exact=address == path,
        )
        for name in names_for(held)
        if (address := _address(name, held))
    ]


def names_for(held: Seats) -> list[str]:
    """Return the names of the places that such a person needs, in the order of the masthead."""
    names = {"home", "jobs"}
    if held.departments:
        names |= {"statement", "providers"}
    if held.providers:
        names |= {"my-bids", "team"}
    if _vendor(held):
        names.add("vendor-account")
    if held.is_finance:
        names |= {"finance", "statement", "choices"}
    if held.is_auditor:
        names |= {"choices", "journal", "record", "providers"}
    if held.is_administrator:
        names |= {"people", "departments", "providers", "record"}
    return [name for name in PLACES if name in names]


def acting_for(request: HttpRequest) -> str:
    """Return for whom this person acts: their departments, providers and offices."""
    held = _seats(request)
    if held is None:
        return ""
    offices = [str(OFFICES[office]) for office in sorted(held.offices)]
    names = [seat.name for seat in (*held.departments, *held.providers)]
    return _(" and ").join([*names, *offices])


def may_post(request: HttpRequest) -> bool:
    """Whether this person can begin a job, wherever they are."""
    held = _seats(request)
    return held is not None and bool(held.departments)


def _seats(request: HttpRequest) -> Seats | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    # Asked once a request, and forgotten with it.
    held: Seats = request.__dict__.setdefault("held_seats", None) or seats(user)
    request.__dict__["held_seats"] = held
    return held


def _vendor(held: Seats) -> UUID | None:
    """Return the vendor for which a person is here; None for whoever belongs to the company."""
    return next((seat.id for seat in held.providers if not seat.is_in_house), None)


def _address(name: str, held: Seats) -> str | None:
    try:
        return reverse(name, args=[_vendor(held)] if name == "vendor-account" else [])
    except NoReverseMatch:
        return None
