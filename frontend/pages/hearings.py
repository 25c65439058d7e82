"""How the contest was for those who were not chosen, and what they are answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from ledger.hearing import hear_bidder, reply_to_hearing
from ledger.reports.hearings import hearing_room
from marketplace.catalogue import job_text
from marketplace.refusals import Unknown

REASONS = (
    gettext_lazy("Not at all"),
    gettext_lazy("A little"),
    gettext_lazy("Mostly"),
    gettext_lazy("Well"),
    gettext_lazy("Very well"),
)
FAIRNESS = (
    gettext_lazy("Not fair"),
    gettext_lazy("Hardly fair"),
    gettext_lazy("Partly fair"),
    gettext_lazy("Fair"),
    gettext_lazy("Very fair"),
)
EFFORT = (
    gettext_lazy("Far too much"),
    gettext_lazy("Too much"),
    gettext_lazy("Acceptable"),
    gettext_lazy("Little"),
    gettext_lazy("Very little"),
)


def _scale(label: Any, words: tuple[object, ...]) -> forms.TypedChoiceField:
    choices = [("", gettext_lazy("Doesn’t apply")), *enumerate(words, start=1)]
    return forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        choices=choices,
        widget=forms.RadioSelect,
        label=label,
    )


class HearingForm(PageForm):
    """Three questions, and a few words."""

    reasons = _scale(gettext_lazy("How well could the reasons be understood?"), REASONS)
    fairness = _scale(gettext_lazy("How fair was the process?"), FAIRNESS)
    effort = _scale(gettext_lazy("How much effort was the bid?"), EFFORT)
    text = WordsField(
        rows=3,
        required=False,
        label=gettext_lazy("What remains open"),
        help_text=gettext_lazy("Whoever chose reads it and answers. It stays on the record."),
    )


@require_safe
@login_required
def show(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show what bidders said of the contest, as far as it is the reader's to read."""
    only_known(request)
    room = hearing_room(actor=request.user, job_id=job_id, at=request.received_at)
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    rows = [
        (
            one,
            (
                (_("The reasons could be understood"), _said(REASONS, one.reasons)),
                (_("The process was"), _said(FAIRNESS, one.fairness)),
                (_("The effort of the bid was"), _said(EFFORT, one.effort)),
            ),
        )
        for one in room.hearings
    ]
    context = {"job": job, "room": room, "rows": rows}
    return page(request, "frontend/pages/choices/hearings.html", context)


@PAGE
@login_required
def say(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Say how the contest was, as a bidder who was not chosen."""
    only_known(request)
    room = hearing_room(actor=request.user, job_id=job_id, at=request.received_at)
    if provider_id not in room.may_say or room.until is None:
        raise Unknown("There is nothing to say here.")
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    act = Act(
        title=_("How was the contest for you?"),
        lead=_("Three questions, once. The department reads them with your name."),
        button=_("Send it"),
        back=reverse("hearings", args=[job_id]),
        trail=job.title,
        facts=((_("Until"), formats.moment(room.until)),),
    )
    return answer(
        request,
        act,
        HearingForm(sent(request)),
        do=lambda typed: hear_bidder(
            actor=request.user,
            job_id=job_id,
            provider_id=provider_id,
            at=request.received_at,
            **typed,
        ),
        told=_("Thank you. The department has been told."),
    )


class ReplyForm(PageForm):
    """The answer."""

    text = WordsField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The bidder reads it. Nothing of a rival’s bid belongs in it."),
    )


@PAGE
@login_required
def reply(request: SignedIn, job_id: UUID, hearing_id: UUID) -> HttpResponse:
    """Answer a bidder who was not chosen."""
    only_known(request)
    room = hearing_room(actor=request.user, job_id=job_id, at=request.received_at)
    one = next((row for row in room.hearings if row.hearing_id == hearing_id), None)
    if one is None or not one.may_reply:
        raise Unknown("There is nothing to answer here.")
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    act = Act(
        title=_("Answer %(name)s") % {"name": one.provider_name},
        button=_("Answer"),
        back=reverse("hearings", args=[job_id]),
        trail=job.title,
        facts=((_("What they say"), one.text or "–"),),
    )
    return answer(
        request,
        act,
        ReplyForm(sent(request)),
        do=lambda typed: reply_to_hearing(
            actor=request.user, hearing_id=hearing_id, at=request.received_at, **typed
        ),
        told=_("Answered. They have been told."),
    )


def _said(words: tuple[object, ...], point: int | None) -> str:
    return _("doesn’t apply") if point is None else f"{words[point - 1]} ({point})"
