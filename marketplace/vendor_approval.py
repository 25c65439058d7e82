"""
Finance's answer to a vendor: approved, or sent back with what is missing; and the terms. Whoever
invited a vendor does not approve it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from marketplace.history import Fact, HasId, record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.models.vendors import Terms, VendorAnswer, VendorInvitation
from marketplace.notices import people_of_provider, tell
from marketplace.permissions import may_approve_vendors, may_manage_money
from marketplace.refusals import Forbidden, ReasonMissing, Refusal, require
from marketplace.vendor_joining import NotFromOutside
from marketplace.vendor_said import missing_of
from marketplace.words import keep


class VendorIncomplete(Refusal):
    """Something is missing that a vendor says before it is approved."""

    code = "vendor_incomplete"


class InvitedByYou(Forbidden):
    """Whoever invited a vendor does not approve it."""

    code = "invited_by_you"


class AlreadyApproved(Refusal):
    """A vendor is approved once."""

    code = "already_approved"


class TermsMissing(Refusal):
    """There are no words in these terms."""

    code = "terms_missing"
    field = "text"


@transaction.atomic(savepoint=False)
def state_terms(*, actor: User, text: str, at: datetime) -> Terms:
    """
    State the terms under which vendors work here, as the next version.

    :raises Forbidden: the actor is not of finance. :raises TermsMissing: there are no words.
    """
    require(may_manage_money(actor), "Finance states the terms for vendors.")
    if not text.strip():
        raise TermsMissing("Write the terms.")
    version = (Terms.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    terms = Terms.objects.create(version=version, text=text.strip(), stated_by=actor, stated_at=at)
    facts: dict[str, Fact] = {"version": version}
    record(actor, "terms.stated", actor, at=at, audience=Audience.COMPANY, facts=facts)
    return terms


@transaction.atomic(savepoint=False)
def approve_vendor(*, actor: User, provider_id: UUID, at: datetime) -> VendorAnswer:
    """
    Approve a vendor: from now on it may be invited, and bid.

    :raises Unknown: there is no such vendor.
    :raises Forbidden: the actor is not of finance. :raises InvitedByYou: another one answers.
    :raises NotFromOutside, AlreadyApproved, VendorIncomplete: the rules say no.
    """
    vendor = _to_answer(actor, provider_id)
    if VendorInvitation.objects.filter(
        provider=vendor, is_new_company=True, invited_by=actor
    ).exists():
        raise InvitedByYou("You invited this vendor. Another person of finance approves it.")
    missing = missing_of(vendor)
    if missing:
        raise VendorIncomplete(f"“{vendor}” has still to say: {', '.join(missing)}.")
    answer = VendorAnswer.objects.create(
        provider=vendor, is_approved=True, answered_by=actor, answered_at=at
    )
    vendor.approved_at = at
    vendor.save(update_fields=["approved_at"])
    _record(actor, "vendor.approved", answer, vendor, at=at)
    _tell_people(vendor, "vendor.approved", f"“{vendor}” is approved and may bid.", at=at)
    return answer


@transaction.atomic(savepoint=False)
def send_vendor_back(*, actor: User, provider_id: UUID, reason: str, at: datetime) -> VendorAnswer:
    """
    Tell a vendor what is missing before it can be approved.

    :raises Unknown: there is no such vendor. :raises Forbidden: the actor is not of finance.
    :raises NotFromOutside, AlreadyApproved, ReasonMissing: the rules say no.
    """
    vendor = _to_answer(actor, provider_id)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what is missing.")
    answer = VendorAnswer.objects.create(
        provider=vendor,
        is_approved=False,
        reason=keep(reason.strip(), at=at),
        answered_by=actor,
        answered_at=at,
    )
    _record(actor, "vendor.sent_back", answer, vendor, at=at)
    text = f"“{vendor}” is not approved yet: {reason.strip()}"
    _tell_people(vendor, "vendor.sent_back", text, at=at)
    return answer


def _to_answer(actor: User, provider_id: UUID) -> Provider:
    vendor = Provider.objects.visible_to(actor).lock(provider_id)
    require(may_approve_vendors(actor), "Finance approves vendors.")
    if vendor.is_in_house:
        raise NotFromOutside(f"“{vendor}” is a team of the house.")
    if vendor.approved_at is not None:
        raise AlreadyApproved(f"“{vendor}” is approved.")
    return vendor


def _tell_people(vendor: Provider, kind: str, text: str, *, at: datetime) -> None:
    tell(
        kind,
        recipients=people_of_provider(vendor, Role.LEAD),
        text=text,
        because="you lead this vendor",
        at=at,
        subject=vendor,
    )


def _record(
    actor: User,
    kind: str,
    subject: HasId,
    vendor: Provider,
    *,
    at: datetime,
    facts: dict[str, Fact] | None = None,
) -> None:
    record(
        actor,
        kind,
        subject,
        at=at,
        audience=Audience.PROVIDER,
        provider=vendor,
        facts=facts,
    )
