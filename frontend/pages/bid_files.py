"""The files of a bid: attached and taken away while it is written, handed out to who may read."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bids.files import attach_file, attached_file, attached_files, bid_file, detach_file
from bids.sheet import unnamed_file
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import PageForm
from frontend.pages.bid_editor import desk_of
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page, refused
from frontend.requests import SignedIn
from marketplace.file_kinds import ACCEPTED, KINDS, LARGEST_BYTES, MOST_BYTES, MOST_FILES
from marketplace.handing_out import handed_out
from marketplace.refusals import Refusal, Unknown

TEMPLATE = "frontend/pages/bids/files.html"
MB = 1_000_000


class FileForm(PageForm):
    """One file to attach."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy(
                "Choose a file of at most 10 MB. A larger one does not arrive at all."
            )
        },
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


@PAGE
@login_required
def index(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Show the files that the next bid will have, and attach one more."""
    here = desk_of(request, job_id, provider_id)
    if not here.job.accepts_bids:
        return redirect("job", job_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    files = attached_files(actor=request.user, job_id=job_id, provider_id=provider_id)
    context = {
        "form": form,
        "job": here.job,
        "seat": here.seat,
        "standing": here.standing,
        "files": files,
        "kinds": ", ".join(KINDS),
        "most": MOST_FILES,
        "largest": LARGEST_BYTES // MB,
        "together": MOST_BYTES // MB,
    }
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    upload = form.cleaned_data["file"]
    try:
        attach_file(
            actor=request.user,
            job_id=job_id,
            provider_id=provider_id,
            name=upload.name,
            content=upload.read(),
            at=request.received_at,
        )
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    messages.success(request, _("The file is attached, and sealed."))
    return redirect("bid-files", job_id, provider_id)


@require_safe
@login_required
def attached(request: SignedIn, job_id: UUID, provider_id: UUID, file_id: UUID) -> HttpResponse:
    """Give a file of a bid that is being written back to its own side."""
    paper = attached_file(
        actor=request.user, job_id=job_id, provider_id=provider_id, file_id=file_id
    )
    return handed_out(name=paper.facts.name, kind=paper.facts.kind, content=paper.content)


@PAGE
@login_required
def remove(request: SignedIn, job_id: UUID, provider_id: UUID, file_id: UUID) -> HttpResponse:
    """Let the next bid go without a file."""
    here = desk_of(request, job_id, provider_id)
    files = attached_files(actor=request.user, job_id=job_id, provider_id=provider_id)
    one = next((file for file in files if file.file_id == file_id), None)
    if one is None:
        raise Unknown("There is no such file.")
    act = Act(
        title=_("Take %(name)s away?") % {"name": one.name},
        lead=_("Your next bid goes without it. A bid that was submitted with it keeps it."),
        button=_("Take it away"),
        back=reverse("bid-files", args=[job_id, provider_id]),
        trail=here.job.title,
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: detach_file(
            actor=request.user,
            job_id=job_id,
            provider_id=provider_id,
            file_id=file_id,
            at=request.received_at,
        ),
        told=_("The file was taken away."),
    )


@require_safe
@login_required
def of_bid(request: SignedIn, bid_id: UUID, file_id: UUID) -> HttpResponse:
    """
    Give a file of a bid to who may read that bid, without its own name while names are hidden
    (`?names=hidden`); it is written in the bid's access log.
    """
    only_known(request, "names")
    paper = bid_file(actor=request.user, bid_id=bid_id, file_id=file_id, at=request.received_at)
    hidden = request.GET.get("names") == "hidden"
    name = unnamed_file(paper.facts.name, 1) if hidden else paper.facts.name
    return handed_out(name=name, kind=paper.facts.kind, content=paper.content)
