"""What a person is here: their places and their offices."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.permissions import may_administer, offices_of, places_of
from marketplace.refusals import require


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in one department or with one provider."""

    id: UUID
    name: str
    role: str
    is_in_house: bool = True


@dataclass(frozen=True, slots=True)
class Seats:
    """All that one person is here."""

    departments: tuple[Seat, ...]
    providers: tuple[Seat, ...]
    offices: frozenset[str]

    @property
    def is_administrator(self) -> bool:
        return Office.ADMINISTRATOR in self.offices

    @property
    def is_finance(self) -> bool:
        return Office.FINANCE in self.offices

    @property
    def is_auditor(self) -> bool:
        return Office.AUDITOR in self.offices

    @property
    def is_outsider(self) -> bool:
        """Whether they belong to an outside vendor."""
        return any(not seat.is_in_house for seat in self.providers)

    @property
    def heads(self) -> bool:
        """Whether they head a department."""
        return any(seat.role == Role.HEAD for seat in self.departments)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person with all their places and offices, for administrators."""

    id: UUID
    name: str
    email: str
    is_active: bool
    joined_at: datetime
    seats: tuple[Seat, ...]
    offices: tuple[str, ...]


def seats(actor: User) -> Seats:
    """Return what the person is here: their departments, providers and offices."""
    places = places_of(actor)
    return Seats(
        departments=tuple(_seat(one) for one in places if one.department),
        providers=tuple(_seat(one) for one in places if one.provider),
        offices=offices_of(actor),
    )


def people(actor: User) -> list[PersonFacts]:
    """Return everybody, by name. :raises Forbidden: the person is no administrator."""
    require(may_administer(actor))
    places: dict[UUID, list[Seat]] = defaultdict(list)
    for one in _places(Membership.objects.current()):
        places[one.user_id].append(_seat(one))
    held: dict[UUID, list[str]] = defaultdict(list)
    for user_id, office in OfficeHeld.objects.filter(ended_at=None).values_list(
        "user_id", "office"
    ):
        held[user_id].append(office)
    return [
        PersonFacts(
            id=one.pk,
            name=one.name,
            email=one.email,
            is_active=one.is_active,
            joined_at=one.joined_at,
            seats=tuple(places[one.pk]),
            offices=tuple(sorted(held[one.pk])),
        )
        for one in User.objects.order_by("name", "email")
        if not one.is_system
    ]


def _places(found: QuerySet[Membership]) -> list[Membership]:
    return list(
        found.select_related("department", "provider").order_by(
            "department__name", "provider__name", "pk"
        )
    )


def _seat(one: Membership) -> Seat:
    if one.department:
        return Seat(one.department.pk, one.department.name, one.role)
    assert one.provider is not None
    return Seat(one.provider.pk, one.provider.name, one.role, one.provider.is_in_house)
