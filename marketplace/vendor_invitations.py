"""A person outside is asked to come in, by a mail with a link that ends; and comes in, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import PROVIDER_ROLES, Membership, Role, User
from marketplace.models.providers import Provider
from marketplace.models.vendors import VendorInvitation
from marketplace.notices import tell
from marketplace.people import EmailNotUsable, EmailTaken, make_person
from marketplace.permissions import may_invite_vendors, may_speak_for
from marketplace.refusals import Refusal, require
from marketplace.vendor_links import InvitationOver, opened

OPEN_FOR = timedelta(days=14)


class CompanyNameMissing(Refusal):
    """A vendor has a name that people know it by."""

    code = "company_name_missing"
    field = "company_name"


class AskedAlready(Refusal):
    """The same person has an invitation that stands."""

    code = "asked_already"
    field = "email"


class RoleNotThere(Refusal):
    """With a vendor one is its administrator or a member."""

    code = "role_not_there"
    field = "role"


@transaction.atomic(savepoint=False)
def invite_vendor(*, actor: User, email: str, company_name: str, at: datetime) -> VendorInvitation:
    """
    Ask somebody outside to bring their company in. Finance approves it before it may bid.

    :raises Forbidden: the actor is neither of finance nor heads a department.
    :raises CompanyNameMissing, EmailNotUsable, EmailTaken, AskedAlready: the rules say no.
    """
    require(may_invite_vendors(actor), "Finance and heads of departments invite vendors.")
    name = company_name.strip()
    if not name or len(name) > 300:
        raise CompanyNameMissing("Give the name of the company, of 300 characters at most.")
    email = _usable(email, at=at)
    return _invite(actor, email, name, None, Role.LEAD, at=at)


@transaction.atomic(savepoint=False)
def invite_colleague(
    *, actor: User, provider_id: UUID, email: str, role: str, at: datetime
) -> VendorInvitation:
    """
    Ask somebody into the actor's own vendor.

    :raises Unknown: there is no such vendor. :raises Forbidden: the actor does not lead it.
    :raises RoleNotThere, EmailNotUsable, EmailTaken, AskedAlready: the rules say no.
    """
    vendor = Provider.objects.visible_to(actor).one(provider_id)
    require(may_speak_for(actor, vendor) and not vendor.is_in_house)
    if role not in PROVIDER_ROLES:
        raise RoleNotThere("Choose lead or member.")
    email = _usable(email, at=at, into=vendor)
    return _invite(actor, email, vendor.name, vendor, Role(role), at=at)


@transaction.atomic(savepoint=False)
def withdraw_vendor_invitation(
    *, actor: User, invitation_id: UUID, at: datetime
) -> VendorInvitation:
    """
    Let a link open nothing any more.

    :raises Unknown: there is none that the actor can see.
    :raises Forbidden: it is another's, and the actor may invite nobody there.
    :raises InvitationOver: it is over already.
    """
    invitation = VendorInvitation.objects.visible_to(actor).lock(invitation_id)
    into = invitation.provider
    require(
        invitation.invited_by_id == actor.pk
        or (may_invite_vendors(actor) if into is None else may_speak_for(actor, into))
    )
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationOver("It was used or withdrawn already.")
    invitation.withdrawn_at, invitation.withdrawn_by = at, actor
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record(actor, "vendor.uninvited", invitation, at=at)
    return invitation


@transaction.atomic(savepoint=False)
def accept_vendor_invitation(
    *, invitation_id: UUID, secret: str, name: str, password: str, at: datetime
) -> User:
    """
    Open an account by the link of an invitation: whoever holds it comes in, once, as the company's
    first person or as a colleague.

    :raises Unknown: there is no such link. :raises InvitationOver: it opens nothing any more.
    :raises EmailTaken, NameMissing, PasswordTooWeak: the rules say no.
    """
    invitation = opened(invitation_id, secret, at=at, lock=True)
    person = make_person(email=invitation.email, name=name, password=password, at=at)
    vendor = invitation.provider or _vendor(invitation, at=at)
    record(person, "person.added", person, at=at, audience=Audience.COMPANY)
    seat = Membership.objects.create(
        user=person, role=invitation.role, since_at=at, provider=vendor
    )
    facts = {"user": str(person.pk), "role": str(invitation.role)}
    record(
        person,
        "member.added",
        seat,
        at=at,
        audience=Audience.COMPANY,
        provider=vendor,
        facts=facts,
    )
    invitation.accepted_at, invitation.accepted_by, invitation.provider = at, person, vendor
    invitation.save(update_fields=["accepted_at", "accepted_by", "provider"])
    _record(person, "vendor.joined", invitation, at=at)
    tell(
        "vendor.joined",
        recipients=[invitation.invited_by],
        text=f"{person.name} of “{vendor}” took your invitation.",
        because="you invited them",
        at=at,
        subject=vendor,
    )
    return person


def _usable(email: str, *, at: datetime, into: Provider | None = None) -> str:
    """Return an address that may be asked. A vendor is told of nobody but its own people."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise EmailNotUsable(f"“{email}” is not an e-mail address.") from None
    known = User.objects.filter(email__iexact=email)
    waiting = VendorInvitation.objects.open().filter(email__iexact=email, ends_at__gt=at)
    if into is not None:
        known, waiting = known.filter(memberships__provider=into), waiting.filter(provider=into)
    if known.exists():
        raise EmailTaken("Somebody has this e-mail address already.")
    if waiting.exists():
        raise AskedAlready("They have an invitation that stands. Withdraw it first.")
    return email


def _invite(
    actor: User, email: str, company: str, vendor: Provider | None, role: Role, *, at: datetime
) -> VendorInvitation:
    invitation = VendorInvitation.objects.create(
        email=email,
        company_name=company,
        provider=vendor,
        is_new_company=vendor is None,
        role=role,
        invited_by=actor,
        invited_at=at,
        ends_at=at + OPEN_FOR,
    )
    _record(actor, "vendor.invited", invitation, at=at)
    return invitation


def _vendor(invitation: VendorInvitation, *, at: datetime) -> Provider:
    vendor = Provider.objects.create(name=invitation.company_name, admitted_at=at)
    facts = {"name": vendor.name}
    record(
        invitation.invited_by,
        "vendor.admitted",
        vendor,
        at=at,
        audience=Audience.COMPANY,
        provider=vendor,
        facts=facts,
    )
    return vendor


def _record(actor: User, kind: str, invitation: VendorInvitation, *, at: datetime) -> None:
    record(actor, kind, invitation, at=at, audience=Audience.COMPANY, provider=invitation.provider)
