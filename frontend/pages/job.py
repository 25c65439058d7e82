"""The page of one job, for whichever side reads it, and what the department does with it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bids.drafts import begun_bids
from bids.offers import my_bids
from bids.opened import OpenedBidFacts, minutes, opened_bids
from bids.prices import open_prices
from bids.witnesses import opening_room, sign_opening
from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MomentField, PageForm, WordsField
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, page
from frontend.requests import SignedIn
from ledger.commissioning import amend_job, cancel_job
from ledger.reports.publication import PublicationStage, publication_stage
from ledger.reports.timeline import timeline
from marketplace.catalogue import JobText, job_text
from marketplace.file_kinds import ACCEPTED
from marketplace.job_files import NewFile
from marketplace.questions import answer_question
from marketplace.refusals import Forbidden, Unknown
from marketplace.together import together

# The states in which bidders are told how a job ended.
DECIDED = frozenset(
    {
        "decided",
        "standstill",
        "in_delivery",
        "to_rate",
        "disputed",
        "finished",
        "no_award",
        "cancelled",
    }
)


@require_safe
@login_required
def job(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show a job: to its department what it asked, to bidders what they may bid for."""
    here: dict[str, Any] = {"actor": request.user, "job_id": job_id, "at": request.received_at}
    text, paper, mine, begun = together(
        lambda: job_text(**here),
        lambda: timeline(**here),
        lambda: my_bids(**here),
        lambda: begun_bids(**here),
    )
    context = {
        "job": text,
        "timeline": paper,
        "own_bids": mine,
        "begun": begun,
        "is_decided": paper.state in DECIDED,
        "state": paper.state,
        "stage": _stage(request, text),
        "waiting": [one for one in text.questions if one.answered_at is None],
        "answered": [one for one in text.questions if one.answered_at is not None],
    }
    return page(request, "frontend/pages/jobs/job.html", context)


def _stage(request: SignedIn, text: JobText) -> PublicationStage | None:
    if not text.is_mine or text.published_at is not None:
        return None
    return publication_stage(actor=request.user, job_id=text.id, at=request.received_at)


