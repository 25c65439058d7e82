"""The offices of the company: finance, auditor, administrator."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.membership import BothSides
from marketplace.models.events import Audience
from marketplace.models.people import Office, OfficeHeld, User
from marketplace.notices import tell
from marketplace.people import lock_person
from marketplace.permissions import is_outsider, may_administer
from marketplace.refusals import Refusal, require


class NotAnOffice(Refusal):
    """The company has no such office."""

    code = "not_an_office"
    field = "office"


class AlreadyHeld(Refusal):
    """The person holds this office."""

    code = "already_held"
    field = "office"


class NotHeld(Refusal):
    """The person does not hold this office."""

    code = "not_held"
    field = "office"


class OwnOffice(Refusal):
    """Nobody gives an office to themselves."""

    code = "own_office"
    field = "user_id"


class LastAdministrator(Refusal):
    """Without an administrator nobody could ever make one again."""

    code = "last_administrator"
    field = "user_id"


@transaction.atomic(savepoint=False)
def grant_office(*, actor: User, user_id: UUID, office: Office | str, at: datetime) -> OfficeHeld:
    """
    Give a person an office of the company.

    :raises Forbidden: the actor is no administrator. :raises Unknown: no such person.
    :raises NotAnOffice, OwnOffice, BothSides, AlreadyHeld: the rules say no.
    """
    require(may_administer(actor))
    person = lock_person(user_id)
    if office not in Office.values:
        raise NotAnOffice("The offices are finance, auditor and administrator.")
    if person == actor:
        raise OwnOffice("Another administrator must give you an office.")
    if is_outsider(person):
        raise BothSides(f"{person} belongs to an outside vendor and can hold no office here.")
    if person.offices.filter(office=office, ended_at=None).exists():
        raise AlreadyHeld(f"{person} holds this office already.")
    held = OfficeHeld.objects.create(user=person, office=Office(office), since_at=at)
    facts = {"office": str(office)}
    record(actor, "office.granted", person, at=at, audience=Audience.COMPANY, facts=facts)
    text = f"You now hold the office “{Office(office).label}”."
    tell("office.granted", recipients=[person], text=text, because="it is about you", at=at)
    return held


@transaction.atomic(savepoint=False)
def withdraw_office(
    *, actor: User, user_id: UUID, office: Office | str, at: datetime
) -> OfficeHeld:
    """
    Take an office from a person.

    :raises Forbidden: the actor is no administrator. :raises Unknown: no such person.
    :raises NotHeld, LastAdministrator: the rules say no.
    """
    require(may_administer(actor))
    person = lock_person(user_id)
    # All who hold it are locked: two administrators must not withdraw each other's at once.
    holding = list(OfficeHeld.objects.select_for_update().filter(office=office, ended_at=None))
    held = next((one for one in holding if one.user_id == person.pk), None)
    if held is None:
        raise NotHeld(f"{person} does not hold this office.")
    if office == Office.ADMINISTRATOR and len(holding) == 1:
        raise LastAdministrator("Make somebody else administrator first.")
    held.ended_at = at
    held.save(update_fields=["ended_at"])
    facts = {"office": str(office)}
    record(actor, "office.withdrawn", person, at=at, audience=Audience.COMPANY, facts=facts)
    text = f"You no longer hold the office “{Office(office).label}”."
    tell("office.withdrawn", recipients=[person], text=text, because="it is about you", at=at)
    return held
