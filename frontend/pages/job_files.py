"""The files of a job: given to bidders with the publication, or later with an addendum."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.acts import Act, NothingAsked, answer, sent
from frontend.pages.bid_files import MB, FileForm
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page, refused
from frontend.requests import SignedIn
from marketplace.catalogue import job_text
from marketplace.file_kinds import KINDS, LARGEST_BYTES, MOST_BYTES, MOST_FILES
from marketplace.handing_out import handed_out
from marketplace.job_files import attach_job_file, detach_job_file, job_file
from marketplace.refusals import Refusal, Unknown

TEMPLATE = "frontend/pages/jobs/files.html"


@PAGE
@login_required
def index(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show the files of a draft, and attach one more."""
    only_known(request)
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if job.published_at is not None:
        return redirect("job", job_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    context = {
        "form": form,
        "job": job,
        "kinds": ", ".join(KINDS),
        "most": MOST_FILES,
        "largest": LARGEST_BYTES // MB,
        "together": MOST_BYTES // MB,
    }
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    upload = form.cleaned_data["file"]
    try:
        attach_job_file(
            actor=request.user,
            job_id=job_id,
            name=upload.name,
            content=upload.read(),
            at=request.received_at,
        )
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    messages.success(request, _("The file is attached. Bidders read it once the job is published."))
    return redirect("job-files", job_id)


@require_safe
@login_required
def show(request: SignedIn, job_id: UUID, file_id: UUID) -> HttpResponse:
    """Give a file to whoever may read the job."""
    found = job_file(actor=request.user, job_id=job_id, file_id=file_id)
    return handed_out(name=found.name, kind=found.kind, content=found.content)


@PAGE
@login_required
def remove(request: SignedIn, job_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file of a draft away."""
    only_known(request)
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    one = next((file for file in job.files if file.id == file_id), None)
    if one is None or job.published_at is not None:
        raise Unknown("There is no such file.")
    act = Act(
        title=_("Take %(name)s away?") % {"name": one.name},
        lead=_("Nothing of it stays: it was never given to anybody."),
        button=_("Take it away"),
        back=reverse("job-files", args=[job_id]),
        trail=job.title,
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: detach_job_file(
            actor=request.user, job_id=job_id, file_id=file_id, at=request.received_at
        ),
        told=_("The file was taken away."),
    )
