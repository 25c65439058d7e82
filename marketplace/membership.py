"""People's places in departments and with providers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from marketplace.history import record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.people import (
    DEPARTMENT_ROLES,
    PROVIDER_ROLES,
    Membership,
    MembershipQuerySet,
    Role,
    User,
)
from marketplace.models.providers import Provider
from marketplace.notices import tell
from marketplace.people import lock_person
from marketplace.permissions import is_outsider, may_manage_people_of
from marketplace.refusals import Refusal, Unknown, require


class AlreadyMember(Refusal):
    """The person has a place there."""

    code = "already_member"
    field = "user_id"


class RoleDoesNotFit(Refusal):
    """A department has heads and requesters, a provider leads and members."""

    code = "role_does_not_fit"
    field = "role"


class BothSides(Refusal):
    """Nobody belongs to the company and to an outside vendor at once."""

    code = "both_sides"
    field = "user_id"


class MembershipEnded(Refusal):
    """The person has left already."""

    code = "membership_ended"


@transaction.atomic(savepoint=False)
def add_member(
    *,
    actor: User,
    user_id: UUID,
    role: Role | str,
    at: datetime,
    department_id: UUID | None = None,
    provider_id: UUID | None = None,
) -> Membership:
    """
    Give a person a place in one department or with one provider.

    :raises Unknown: the actor cannot see the person, the department or the provider.
    :raises Forbidden: the actor does not manage its people.
    :raises RoleDoesNotFit, AlreadyMember, BothSides: the rules say no.
    """
    if (department_id is None) == (provider_id is None):
        raise RoleDoesNotFit("Name one department or one provider.")
    of: Department | Provider
    if department_id is not None:
        of, fitting = Department.objects.visible_to(actor).one(department_id), DEPARTMENT_ROLES
    else:
        assert provider_id is not None
        of, fitting = Provider.objects.visible_to(actor).one(provider_id), PROVIDER_ROLES
    require(may_manage_people_of(actor, of))
    # One lock per person: two places given at once must not stand on both sides.
    person = lock_person(user_id)
    seats = Membership.objects.current().filter(user=person)
    if is_outsider(actor) and seats.exclude(provider=provider_id).exists():
        raise Unknown("There is no such person.")  # a vendor learns nothing of other people

    if role not in fitting:
        raise RoleDoesNotFit(f"The role here is {fitting[0].label} or {fitting[1].label}.")
    place = {"department": of} if isinstance(of, Department) else {"provider": of}
    if seats.filter(**place).exists():
        raise AlreadyMember(f"{person} has a place with “{of}” already; end it first.")
    outside = isinstance(of, Provider) and not of.is_in_house
    if _stands_on_other_side(person, outside=outside):
        raise BothSides(f"{person} cannot belong to the company and to an outside vendor.")

    seat = Membership.objects.create(user=person, role=role, since_at=at, **place)
    _record_seat(actor, "member.added", seat, at=at)
    _tell_seat("member.added", seat, f"You are now {Role(role).label} of “{of}”.", at=at)
    return seat


@transaction.atomic(savepoint=False)
def end_membership(*, actor: User, membership_id: UUID, at: datetime) -> Membership:
    """
    End a person's place, or one's own. What they did in it stays theirs.

    :raises Unknown: there is none that the actor can see.
    :raises Forbidden: it is another's, and the actor does not manage the people there.
    :raises MembershipEnded: it is over already.
    """
    seat = seats_visible_to(actor).lock(membership_id)
    of = seat.department or seat.provider
    assert of is not None  # the database says so
    require(seat.user_id == actor.pk or may_manage_people_of(actor, of))
    if seat.ended_at is not None:
        raise MembershipEnded("This membership has ended already.")
    seat.ended_at = at
    seat.save(update_fields=["ended_at"])
    _record_seat(actor, "member.left", seat, at=at)
    _tell_seat("member.left", seat, f"Your place with “{of}” has ended.", at=at)
    return seat


def _stands_on_other_side(person: User, *, outside: bool) -> bool:
    if not outside:
        return is_outsider(person)
    seats = Membership.objects.current().filter(user=person)
    inside = seats.exclude(provider__isnull=False, provider__department=None)
    return inside.exists() or person.offices.filter(ended_at=None).exists()


def seats_visible_to(actor: User) -> MembershipQuerySet:
    """Return the places, past ones too, where the person sees the department or the provider."""
    return Membership.objects.filter(
        Q(department__in=Department.objects.visible_to(actor).values("pk"))
        | Q(provider__in=Provider.objects.visible_to(actor).values("pk"))
    )


def _record_seat(actor: User, kind: str, seat: Membership, *, at: datetime) -> None:
    facts = {
        "user": str(seat.user_id),
        "role": str(seat.role),
        "department": str(seat.department_id) if seat.department_id else None,
    }
    record(
        actor,
        kind,
        seat,
        at=at,
        audience=Audience.COMPANY,
        provider=seat.provider,
        facts=facts,
    )


def _tell_seat(kind: str, seat: Membership, text: str, *, at: datetime) -> None:
    tell(kind, recipients=[seat.user], text=text, because="it is about you", at=at)
