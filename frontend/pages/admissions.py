"""Departments, teams and vendors come in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.pages.people import administrators_only
from frontend.requests import SignedIn
from marketplace.admission import admit_vendor, register_department, register_team
from marketplace.department_names import department_names
from marketplace.directory import categories


class DepartmentForm(PageForm):
    """A department."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    cost_centre = forms.CharField(max_length=40, label=gettext_lazy("Cost centre"))
    currency = forms.CharField(
        max_length=3,
        label=gettext_lazy("Currency"),
        help_text=gettext_lazy("Its ISO code, like EUR."),
        initial="EUR",
    )
    parent_id = forms.ChoiceField(required=False, label=gettext_lazy("Below"))


@PAGE
@login_required
def new_department(request: SignedIn) -> HttpResponse:
    """Register a department."""
    administrators_only(request)
    form = DepartmentForm(sent(request))
    known = [(str(pk), name) for pk, name in department_names(request.user)]
    offer(form, "parent_id", [("", gettext_lazy("nothing: it stands on top")), *known])
    act = Act(
        title=_("Register a department"),
        button=_("Register it"),
        back=reverse("departments"),
        trail=_("Departments"),
    )

    def do(typed: dict[str, Any]) -> object:
        parent = typed.pop("parent_id")
        return register_department(
            actor=request.user,
            at=request.received_at,
            parent_id=UUID(parent) if parent else None,
            **typed,
        )

    return answer(request, act, form, do=do, told=_("Registered."))


class VendorForm(PageForm):
    """A provider from outside."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    description = WordsField(required=False, label=gettext_lazy("What they do"))
    category_ids = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Kinds of work")
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        offer(self, "category_ids", [(str(one.id), one.name) for one in categories()])


class TeamForm(VendorForm):
    """A provider inside."""

    department_id = forms.ChoiceField(label=gettext_lazy("Team of"))
    field_order = ("name", "department_id", "description", "category_ids")


@PAGE
@login_required
def new_team(request: SignedIn) -> HttpResponse:
    """Register an in-house team."""
    administrators_only(request)
    form = TeamForm(sent(request))
    offer(form, "department_id", [(str(pk), name) for pk, name in department_names(request.user)])
    act = Act(
        title=_("Register a team"),
        button=_("Register it"),
        back=reverse("providers"),
        trail=_("Providers"),
    )

    def do(typed: dict[str, Any]) -> object:
        typed |= {"category_ids": [UUID(one) for one in typed["category_ids"]]}
        typed |= {"department_id": UUID(typed["department_id"])}
        return register_team(actor=request.user, at=request.received_at, **typed)

    return answer(request, act, form, do=do, told=_("Registered. Add its lead next."))


@PAGE
@login_required
def new_vendor(request: SignedIn) -> HttpResponse:
    """Admit an outside vendor."""
    administrators_only(request)
    act = Act(
        title=_("Admit a vendor"),
        button=_("Admit them"),
        back=reverse("providers"),
        trail=_("Providers"),
    )

    def do(typed: dict[str, Any]) -> object:
        typed |= {"category_ids": [UUID(one) for one in typed["category_ids"]]}
        return admit_vendor(actor=request.user, at=request.received_at, **typed)

    told = _("Admitted. Add the person who bids for them next.")
    return answer(request, act, VendorForm(sent(request)), do=do, told=told)
