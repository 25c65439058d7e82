"""Who judges a job: appointing, declaring interests, deciding on them."""

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

from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import page, refused
from frontend.requests import SignedIn
from marketplace.interests import answer_interest, declare_interest
from marketplace.panel_paper import Panel, PanelMember, panel
from marketplace.panels import appoint_panel, relieve_member
from marketplace.refusals import Refusal, Unknown

TEMPLATE = "frontend/pages/panels/panel.html"


class AppointForm(PageForm):
    """Who judges."""

    user_ids = forms.MultipleChoiceField(
        widget=forms.SelectMultiple(attrs={"size": 8}),
        label=gettext_lazy("Who judges"),
        help_text=gettext_lazy(
            "People of the company; nobody of a bidding team, and no head over one."
        ),
    )


@PAGE
@login_required
def show(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show a job's panel, and let its head appoint it."""
    paper = panel(actor=request.user, job_id=job_id)
    form = AppointForm(sent(request))
    offer(form, "user_ids", [(str(one.user_id), _called(one)) for one in paper.candidates])
    context = {"paper": paper, "form": form, "own": _own(request, paper)}
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    try:
        ids = [UUID(id) for id in form.cleaned_data["user_ids"]]
        appoint_panel(actor=request.user, job_id=job_id, user_ids=ids, at=request.received_at)
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    messages.success(request, _("Appointed. Each is asked what they have to do with bidders."))
    return HttpResponseRedirect(reverse("panel", args=[job_id]))


class DeclarationForm(PageForm):
    """What one has to do with the bidders."""

    has_some = forms.TypedChoiceField(
        choices=[
            ("no", gettext_lazy("I have nothing to do with anybody who may bid.")),
            ("yes", gettext_lazy("I have, or it could look so.")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        label=gettext_lazy("You and the bidders"),
    )
    what = WordsField(
        required=False,
        label=gettext_lazy("What it is"),
        help_text=gettext_lazy("Read one level up and by auditors: kin, shares, work done before."),
    )


@PAGE
@login_required
def declare(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Declare one's interests before anything is seen."""
    paper = panel(actor=request.user, job_id=job_id)
    if not paper.has_place_for(request.user.pk):
        raise Unknown("You are not on this panel.")
    act = Act(
        title=_("Declare your interests"),
        lead=_(
            "Before any bid is opened. With some, you are out unless one level up it is decided."
        ),
        button=_("Declare"),
        back=reverse("panel", args=[job_id]),
        trail=paper.title,
        warning=_("You declare once, and it stays on the record."),
    )
    return answer(
        request,
        act,
        DeclarationForm(sent(request)),
        do=lambda typed: declare_interest(
            actor=request.user, job_id=job_id, at=request.received_at, **typed
        ),
        told=_("Declared. Thank you."),
    )


class ReliefForm(PageForm):
    """Why somebody leaves the panel."""

    reason = WordsField(label=gettext_lazy("Reason"), rows=2)


@PAGE
@login_required
def relieve(request: SignedIn, job_id: UUID, seat_id: UUID) -> HttpResponse:
    """Take somebody off the panel."""
    paper, member = _seat(request, job_id, seat_id)
    act = Act(
        title=_("Take %(name)s off the panel") % {"name": member.name},
        lead=_("What they scored does not count any more."),
        button=_("Take them off"),
        back=reverse("panel", args=[job_id]),
        trail=paper.title,
    )
    return answer(
        request,
        act,
        ReliefForm(sent(request)),
        do=lambda typed: relieve_member(
            actor=request.user, seat_id=seat_id, at=request.received_at, **typed
        ),
        told=_("They are off the panel, and have been told."),
    )


class InterestForm(PageForm):
    """Whether somebody may judge all the same."""

    may_stay = forms.TypedChoiceField(
        choices=[
            ("no", gettext_lazy("They stay off the panel.")),
            ("yes", gettext_lazy("They may judge all the same.")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        label=gettext_lazy("Your decision"),
    )
    reason = WordsField(label=gettext_lazy("Reason"), rows=2)


@PAGE
@login_required
def decide(request: SignedIn, job_id: UUID, seat_id: UUID) -> HttpResponse:
    """Decide one level up whether a declared interest keeps somebody off."""
    paper, member = _seat(request, job_id, seat_id)
    act = Act(
        title=_("The interest of %(name)s") % {"name": member.name},
        button=_("Decide"),
        back=reverse("panel", args=[job_id]),
        trail=paper.title,
        facts=((_("What they declared"), member.interest),),
    )
    return answer(
        request,
        act,
        InterestForm(sent(request)),
        do=lambda typed: answer_interest(
            actor=request.user, seat_id=seat_id, at=request.received_at, **typed
        ),
        told=_("Decided. They have been told."),
    )


def _seat(request: SignedIn, job_id: UUID, seat_id: UUID) -> tuple[Panel, PanelMember]:
    paper = panel(actor=request.user, job_id=job_id)
    member = next((one for one in paper.members if one.seat_id == seat_id), None)
    if member is None:
        raise Unknown("There is no such seat.")
    return paper, member


def _own(request: SignedIn, paper: Panel) -> PanelMember | None:
    return next((one for one in paper.members if one.user_id == request.user.pk), None)


def _called(person: Any) -> str:
    return f"{person.name}, {person.email}"
