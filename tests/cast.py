"""
Who is who in the tests.

Marketing buys: Maya heads it, Rolf requests there. Gerd heads the house above. The Events team of
Services bids (Pia leads it, Paul belongs to it) against Vera's and Otto's companies. Fin keeps the
money, Ada audits, Adam administers.
"""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Model

from marketplace.admission import add_category, admit_vendor, register_department, register_team
from marketplace.membership import add_member
from marketplace.models.departments import Department
from marketplace.models.events import Event, Notice
from marketplace.models.people import Membership, OfficeHeld, User
from marketplace.models.policies import Policy
from marketplace.models.providers import Category, Provider
from marketplace.offices import grant_office
from marketplace.people import add_person, found_company

FOUNDED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PASSWORD = "between-two-lindens"


@dataclass(frozen=True, slots=True)
class Cast:
    adam: User  # administrator
    fin: User  # finance
    ada: User  # auditor
    gerd: User  # head of the house, above all departments
    maya: User  # head of Marketing
    rolf: User  # requester in Marketing
    sam: User  # head of Services, which the Events team belongs to
    pia: User  # lead of the Events team
    paul: User  # member of the Events team
    vera: User  # administrator of the vendor Vera & Co
    otto: User  # administrator of the vendor Otto Events
    house: Department
    marketing: Department
    services: Department
    events_team: Provider
    vera_co: Provider
    otto_co: Provider
    events: Category
    printing: Category


def assemble(*, at: datetime = FOUNDED, password: str | None = None) -> Cast:
    """Found the company of the tests. With a password, everybody signs in with it."""
    adam = found_company(
        email="adam@house.example", name="Adam", password=password or PASSWORD, at=at
    )

    def person(name: str) -> User:
        email = f"{name.lower()}@house.example"
        return add_person(actor=adam, email=email, name=name, at=at, password=password)

    def department(name: str, cost_centre: str, parent: Department | None = None) -> Department:
        return register_department(
            actor=adam,
            name=name,
            cost_centre=cost_centre,
            currency="EUR",
            at=at,
            parent_id=parent.pk if parent else None,
        )

    events = add_category(actor=adam, code="events", name="Events", at=at)
    printing = add_category(actor=adam, code="print", name="Print", at=at)
    house = department("House", "1000")
    marketing = department("Marketing", "1100", house)
    services = department("Services", "1200", house)
    events_team = register_team(
        actor=adam, name="Events", department_id=services.pk, at=at, category_ids=[events.pk]
    )
    vera_co = admit_vendor(actor=adam, name="Vera & Co", at=at, category_ids=[events.pk])
    otto_co = admit_vendor(actor=adam, name="Otto Events", at=at, category_ids=[events.pk])
    cast = Cast(
        adam=adam,
        **{
            name: person(name.capitalize())
            for name in ["fin", "ada", "gerd", "maya", "rolf", "sam", "pia", "paul", "vera", "otto"]
        },
        house=house,
        marketing=marketing,
        services=services,
        events_team=events_team,
        vera_co=vera_co,
        otto_co=otto_co,
        events=events,
        printing=printing,
    )
    _seat(cast, at=at)
    return cast


# All that founding writes, so that a further test in this process need not run the verbs again.
WRITTEN: list[type[Model]] = [
    *(User, OfficeHeld, Policy, Category, Department, Provider, Provider.categories.through),
    *(Membership, Event, Notice),
]
_remembered: dict[datetime, tuple[Cast, list[list[Model]]]] = {}


def assemble_again(*, at: datetime = FOUNDED) -> Cast:
    """Return the same company as `assemble`, quickly. For tests that are rolled back."""
    if at not in _remembered:
        cast = assemble(at=at)
        rows = [list(model._default_manager.all()) for model in WRITTEN]
        rows[0] = [row for row in rows[0] if not (isinstance(row, User) and row.is_system)]
        _remembered[at] = deepcopy(cast), rows
        return cast
    cast, rows = _remembered[at]
    for model, some in zip(WRITTEN, rows, strict=True):
        # What the rows hold is never changed in its place, so a shallow copy is one of its own.
        model._default_manager.bulk_create(map(copy, some))
    return deepcopy(cast)


def _seat(cast: Cast, *, at: datetime) -> None:
    for person, place, role in [
        (cast.gerd, cast.house, "head"),
        (cast.maya, cast.marketing, "head"),
        (cast.rolf, cast.marketing, "requester"),
        (cast.sam, cast.services, "head"),
        (cast.pia, cast.events_team, "lead"),
        (cast.paul, cast.events_team, "member"),
        (cast.vera, cast.vera_co, "lead"),
        (cast.otto, cast.otto_co, "lead"),
    ]:
        where = "department_id" if isinstance(place, Department) else "provider_id"
        add_member(actor=cast.adam, user_id=person.pk, role=role, at=at, **{where: place.pk})
    grant_office(actor=cast.adam, user_id=cast.fin.pk, office="finance", at=at)
    grant_office(actor=cast.adam, user_id=cast.ada.pk, office="auditor", at=at)
