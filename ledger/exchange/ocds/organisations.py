"""Who is meant: buyers and providers, by whatever a publisher names them with."""

from __future__ import annotations

import re

from ledger.exchange.ocds.facts import OURS, Organisation
from ledger.exchange.ocds.places import Place

REGISTERED = re.compile(r"ocds-[a-z0-9]+")


def publisher_of(ocid: str) -> str:
    """
    Return what all ocids of one publisher begin with: the same in whatever file they come.

    That is the registered prefix; where there is none, the first two parts of the ocid.
    """
    lowered = ocid.lower()
    registered = REGISTERED.match(lowered)
    if registered:
        return registered[0]
    parts = lowered.split("-")
    return "-".join(parts[:2]) if len(parts) > 2 else parts[0]


class Organisations:
    """The parties of one release, and the keys that references to them stand for."""

    def __init__(self, release: Place) -> None:
        self.names: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.roles: dict[str, Organisation] = {}
        self.homes: dict[str, Organisation] = {}
        self.cost_centres: dict[str, str] = {}
        for party in release.at("parties").objects():
            found = self.meant_by(party)
            if found is None:
                continue
            self.names.setdefault(found.key, found.name)
            self.keys.setdefault(_folded(found.name), found.key)
            if party.at(OURS):
                self._note_ours(party, found.key)
            for role in party.at("roles").items():
                self.roles.setdefault(role.text(60), self._whole(found.key, found.name))

    def meant_by(self, place: Place) -> Organisation | None:
        """Return the organisation that a party or a reference names; none when it names none."""
        if isinstance(place.value, str):
            name, key = place.text(300), ""
        else:
            identifier = place.at("identifier")
            name = place.at("name").text(300) or identifier.at("legalName").text(300)
            key = place.at("id").text(200) or _scheme_and_id(identifier)
        known = self.keys.get(_folded(name)) if name else None
        key = key or known or (f"name:{_folded(name)}"[:200] if name else "")
        if not key:
            return None
        return self._whole(key, name or self.names.get(key, "") or key)

    def buyer(self, release: Place) -> Organisation | None:
        """Return who buys: the buyer, or else the entity that runs the procedure."""
        stated = self._named(release.at("buyer"))
        if stated or self.roles.get("buyer"):
            return stated or self.roles["buyer"]
        instead = self._named(release.at("tender", "procuringEntity"))
        instead = instead or self.roles.get("procuringEntity")
        if instead:
            release.at("buyer").remark("no buyer; the procuring entity is taken for it")
        return instead

    def _whole(self, key: str, name: str) -> Organisation:
        return Organisation(key, name, self.homes.get(key), self.cost_centres.get(key, ""))

    def _note_ours(self, party: Place, key: str) -> None:
        """Keep what a marketplace like this one says of a party."""
        stated = party.at(OURS)
        self.cost_centres[key] = stated.at("costCentre").text(40)
        if stated.at("kind").text(20) == "team" and stated.at("department"):
            home = self.meant_by(stated.at("department"))
            if home:
                self.homes[key] = home

    def _named(self, place: Place) -> Organisation | None:
        return self.meant_by(place) if place else None


def _scheme_and_id(identifier: Place) -> str:
    number = identifier.at("id").text(150)
    return f"{identifier.at('scheme').text(40)}-{number}".strip("-") if number else ""


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
