"""What an invited provider says before it bids: a question, or that it will not."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.declining import decline_to_bid
from frontend import formats
from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.bid_editor import desk_of
from frontend.pages.drafts import PAGE
from frontend.requests import SignedIn
from marketplace.catalogue import JobText, job_text
from marketplace.questions import ask_question
from marketplace.refusals import Unknown


class QuestionForm(PageForm):
    """What one wants to know."""

    provider_id = forms.ChoiceField(label=gettext_lazy("You ask for"))
    text = WordsField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy(
            "The answer goes to everybody invited. Nobody learns who asked: name neither "
            "yourself nor your price."
        ),
    )

    def __init__(self, *args: object, job: JobText) -> None:
        super().__init__(*args)
        own = [(str(seat.provider_id), seat.name) for seat in job.my_providers]
        offer(self, "provider_id", own)
        if len(own) == 1:
            self.fields["provider_id"].widget = forms.HiddenInput()
            self.fields["provider_id"].initial = own[0][0]


@PAGE
@login_required
def ask(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Ask the department about its job."""
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if not job.my_providers:
        raise Unknown("There is no such invitation.")
    until = job.questions_until or job.closes_at
    act = Act(
        title=_("Ask a question"),
        lead=_("A first reply is promised within one business day."),
        button=_("Ask"),
        back=reverse("job", args=[job_id]),
        trail=job.title,
        facts=((_("Questions until"), formats.moment(until)),) if until else (),
    )
    return answer(
        request,
        act,
        QuestionForm(sent(request), job=job),
        do=lambda typed: ask_question(
            actor=request.user,
            job_id=job_id,
            provider_id=UUID(typed["provider_id"]),
            text=typed["text"],
            at=request.received_at,
        ),
        told=_("Asked. You will be told when the department answers."),
    )


class DeclineForm(PageForm):
    """Why not."""

    reason = WordsField(
        label=gettext_lazy("Why you will not bid"),
        help_text=gettext_lazy("The department reads it. You may name somebody better placed."),
    )


@PAGE
@login_required
def decline(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Say that a provider will not bid."""
    here = desk_of(request, job_id, provider_id)
    lead = _("%(name)s will not bid for this job, and hears no more of it.")
    if here.standing is not None:
        lead = _("%(name)s will not bid for this job: the bid that stands is withdrawn.")
    act = Act(
        title=_("Decline to bid"),
        lead=lead % {"name": here.seat.name},
        button=_("Decline to bid"),
        back=reverse("job", args=[job_id]),
        trail=here.job.title,
        is_plain=True,
    )
    return answer(
        request,
        act,
        DeclineForm(sent(request)),
        do=lambda typed: decline_to_bid(
            actor=request.user,
            job_id=job_id,
            provider_id=provider_id,
            at=request.received_at,
            **typed,
        ),
        told=_("Declined. The department has been told why."),
    )
