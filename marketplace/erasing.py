"""
A person's own data: given to them whenever they ask, and taken away when they ask for that.

The record names people by ids alone, so taking a name away breaks no proof. What they wrote stands
in words of their own, which two people redact one by one (`redacting.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction

from marketplace.history import record
from marketplace.mailing import mailing_of
from marketplace.models.events import Audience, Event, Notice
from marketplace.models.mailing import MailChoice
from marketplace.models.people import Membership, Office, OfficeHeld, User
from marketplace.models.tokens import Token
from marketplace.notices import holders, tell
from marketplace.people import lock_person
from marketplace.permissions import may_administer
from marketplace.refusals import Refusal, require

ASKED, ERASED = "person.erasure_asked", "person.erased"
EVENTS_MAX = 10_000  # of one's own, the latest


class ErasureAsked(Refusal):
    """It was asked for before, and waits for an administrator."""

    code = "erasure_asked"


class ErasureNotAsked(Refusal):
    """Nobody is erased who did not ask for it."""

    code = "erasure_not_asked"


class StillSeated(Refusal):
    """Who still acts for somebody is named by what they do next."""

    code = "still_seated"


class OwnErasure(Refusal):
    """Another administrator takes one's own name away."""

    code = "own_erasure"


@dataclass(frozen=True, slots=True)
class WaitingErasure:
    """Somebody who asked that their name be taken away."""

    user_id: UUID
    name: str
    asked_at: datetime
    is_seated: bool  # memberships or offices must end first


@transaction.atomic(savepoint=False)
def ask_erasure(*, actor: User, at: datetime) -> User:
    """Ask that one's own name be taken away. :raises ErasureAsked: it was asked before."""
    person = lock_person(actor.pk)
    if has_asked(person):
        raise ErasureAsked("You asked for it before. An administrator will see to it.")
    record(person, ASKED, person, at=at, audience=Audience.COMPANY)
    tell(
        ASKED,
        recipients=[one for one in holders(Office.ADMINISTRATOR) if one != person],
        text=f"{person.name} asks that their name and address be taken away.",
        because="administrators do that",
        at=at,
        subject=person,
    )
    return person


@transaction.atomic(savepoint=False)
def erase_person(*, actor: User, user_id: UUID, at: datetime) -> User:
    """
    Take away the name and the address of somebody who asked for it, and let them sign in no more.
    What they did stays provable, under their id.

    :raises Forbidden: only administrators do. :raises Unknown: there is no such person.
    :raises ErasureNotAsked, StillSeated, OwnErasure: the rules say no.
    """
    require(may_administer(actor), "Administrators take names away.")
    person = lock_person(user_id)
    if person == actor:
        raise OwnErasure("Another administrator takes your name away.")
    if not has_asked(person):
        raise ErasureNotAsked(f"{person} did not ask for it.")
    if _is_seated(person):
        raise StillSeated(f"End the places and offices of {person} first.")
    EmailAddress.objects.filter(user=person).delete()
    Token.objects.filter(user=person, revoked_at=None).update(revoked_at=at)
    MailChoice.objects.filter(user=person).delete()
    person.name = f"Erased person {str(person.pk)[:8]}"
    person.email = f"{person.pk}@erased.invalid"
    person.language = person.time_zone = ""
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["name", "email", "language", "time_zone", "is_active", "password"])
    record(actor, ERASED, person, at=at, audience=Audience.COMPANY)
    return person


def has_asked(person: User) -> bool:
    """Whether somebody waits for their name to be taken away."""
    return Event.objects.filter(kind=ASKED, subject_id=person.pk).exists() and person.is_active


def waiting_erasures(actor: User) -> tuple[WaitingErasure, ...]:
    """Return who waits, for administrators; for anybody else nobody does."""
    if not may_administer(actor):
        return ()
    asked = dict(Event.objects.filter(kind=ASKED).values_list("subject_id", "happened_at"))
    people = User.objects.filter(pk__in=asked, is_active=True).order_by("name")
    return tuple(WaitingErasure(one.pk, one.name, asked[one.pk], _is_seated(one)) for one in people)


def personal_data(*, actor: User) -> dict[str, Any]:
    """Return all that is kept about the person who asks, in plain values that JSON can hold."""
    seats = Membership.objects.filter(user=actor).select_related("department", "provider")
    events = Event.objects.filter(actor=actor).order_by("-happened_at", "-pk")[:EVENTS_MAX]
    notices = Notice.objects.filter(recipient=actor).order_by("-told_at", "-pk")[:EVENTS_MAX]
    return {
        "id": str(actor.pk),
        "name": actor.name,
        "email": actor.email,
        "language": actor.language,
        "time_zone": actor.time_zone,
        "mail": asdict(mailing_of(actor=actor)),
        "joined_at": _said(actor.joined_at),
        "last_signed_in_at": _said(actor.last_login),
        "memberships": [
            {
                "of": str(seat.department or seat.provider),
                "role": seat.role,
                "since_at": _said(seat.since_at),
                "ended_at": _said(seat.ended_at),
            }
            for seat in seats.order_by("since_at", "pk")
        ],
        "offices": [
            {"office": one.office, "since_at": _said(one.since_at), "ended_at": _said(one.ended_at)}
            for one in OfficeHeld.objects.filter(user=actor).order_by("since_at", "pk")
        ],
        "tokens": [
            {"name": one.name, "issued_at": _said(one.issued_at), "scopes": list(one.scopes)}
            for one in Token.objects.filter(user=actor).order_by("issued_at", "pk")
        ],
        "acts": [
            {"kind": one.kind, "at": _said(one.happened_at), "about": str(one.subject_id)}
            for one in events.defer("body", "salt", "leaf")
        ],
        "notices": [{"text": one.text, "at": _said(one.told_at)} for one in notices],
    }


def _is_seated(person: User) -> bool:
    seats = Membership.objects.current().filter(user=person)
    return seats.exists() or OfficeHeld.objects.filter(user=person, ended_at=None).exists()


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
