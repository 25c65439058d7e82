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
from marketplace.models.events import Audience
from marketplace.models.people import Membership, User
from marketplace.models.templates import Template
from marketplace.permissions import may_draft_for
from marketplace.refusals import Refusal, require
from marketplace.templates import refuse_taken


class TemplateInUse(Refusal):
    """It was not taken out of use."""

    code = "template_in_use"


@transaction.atomic(savepoint=False)
def keep_again(*, actor: User, template_id: UUID, at: datetime) -> Template:
    """
    Undo that a template was taken out of use: the same is kept once more, by whoever undoes it.

    :raises Unknown, Forbidden: as `end_template`. :raises TemplateInUse: it is in use.
    :raises TemplateNameTaken: it is back already, or another bears its name by now.
    """
    ended = Template.objects.visible_to(actor).lock(template_id)
    require(may_draft_for(actor, ended.department))
    if ended.ended_at is None:
        raise TemplateInUse(f"“{ended.name}” is in use.")
    refuse_taken(ended.department, ended.name)
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
    """
    seat = seats_visible_to(actor).one(membership_id)
    return add_member(
        actor=actor,
        user_id=seat.user_id,
        role=seat.role,
        at=at,
        department_id=seat.department_id,
        provider_id=seat.provider_id,
    )
