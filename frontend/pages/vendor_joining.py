"""A vendor's own way in: the link, what the company is, what it does, terms and declaration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from frontend import wording
from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import page, refused
from frontend.requests import SignedIn
from marketplace.directory import categories, provider
from marketplace.refusals import Forbidden, Refusal
from marketplace.vendor_invitations import accept_vendor_invitation, invite_colleague
from marketplace.vendor_joining import (
    accept_terms,
    choose_categories,
    declare_owners,
    describe_company,
)
from marketplace.vendor_links import open_invitation
from marketplace.vendor_paper import VendorPaper, vendor_paper

JOIN = "frontend/pages/vendors/join.html"


class JoinForm(PageForm):
    """Who comes in."""

    name = forms.CharField(
        max_length=120,
        label=gettext_lazy("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("A password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class CompanyForm(PageForm):
    """What the company is."""

    legal_name = forms.CharField(max_length=300, label=gettext_lazy("Legal name"))
    register_number = forms.CharField(
        max_length=60, label=gettext_lazy("Number in the register of companies")
    )
    tax_number = forms.CharField(required=False, max_length=60, label=gettext_lazy("Tax number"))
    country = forms.CharField(
        max_length=2, label=gettext_lazy("Country"), help_text=gettext_lazy("Two letters, like DE.")
    )
    address = WordsField(rows=3, max_length=500, label=gettext_lazy("Address"))


class KindsForm(PageForm):
    """Which kinds of work."""

    category_ids = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Kinds of work")
    )


class AcceptForm(PageForm):
    """The version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput())


class DeclarationForm(PageForm):
    """Who owns the company, and whom its people are close to."""

    owners = WordsField(
        rows=3,
        label=gettext_lazy("Who owns or controls a quarter of the company or more?"),
        help_text=gettext_lazy("Name and share of each, or that nobody does."),
    )
    conflict = WordsField(
        rows=3,
        required=False,
        label=gettext_lazy("Is anybody of you close to somebody who works here?"),
        help_text=gettext_lazy("Who, and how. Left empty, you declare that nobody is."),
    )


class ColleagueForm(PageForm):
    """Whom to ask in."""

    email = forms.CharField(
        max_length=254,
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Role"))


@PAGE
@never_cache
def join(request: SignedIn, invitation_id: UUID, secret: str) -> HttpResponse:
    """Open an account by the link of an invitation. Nobody is signed in yet."""
    link = {"invitation_id": invitation_id, "secret": secret}
    words: dict[str, Any] = {"at": request.received_at, **link}
    form = JoinForm(sent(request))
    context: dict[str, Any] = {"form": form, "invitation": open_invitation(**words)}
    if not (request.method == "POST" and form.is_valid()):
        return _unlinked(page(request, JOIN, context))
    try:
        accept_vendor_invitation(**words, **form.cleaned_data)
    except Refusal as refusal:
        return _unlinked(refused(request, JOIN, context, refusal=refusal))
    messages.success(request, _("Your account is open. Sign in, and say what your company is."))
    return HttpResponseRedirect(reverse("account_login") + "?next=" + reverse("vendors"))


def _unlinked(response: HttpResponse) -> HttpResponse:
    # The address is the key: no other site learns it, and no search keeps it.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@PAGE
@login_required
def company(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Say what the company is."""
    paper = _own(request, provider_id)
    act = _act(paper, _("What your company is"), _("Say it"))
    known = paper.profile
    names = CompanyForm.base_fields
    initial = {name: getattr(known, name) for name in names} if known else {}
    return answer(
        request,
        act,
        CompanyForm(sent(request), initial=initial),
        do=lambda typed: describe_company(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=_("Noted."),
    )


@PAGE
@login_required
def kinds(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Say which kinds of work the company does."""
    paper = _own(request, provider_id)
    act = _act(paper, _("What your company does"), _("Say it"))
    does = [str(one.id) for one in provider(request.user, provider_id).facts.categories]
    form = KindsForm(sent(request), initial={"category_ids": does})
    offer(form, "category_ids", [(str(one.id), one.name) for one in categories()])
    return answer(
        request,
        act,
        form,
        do=lambda typed: choose_categories(
            actor=request.user,
            provider_id=provider_id,
            category_ids=[UUID(one) for one in typed["category_ids"]],
            at=request.received_at,
        ),
        told=_("Noted."),
    )


@PAGE
@login_required
def terms(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Read the terms, and accept them."""
    paper = _own(request, provider_id)
    if paper.last_terms is None:
        raise Forbidden(_("There are no terms to accept."))
    shown = paper.last_terms
    act = Act(
        title=_("Terms for vendors, version %(version)s") % {"version": shown.version},
        button=_("Accept them for the company"),
        back=reverse("vendor", args=[provider_id]),
        trail=paper.facts.name,
        words=shown.text,
    )
    return answer(
        request,
        act,
        AcceptForm(sent(request), initial={"version": shown.version}),
        do=lambda typed: accept_terms(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=_("Accepted. The version, the day and your name are kept."),
    )


@PAGE
@login_required
def declaration(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Declare owners and conflicts of interest."""
    paper = _own(request, provider_id)
    act = _act(paper, _("Owners, and conflicts of interest"), _("Declare it"))
    known = paper.declaration
    initial = {"owners": known.owners, "conflict": known.conflict} if known else {}
    return answer(
        request,
        act,
        DeclarationForm(sent(request), initial=initial),
        do=lambda typed: declare_owners(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=_("Declared. Finance reads it."),
    )


@PAGE
@login_required
def colleague(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Ask a colleague in."""
    paper = _own(request, provider_id)
    act = _act(paper, _("Invite a colleague"), _("Send the invitation"))
    form = ColleagueForm(sent(request), initial={"role": "member"})
    offer(form, "role", wording.choices("roles", "member", "lead"))
    return answer(
        request,
        act,
        form,
        do=lambda typed: invite_colleague(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=_("Invited. The mail goes out within a minute."),
    )


def _own(request: SignedIn, provider_id: UUID) -> VendorPaper:
    paper = vendor_paper(actor=request.user, provider_id=provider_id, at=request.received_at)
    if not paper.may_speak:
        raise Forbidden(_("Whoever leads the vendor speaks for it."))
    return paper


def _act(paper: VendorPaper, title: str, button: str) -> Act:
    back = reverse("vendor", args=[paper.facts.provider_id])
    return Act(title=title, button=button, back=back, trail=paper.facts.name)
