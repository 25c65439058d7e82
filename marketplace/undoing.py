"""
What was done by a slip is undone by its opposite, which is an act of its own: the record keeps
both, and nothing is taken off it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from marketplace.history import record
from marketplace.membership import add_member, seats_visible_to
from marketplace.models.events import Audience, Event
from marketplace.models.people import Membership, User
from marketplace.models.templates import Template
from marketplace.people import lock_person
from marketplace.permissions import may_draft_for, may_manage_people_of
from marketplace.refusals import Refusal, require
from marketplace.templates import refuse_taken


class TemplateInUse(Refusal):
    """It was not taken out of use."""

    code = "template_in_use"


class PastUndoing(Refusal):
    """One undoes one's own act, while nothing has come after it."""

    code = "past_undoing"


@transaction.atomic(savepoint=False)
def keep_again(*, actor: User, template_id: UUID, at: datetime) -> Template:
    """
    Undo that a template was taken out of use: the same is kept once more, by whoever undoes it.

    :raises Unknown, Forbidden: as `end_template`. :raises TemplateInUse: it is in use.
    :raises TemplateNameTaken: it is back already, or another bears its name by now.
    :raises PastUndoing: somebody else took it out of use, or a later one of its name.
    """
    ended = Template.objects.visible_to(actor).lock(template_id)
    require(may_draft_for(actor, ended.department))
    if ended.ended_at is None:
        raise TemplateInUse(f"“{ended.name}” is in use.")
    refuse_taken(ended.department, ended.name)
    if ended.ended_by_id != actor.pk:
        raise PastUndoing("Somebody else took this template out of use.")
    later = Template.objects.filter(department=ended.department_id, name=ended.name)
    if later.filter(kept_at__gte=ended.ended_at).exists():
        raise PastUndoing("A later template of this name was taken out of use since.")
    told = Template.objects.filter(pk=ended.pk).values().get()
    told |= {"id": uuid4(), "kept_by_id": actor.pk, "kept_at": at}
    template = Template.objects.create(**(told | {"ended_by_id": None, "ended_at": None}))
    record(actor, "template.kept", template, at=at, audience=Audience.COMPANY)
    return template


@transaction.atomic(savepoint=False)
def seat_again(*, actor: User, membership_id: UUID, at: datetime) -> Membership:
    """
    Undo that a person's place was ended: they get the same place and role anew, and are told.

    :raises Unknown: there is none that the actor can see.
    :raises Forbidden, AlreadyMember, BothSides: as `add_member`.
    :raises PastUndoing: somebody else ended it, or a later place of theirs there.
    """
    seat = seats_visible_to(actor).one(membership_id)
    of = seat.department or seat.provider
    assert of is not None  # the database says so
    require(may_manage_people_of(actor, of))
    lock_person(seat.user_id)
    if seat.ended_at is not None:
        _refuse_past(actor, seat, ended_at=seat.ended_at)
    return add_member(
        actor=actor,
        user_id=seat.user_id,
        role=seat.role,
        at=at,
        department_id=seat.department_id,
        provider_id=seat.provider_id,
    )


def _refuse_past(actor: User, seat: Membership, *, ended_at: datetime) -> None:
    ends = Event.objects.filter(subject_id=seat.pk, kind="member.left")
    if not ends.filter(actor=actor).exists():
        raise PastUndoing("Somebody else ended this place. Give a new one where it is wanted.")
    there = Membership.objects.filter(
        user=seat.user_id, department=seat.department_id, provider=seat.provider_id
    )
    if there.filter(since_at__gte=ended_at, ended_at__isnull=False).exists():
        raise PastUndoing("A later place there has ended since. Give a new one where it is wanted.")
