"""Everybody who is here, and the offices of the company."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import wording
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import PageForm
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.company import PERSON_COLUMNS
from marketplace.directory import PersonFacts, people, seats
from marketplace.erasing import waiting_erasures
from marketplace.offices import grant_office, withdraw_office
from marketplace.people import add_person
from marketplace.refusals import Forbidden, Unknown


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show everybody with their places and offices."""
    only_known(request)
    context = {"people": people(request.user), "waiting": waiting_erasures(request.user)}
    return page(request, "frontend/pages/company/people.html", context)


@require_safe
@login_required
def index_csv(request: SignedIn) -> HttpResponseBase:
    """Give everybody with their places and offices as a file."""
    only_known(request)
    return csv_answer("people", PERSON_COLUMNS, people(request.user))


class PersonForm(PageForm):
    """Somebody new."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Name"))
    email = forms.CharField(
        max_length=254,
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("They sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        required=False,
        label=gettext_lazy("First password"),
        help_text=gettext_lazy("Without one they can be named, but not sign in with a password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@PAGE
@login_required
def new_person(request: SignedIn) -> HttpResponse:
    """Add a person, who has no place anywhere yet."""
    administrators_only(request)
    act = Act(
        title=_("Add a person"),
        lead=_("Give them a place in a department or with a provider next."),
        button=_("Add them"),
        back=reverse("people"),
        trail=_("People"),
    )

    def do(typed: dict[str, Any]) -> object:
        password = typed.pop("password") or None
        return add_person(actor=request.user, at=request.received_at, password=password, **typed)

    return answer(request, act, PersonForm(sent(request)), do=do, told=_("Added."))


class OfficeForm(PageForm):
    """An office of the company."""

    office = forms.ChoiceField(
        choices=wording.choices("offices"), widget=forms.RadioSelect, label=gettext_lazy("Office")
    )


@PAGE
@fresh_sign_in
def office_new(request: SignedIn, user_id: UUID) -> HttpResponse:
    """Give a person an office of the company."""
    person = _person(request, user_id)
    act = Act(
        title=_("Give %(name)s an office") % {"name": person.name},
        lead=_("It reaches over the whole company. They are told."),
        button=_("Give the office"),
        back=reverse("people"),
        trail=_("People"),
    )
    return answer(
        request,
        act,
        OfficeForm(sent(request) or kept_input(request)),
        do=lambda typed: grant_office(
            actor=request.user, user_id=user_id, at=request.received_at, **typed
        ),
        told=_("Given. They have been told."),
    )


@PAGE
@fresh_sign_in
def office_end(request: SignedIn, user_id: UUID, office: str) -> HttpResponse:
    """Take an office from a person."""
    person = _person(request, user_id)
    name = wording.word("offices", office)
    act = Act(
        title=_("Take the office “%(office)s” from %(name)s")
        % {"office": name, "name": person.name},
        button=_("Take it"),
        back=reverse("people"),
        trail=_("People"),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: withdraw_office(
            actor=request.user, user_id=user_id, office=office, at=request.received_at
        ),
        told=_("Taken. They have been told."),
    )


def administrators_only(request: SignedIn) -> None:
    """:raises Forbidden: the person is no administrator, so the page is not shown either."""
    if not seats(request.user).is_administrator:
        raise Forbidden(_("This is for administrators."))


def _person(request: SignedIn, user_id: UUID) -> PersonFacts:
    """Return a person. :raises Unknown: there is none. :raises Forbidden: not theirs to list."""
    for one in people(request.user):
        if one.id == user_id:
            return one
    raise Unknown("There is no such person.")
