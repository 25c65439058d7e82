"""Vendors as papers: what each has said, who has it and what happens next; who is invited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.models.vendors import (
    ProviderSuspension,
    Terms,
    TermsAcceptance,
    VendorAnswer,
    VendorDeclaration,
    VendorInvitation,
    VendorProfile,
)
from marketplace.permissions import (
    may_approve_vendors,
    may_invite_vendors,
    may_read_vendor,
    may_speak_for,
    may_suspend,
)
from marketplace.refusals import require
from marketplace.vendor_facts import (
    AcceptedFacts,
    DeclarationFacts,
    InvitationFacts,
    ProfileFacts,
    SuspensionFacts,
    TermsFacts,
    VendorState,
)
from marketplace.vendor_said import Said, all_said, terms_in_force

NEXT = {
    "preparing": "The vendor says what is missing. Then finance approves it.",
    "ready": "Finance looks at it and approves it, or says what is missing.",
    "sent_back": "The vendor mends what finance named. Then finance looks again.",
    "approved": "It may be invited, and bid.",
    "suspended": "It can neither be invited nor bid until it is restored.",
}


@dataclass(frozen=True, slots=True)
class VendorPaper:
    """All that a vendor said of itself, and what finance answered."""

    facts: VendorState
    said: tuple[Said, ...]
    profile: ProfileFacts | None
    declaration: DeclarationFacts | None
    terms: tuple[AcceptedFacts, ...]
    last_terms: TermsFacts | None
    sent_back: str
    approved_by: str
    invited_by: str
    invitations: tuple[InvitationFacts, ...]
    suspensions: tuple[SuspensionFacts, ...]
    may_speak: bool
    may_approve: bool
    may_send_back: bool
    may_suspend: bool


@dataclass(frozen=True, slots=True)
class VendorRoom:
    """Vendors and who is invited, as one person may see them."""

    vendors: tuple[VendorState, ...]
    invitations: tuple[InvitationFacts, ...]
    last_terms: TermsFacts | None
    may_invite: bool
    may_state_terms: bool


def vendor_states(*, actor: User) -> tuple[VendorState, ...]:
    """Return where each vendor stands that the person may see; who waits for finance is first."""
    return _vendor_states(actor, terms_in_force())


def _vendor_states(actor: User, terms: Terms | None) -> tuple[VendorState, ...]:
    vendors = list(Provider.objects.visible_to(actor).filter(department=None).order_by("name"))
    order = {"ready": 0, "preparing": 1, "sent_back": 1}
    back = _sent_back(vendors)
    states = [_state(one, said, back.get(one.pk)) for one, said in all_said(vendors, terms)]
    return tuple(sorted(states, key=lambda one: order.get(one.state, 2)))


def vendor_room(*, actor: User, at: datetime) -> VendorRoom:
    """Return every vendor that the person may see, and who was invited and has not come yet."""
    invited = VendorInvitation.objects.visible_to(actor).filter(is_new_company=True)
    terms = terms_in_force()
    return VendorRoom(
        vendors=_vendor_states(actor, terms),
        invitations=_invitations(actor, invited.filter(accepted_at=None), at=at),
        last_terms=_terms(terms),
        may_invite=may_invite_vendors(actor),
        may_state_terms=may_approve_vendors(actor),
    )


def vendor_paper(*, actor: User, provider_id: UUID, at: datetime) -> VendorPaper:
    """
    Return what a vendor said of itself.

    :raises Unknown: there is no such vendor. :raises Forbidden: it is not the actor's to read.
    """
    vendors = Provider.objects.visible_to(actor).filter(department=None)
    vendor = vendors.one(provider_id)
    require(may_read_vendor(actor, vendor), "What vendors say of themselves is for finance.")
    terms = terms_in_force()
    ((_, said),) = all_said([vendor], terms)
    facts = _state(vendor, said, _sent_back([vendor]).get(vendor.pk))
    profile = VendorProfile.objects.filter(provider=vendor).order_by("-said_at", "-pk")
    answers = VendorAnswer.objects.filter(provider=vendor).select_related("answered_by", "reason")
    last = answers.order_by("-answered_at").first()
    invited = VendorInvitation.objects.filter(provider=vendor).select_related("invited_by")
    first = invited.filter(is_new_company=True).first()
    answering = may_approve_vendors(actor) and vendor.approved_at is None
    own = first is not None and first.invited_by_id == actor.pk
    return VendorPaper(
        facts=facts,
        said=said,
        profile=_profile(profile.select_related("said_by").first()),
        declaration=_declaration(vendor),
        terms=_accepted(vendor),
        last_terms=_terms(terms),
        sent_back=last.reason.text if last and last.reason and not last.is_approved else "",
        approved_by=last.answered_by.name if last and last.is_approved else "",
        invited_by=first.invited_by.name if first else "",
        invitations=_invitations(actor, invited.filter(is_new_company=False), at=at),
        suspensions=_suspensions(vendor),
        may_speak=may_speak_for(actor, vendor),
        may_approve=answering and not facts.missing and not own,
        may_send_back=answering,
        may_suspend=may_suspend(actor, vendor),
    )


def _terms(terms: Terms | None) -> TermsFacts | None:
    return TermsFacts(terms.version, terms.text, terms.stated_at) if terms else None


def _state(vendor: Provider, said: tuple[Said, ...], sent_back_at: datetime | None) -> VendorState:
    missing = tuple(one.code for one in said if not one.is_done)
    said_at = max((one.at for one in said if one.at), default=vendor.admitted_at)
    if vendor.suspended_at is not None:
        state, since = "suspended", vendor.suspended_at
    elif vendor.approved_at is not None:
        state, since = "approved", vendor.approved_at
    elif sent_back_at is not None and sent_back_at >= said_at:
        state, since = "sent_back", sent_back_at
    else:
        state, since = "preparing" if missing else "ready", said_at
    # What an approved vendor never had to say is not asked of it now.
    asked = () if vendor.approved_at else missing
    return VendorState(vendor.pk, vendor.name, state, since, NEXT[state], asked)


def _sent_back(vendors: Sequence[Provider]) -> dict[UUID, datetime]:
    answers = VendorAnswer.objects.filter(provider__in=vendors, is_approved=False)
    return dict(answers.order_by("answered_at").values_list("provider_id", "answered_at"))


def _profile(one: VendorProfile | None) -> ProfileFacts | None:
    if one is None:
        return None
    return ProfileFacts(
        legal_name=one.legal_name,
        register_number=one.register_number,
        tax_number=one.tax_number,
        country=one.country,
        address=one.address,
        said_by=one.said_by.name,
        said_at=one.said_at,
    )


def _declaration(vendor: Provider) -> DeclarationFacts | None:
    declared = VendorDeclaration.objects.filter(provider=vendor)
    one = (
        declared.select_related("owners", "conflict", "declared_by")
        .order_by("-declared_at", "-pk")
        .first()
    )
    if one is None:
        return None
    conflict = one.conflict.text if one.conflict else ""
    return DeclarationFacts(one.owners.text, conflict, one.declared_by.name, one.declared_at)


def _accepted(vendor: Provider) -> tuple[AcceptedFacts, ...]:
    accepted = TermsAcceptance.objects.filter(provider=vendor).select_related("accepted_by")
    return tuple(
        AcceptedFacts(one.terms_id, one.accepted_by.name, one.accepted_at)
        for one in accepted.order_by("-terms")
    )


def _suspensions(vendor: Provider) -> tuple[SuspensionFacts, ...]:
    found = ProviderSuspension.objects.filter(provider=vendor).select_related(
        "reason", "suspended_by", "return_reason", "ended_by"
    )
    return tuple(
        SuspensionFacts(
            reason=one.reason.text,
            suspended_by=one.suspended_by.name,
            suspended_at=one.suspended_at,
            return_reason=one.return_reason.text if one.return_reason else "",
            ended_by=one.ended_by.name if one.ended_by else "",
            ended_at=one.ended_at,
        )
        for one in found.order_by("-suspended_at")
    )


def _invitations(
    actor: User, found: QuerySet[VendorInvitation], *, at: datetime
) -> tuple[InvitationFacts, ...]:
    invites = may_invite_vendors(actor)
    return tuple(
        InvitationFacts(
            id=one.pk,
            company_name=one.company_name,
            email=one.email,
            role=one.role,
            provider_id=one.provider_id,
            invited_by=one.invited_by.name,
            invited_at=one.invited_at,
            ends_at=one.ends_at,
            state=_stands(one, at=at),
            may_withdraw=_stands(one, at=at) in ("waiting", "sent")
            and (one.invited_by_id == actor.pk or (one.is_new_company and invites)),
        )
        for one in found.select_related("invited_by").order_by("-invited_at")[:200]
    )


def _stands(one: VendorInvitation, *, at: datetime) -> str:
    if one.accepted_at is not None:
        return "used"
    if one.withdrawn_at is not None:
        return "withdrawn"
    if at >= one.ends_at:
        return "ended"
    return "sent" if one.sent_at else "waiting"
