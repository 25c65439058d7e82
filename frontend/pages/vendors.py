"""Vendors on their way in: who is invited, what each has said, and finance's answers."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import wording
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import PageForm, WordsField
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from marketplace.directory import provider
from marketplace.refusals import Forbidden, Unknown
from marketplace.suspension import restore_provider, suspend_provider
from marketplace.vendor_approval import approve_vendor, send_vendor_back, state_terms
from marketplace.vendor_invitations import invite_vendor, withdraw_vendor_invitation
from marketplace.vendor_paper import vendor_paper, vendor_room


class VendorInviteForm(PageForm):
    """Whom to ask in."""

    company_name = forms.CharField(max_length=300, label=gettext_lazy("Company"))
    email = forms.CharField(
        max_length=254,
        label=gettext_lazy("E-mail address of the person who will look after it"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ReasonForm(PageForm):
    """Why."""

    reason = forms.CharField(max_length=500, label=gettext_lazy("In a sentence, why"))


class TermsForm(PageForm):
    """The terms for vendors."""

    text = WordsField(rows=16, max_length=40_000, label=gettext_lazy("Terms"))


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show where each vendor stands, and who is invited."""
    only_known(request)
    room = vendor_room(actor=request.user, at=request.received_at)
    return page(request, "frontend/pages/vendors/index.html", {"room": room})


@require_safe
@login_required
def show(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Show what a vendor said of itself, and what is missing."""
    only_known(request)
    paper = vendor_paper(actor=request.user, provider_id=provider_id, at=request.received_at)
    context = {
        "paper": paper,
        "own": provider(request.user, provider_id),
        "state": wording.word("vendor_states", paper.facts.state),
    }
    return page(request, "frontend/pages/vendors/vendor.html", context)


@PAGE
@login_required
def invite(request: SignedIn) -> HttpResponse:
    """Ask a company outside to come in."""
    if not vendor_room(actor=request.user, at=request.received_at).may_invite:
        raise Forbidden(_("Finance and heads of departments invite vendors."))
    act = Act(
        title=_("Invite a vendor"),
        lead=_("They get a mail with a link that works once, for 14 days. Finance approves them."),
        button=_("Send the invitation"),
        back=reverse("vendors"),
        trail=_("Vendors"),
    )
    return answer(
        request,
        act,
        VendorInviteForm(sent(request)),
        do=lambda typed: invite_vendor(actor=request.user, at=request.received_at, **typed),
        told=_("Invited. The mail goes out within a minute."),
    )


@PAGE
@login_required
def withdraw(request: SignedIn, invitation_id: UUID) -> HttpResponse:
    """Let a link open nothing any more."""
    room = vendor_room(actor=request.user, at=request.received_at)
    facts = next((one for one in room.invitations if one.id == invitation_id), None)
    if facts is None:
        raise Unknown("There is no such invitation.")
    act = Act(
        title=_("Withdraw the invitation of %(name)s") % {"name": facts.company_name},
        lead=_("The link in the mail opens nothing any more."),
        button=_("Withdraw it"),
        back=reverse("vendors"),
        trail=_("Vendors"),
        facts=((_("To"), facts.email),),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda _typed: withdraw_vendor_invitation(
            actor=request.user, invitation_id=invitation_id, at=request.received_at
        ),
        told=_("Withdrawn."),
    )


@PAGE
@login_required
def terms(request: SignedIn) -> HttpResponse:
    """State the terms for vendors, as the next version."""
    room = vendor_room(actor=request.user, at=request.received_at)
    if not room.may_state_terms:
        raise Forbidden(_("Finance states the terms for vendors."))
    act = Act(
        title=_("State the terms for vendors"),
        lead=_("They become the next version. Who comes in from now on accepts them first."),
        button=_("State them"),
        back=reverse("vendors"),
        trail=_("Vendors"),
        warning=_("What is stated stays as it is; mend it by the next version."),
    )
    text = room.last_terms.text if room.last_terms else ""
    return answer(
        request,
        act,
        TermsForm(sent(request), initial={"text": text}),
        do=lambda typed: state_terms(actor=request.user, at=request.received_at, **typed),
        told=_("Stated."),
    )


@PAGE
@login_required
def approve(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Approve a vendor."""
    paper = vendor_paper(actor=request.user, provider_id=provider_id, at=request.received_at)
    declared = paper.declaration
    conflict = declared.conflict if declared else ""
    act = Act(
        title=_("Approve %(name)s") % {"name": paper.facts.name},
        lead=_("From then on they may be invited, and bid. They are told."),
        button=_("Approve them"),
        back=reverse("vendor", args=[provider_id]),
        trail=paper.facts.name,
        facts=(
            (_("Legal name"), paper.profile.legal_name if paper.profile else "–"),
            (_("Owners"), declared.owners if declared else "–"),
            (_("Conflict of interest"), conflict or _("none declared")),
        ),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda _typed: approve_vendor(
            actor=request.user, provider_id=provider_id, at=request.received_at
        ),
        told=_("Approved. They have been told."),
    )


# What is done with a vendor for a reason: title, lead, button, verb, and what is said afterwards.
REASONED = {
    "back": (
        gettext_lazy("Send %(name)s back"),
        gettext_lazy("They are told what is missing, mend it, and come before you again."),
        gettext_lazy("Send it back"),
        send_vendor_back,
        gettext_lazy("Sent back. They have been told."),
    ),
    "suspension": (
        gettext_lazy("Suspend %(name)s"),
        gettext_lazy("They can neither be invited nor bid until they are restored. They are told."),
        gettext_lazy("Suspend them"),
        suspend_provider,
        gettext_lazy("Suspended."),
    ),
    "return": (
        gettext_lazy("Restore %(name)s"),
        gettext_lazy("They can be invited and bid again. They are told."),
        gettext_lazy("Restore them"),
        restore_provider,
        gettext_lazy("Restored."),
    ),
}


@PAGE
@login_required
def reasoned(request: SignedIn, provider_id: UUID, what: str) -> HttpResponse:
    """Send a vendor back, suspend a provider, or let it return: for a reason."""
    if what not in REASONED:
        raise Unknown("There is no such act.")
    title, lead, button, verb, told = REASONED[what]
    paper = provider(request.user, provider_id)
    if what != "back" and not paper.may_suspend:
        raise Forbidden(_("Administrators suspend providers, and of a vendor finance."))
    facts = paper.facts
    act = Act(
        title=str(title) % {"name": facts.name},
        lead=str(lead),
        button=str(button),
        back=reverse("provider" if facts.is_in_house else "vendor", args=[provider_id]),
        trail=facts.name,
    )
    return answer(
        request,
        act,
        ReasonForm(sent(request)),
        do=lambda typed: verb(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=str(told),
    )