@require_safe
@login_required
def life(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show the life of a job as one line of facts; both sides read the same page."""
    paper = timeline(actor=request.user, job_id=job_id, at=request.received_at)
    return page(request, "frontend/pages/jobs/timeline.html", {"timeline": paper})


@require_safe
@login_required
def opening(request: SignedIn, job_id: UUID) -> HttpResponse:
    """
    Show the opening room: when the seals are opened and by whom; afterward the minutes, with each
    bid, its receipt, and what became of it.
    """
    room = opening_room(actor=request.user, job_id=job_id, at=request.received_at)
    if room.opened_at is None:
        text = job_text(actor=request.user, job_id=job_id, at=request.received_at)
        return page(request, "frontend/pages/jobs/opening_room.html", {"job": text, "room": room})
    text, said, bids = together(
        partial(job_text, actor=request.user, job_id=job_id, at=request.received_at),
        partial(minutes, actor=request.user, job_id=job_id),
        partial(_bids_read, request, job_id),
    )
    context = {"room": room, "job": text, "minutes": said, "bids": bids}
    return page(request, "frontend/pages/jobs/opening.html", context)


def _bids_read(request: SignedIn, job_id: UUID) -> list[OpenedBidFacts] | None:
    """Return the opened bids; None to whoever reads the minutes alone, as finance does."""
    try:
        return opened_bids(actor=request.user, job_id=job_id)
    except Unknown:
        return None


@PAGE
@fresh_sign_in
def opening_sign(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Sign that the bids of a closed job above the limit shall be opened."""
    room = opening_room(actor=request.user, job_id=job_id, at=request.received_at)
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    act = Act(
        title=_("Sign for the opening"),
        lead=_("With the second signature the clock opens all bids together and writes minutes."),
        button=_("Sign: open them"),
        back=reverse("opening", args=[job_id]),
        trail=job.title,
        facts=tuple((one.capacity, one.name) for one in room.signatures),
        warning=_("What is open is never sealed again."),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: sign_opening(actor=request.user, job_id=job_id, at=request.received_at),
        told=_("Signed."),
    )


@PAGE
@fresh_sign_in
def prices(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Open the prices of a formal job, once its bids were scored."""
    text = _own(request, job_id)
    act = Act(
        title=_("Open the prices"),
        lead=_("Quality has been scored without them. From now on scores stand as they are."),
        button=_("Open all prices"),
        back=reverse("comparison", args=[job_id]),
        trail=text.title,
        warning=_("Prices are opened once, all together."),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: open_prices(actor=request.user, job_id=job_id, at=request.received_at),
        told=_("The prices are open."),
    )


class AnswerForm(PageForm):
    """What everybody is told."""

    answer = WordsField(
        label=gettext_lazy("Answer"),
        help_text=gettext_lazy("It goes to everybody invited. Nobody learns who asked."),
    )


@PAGE
@login_required
def question_answer(request: SignedIn, job_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer a question, to everybody."""
    text = _own(request, job_id)
    asked = next((one for one in text.questions if one.id == question_id), None)
    if asked is None:
        raise Unknown("There is no such question.")
    act = Act(
        title=_("Answer a question"),
        button=_("Answer everybody"),
        back=reverse("job", args=[job_id]),
        trail=text.title,
        facts=(
            (_("Question"), asked.text),
            (_("Asked"), formats.moment(asked.asked_at)),
            (_("A reply is promised by"), formats.moment(asked.due_at)),
        ),
    )
    return answer(
        request,
        act,
        AnswerForm(sent(request)),
        do=lambda typed: answer_question(
            actor=request.user, question_id=question_id, at=request.received_at, **typed
        ),
        told=_("Answered. Everybody invited has been told."),
    )


class AddendumForm(PageForm):
    """What is added, and perhaps more time."""

    text = WordsField(
        label=gettext_lazy("What is added or changes"),
        help_text=gettext_lazy("All invited read it; every bid has to be confirmed again."),
    )
    closes_at = MomentField(
        required=False,
        label=gettext_lazy("New deadline"),
        help_text=gettext_lazy("It moves by itself where too little time is left."),
    )
    file = forms.FileField(
        required=False,
        label=gettext_lazy("A file"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


@PAGE
@login_required
def addendum(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Add to a published job what everybody invited must know."""
    text = _own(request, job_id)
    act = Act(
        title=_("Write an addendum"),
        button=_("Send it to everybody invited"),
        back=reverse("job", args=[job_id]),
        trail=text.title,
        warning=_("It stays on the record. Bids that are not confirmed after it do not count."),
        facts=((_("Bids close"), formats.moment(text.closes_at)),) if text.closes_at else (),
    )
    return answer(
        request,
        act,
        AddendumForm(sent(request), request.FILES or None),
        do=lambda typed: amend_job(
            actor=request.user,
            job_id=job_id,
            text=typed["text"],
            closes_at=typed["closes_at"],
            files=_new_files(typed["file"]),
            at=request.received_at,
        ),
        told=_("Sent. Every bid has to be confirmed again."),
    )


def _new_files(upload: Any) -> list[NewFile]:
    return [NewFile(upload.name, upload.read())] if upload else []


class ReasonForm(PageForm):
    """Why."""

    reason = WordsField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody invited reads it, and it stays on the record."),
    )


@PAGE
@login_required
def cancel(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Call a job off before its bids are opened."""
    text = _own(request, job_id)
    act = Act(
        title=_("Cancel this job"),
        lead=_("Nobody’s sealed bid will ever be opened. What was reserved is free again."),
        button=_("Cancel the job"),
        back=reverse("job", args=[job_id]),
        trail=text.title,
        warning=_("A cancelled job cannot be taken up again; it can be copied into a new one."),
    )
    return answer(
        request,
        act,
        ReasonForm(sent(request)),
        do=lambda typed: cancel_job(
            actor=request.user, job_id=job_id, at=request.received_at, **typed
        ),
        told=_("Cancelled. Everybody invited has been told."),
    )


def _own(request: SignedIn, job_id: UUID) -> JobText:
    """Return a job of the reader's own department. :raises Unknown, Forbidden: it is not."""
    text = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if not text.is_mine:
        raise Forbidden(_("This is for the department whose job it is."))
    return text
