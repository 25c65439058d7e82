"""Who belongs where: adding a person to a department or a provider, and ending their place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from frontend import wording
from frontend.acts import Act, NothingAsked, answer, sent, undone
from frontend.forms import PageForm, offer
from frontend.pages.drafts import PAGE
from frontend.requests import SignedIn
from marketplace.directory import (
    Person,
    department,
    membership,
    people,
    provider,
    seats,
)
from marketplace.membership import add_member, end_membership
from marketplace.people import add_person
from marketplace.refusals import Forbidden
from marketplace.undoing import seat_again


class MemberForm(PageForm):
    """Somebody who is here already, and their role."""

    user_id = forms.ChoiceField(label=gettext_lazy("Person"))
    role = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Role"))


class NewMemberForm(PageForm):
    """Somebody new, and their role."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Name"))
    email = forms.CharField(
        max_length=254,
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("They sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Role"))


@PAGE
@login_required
def of_department(request: SignedIn, department_id: UUID) -> HttpResponse:
    """Give a person a place in a department."""
    paper = department(request.user, department_id)
    return _add(
        request,
        may_manage=paper.may_manage_people,
        name=paper.facts.name,
        back=reverse("department", args=[department_id]),
        roles=("requester", "head"),
        place={"department_id": department_id},
    )


@PAGE
@login_required
def of_provider(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Give a person a place with a provider."""
    paper = provider(request.user, provider_id)
    return _add(
        request,
        may_manage=paper.may_manage_people,
        name=paper.facts.name,
        back=reverse("provider", args=[provider_id]),
        roles=("member", "lead"),
        place={"provider_id": provider_id},
    )


def _add(
    request: SignedIn,
    *,
    may_manage: bool,
    name: str,
    back: str,
    roles: tuple[str, ...],
    place: dict[str, UUID],
) -> HttpResponse:
    if not may_manage:
        raise Forbidden(_("You do not manage the people of %(name)s.") % {"name": name})
    # Only administrators may list everybody; whoever leads something brings new people.
    form: PageForm
    if seats(request.user).is_administrator:
        form = MemberForm(sent(request))
        known = people(request.user)
        offer(form, "user_id", [(str(one.id), f"{one.name}, {one.email}") for one in known])
    else:
        form = NewMemberForm(sent(request))
    offer(form, "role", wording.choices("roles", *roles))

    def do(typed: dict[str, Any]) -> object:
        if "user_id" in typed:
            user_id = UUID(typed["user_id"])
        else:
            person = add_person(
                actor=request.user, email=typed["email"], name=typed["name"], at=request.received_at
            )
            user_id = person.pk
        return add_member(
            actor=request.user, user_id=user_id, role=typed["role"], at=request.received_at, **place
        )

    act = Act(
        title=_("Add a person to %(name)s") % {"name": name},
        button=_("Add them"),
        back=back,
        trail=name,
    )
    return answer(request, act, form, do=do, told=_("Added. They have been told."))


@PAGE
@login_required
def end(request: SignedIn, membership_id: UUID) -> HttpResponse:
    """End a person's place. What they did in it stays theirs."""
    person, name, back = _place(request, membership_id)
    act = Act(
        title=_("End the place of %(person)s") % {"person": person.name},
        lead=_("They belong to %(name)s no more. What they did there stays on the record.")
        % {"name": name},
        button=_("End it"),
        back=back,
        trail=name,
        facts=((_("Role"), wording.word("roles", person.role)),),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: end_membership(
            actor=request.user, membership_id=membership_id, at=request.received_at
        ),
        told=_("Ended. They have been told."),
        # Whoever left of their own accord asks somebody else to have them back.
        undo="" if person.id == request.user.pk else reverse("member-return", args=[membership_id]),
    )


@require_POST
@login_required
def undo_end(request: SignedIn, membership_id: UUID) -> HttpResponse:
    """Give a person the place back that was ended."""

    def again() -> str:
        seat = seat_again(actor=request.user, membership_id=membership_id, at=request.received_at)
        return _place(request, seat.pk)[2]

    told = _("They have their place again, and have been told.")
    return undone(request, again, told=told, otherwise=reverse("home"))


def _place(request: SignedIn, membership_id: UUID) -> tuple[Person, str, str]:
    """Return who has that place, where it is, and its page. :raises Unknown: not theirs to see."""
    place = membership(request.user, membership_id)
    if place.department_id is not None:
        return place.person, place.name, reverse("department", args=[place.department_id])
    return place.person, place.name, reverse("provider", args=[place.provider_id])
