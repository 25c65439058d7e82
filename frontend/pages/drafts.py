"""Posting a job: one page with everything, saved over and over, then checked and published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent, undone
from frontend.job_sheet import JobSheet
from frontend.rendering import fresh_sign_in, only_known, page, refused
from frontend.requests import SignedIn
from ledger.affording import money_gaps
from ledger.commissioning import publish_job
from ledger.cosigning import want_publication
from ledger.reports.cost_guide import cost_guide
from ledger.reports.publication import publication_stage
from marketplace.catalogue import JobText, job_text
from marketplace.discarding import discard_draft, discarded_drafts, restore_draft
from marketplace.drafting import AlreadyPublished, draft_job, save_draft
from marketplace.readiness import Missing, gaps
from marketplace.refusals import Refusal
from marketplace.saying import said
from marketplace.templates import TemplatePaper, template
from marketplace.together import together

TEMPLATE = "frontend/pages/jobs/edit.html"
# Which part of the page a missing thing stands in.
PARTS = (
    ("details", gettext_lazy("Details"), {"title", "category", "need", "policy_code"}),
    ("good", gettext_lazy("What good looks like"), {"criteria", "mode", "procedure"}),
    ("budget", gettext_lazy("Budget"), {"ceiling", "shows_ceiling", "point", "currency"}),
    ("who", gettext_lazy("Who may bid"), {"invited", "waiver"}),
    ("dates", gettext_lazy("Dates"), {"closes_at", "questions_until", "starts_on", "ends_on"}),
)
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@login_required
def new(request: SignedIn) -> HttpResponse:
    """Begin a job from scratch, from an earlier one (`?from=`) or a template (`?template=`)."""
    only_known(request, "from", "template")
    copied, begun = _copied(request), _begun(request)
    sheet = JobSheet(request, copied=copied, begun=begun)
    context = {"form": sheet, "copied": copied, "begun": begun}
    if request.method == "POST" and not sheet.is_valid():
        return page(request, TEMPLATE, context | _by_parts(sheet.first_look()))
    if request.method != "POST":
        return page(request, TEMPLATE, context)
    try:
        job = draft_job(
            actor=request.user,
            department_id=sheet.department_id(),
            details=sheet.details(),
            policy_code=sheet.policy_code(),
            copied_from_id=None if copied is None else copied.id,
            at=request.received_at,
        )
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    return _go_on(request, job.pk)


@PAGE
@login_required
def edit(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Go on writing a draft. The same address saves it by itself while it is written."""
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if job.published_at is not None:
        return redirect("job", job_id)
    sheet = JobSheet(request, job=job)
    if request.method == "POST":
        return _save(request, job, sheet)
    guide = cost_guide(actor=request.user, job_id=job_id, at=request.received_at)
    context = {"form": sheet, "job": job, "guide": guide, **_lacks(request, job_id)}
    return page(request, TEMPLATE, context)


def _save(request: SignedIn, job: JobText, sheet: JobSheet) -> HttpResponse:
    context: dict[str, Any] = {"form": sheet, "job": job}
    by_itself = bool(request.htmx)
    if sheet.is_valid():
        try:
            save_draft(
                actor=request.user,
                job_id=job.id,
                details=sheet.details(),
                policy_code=sheet.policy_code(),
                at=request.received_at,
            )
        except Refusal as refusal:
            sheet.add_error(
                refusal.field if refusal.field in sheet.fields else None, said(refusal.text)
            )
        else:
            if not by_itself:
                return _go_on(request, job.id)
    context |= _lacks(request, job.id)
    if by_itself:
        # Only what changed beside the form: what is being typed is never replaced.
        return render(request, "frontend/pages/jobs/saved.html", context)
    return page(request, TEMPLATE, context)


def _go_on(request: SignedIn, job_id: UUID) -> HttpResponse:
    if request.POST.get("go") == "check":
        return redirect("job-publish", job_id)
    messages.success(
        request, _("Draft saved %(time)s.") % {"time": formats.clock(request.received_at)}
    )
    return redirect("job-edit", job_id)


def _copied(request: SignedIn) -> JobText | None:
    """Return the earlier job to copy. :raises Unknown: there is none such."""
    told = request.GET.get("from", "")
    try:
        job_id = UUID(told)
    except ValueError:
        return None
    return job_text(actor=request.user, job_id=job_id, at=request.received_at)


def _begun(request: SignedIn) -> TemplatePaper | None:
    """Return the template to begin with. :raises Unknown, TemplateEnded: there is none such."""
    try:
        template_id = UUID(request.GET.get("template", ""))
    except ValueError:
        return None
    return template(actor=request.user, template_id=template_id)


def _lacks(request: SignedIn, job_id: UUID) -> dict[str, Any]:
    """Return what stands in the way of publishing, by the parts of the page."""
    known: dict[str, Any] = {"actor": request.user, "job_id": job_id, "at": request.received_at}
    lacking, unpaid = together(lambda: gaps(**known), lambda: money_gaps(**known))
    # What is missing anyway is said once.
    asked = {one.field for one in lacking}
    return _by_parts([*lacking, *(one for one in unpaid if one.field not in asked)])


def _by_parts(lacking: list[Missing]) -> dict[str, Any]:
    parts = [
        (anchor, name, [said(one.text) for one in lacking if one.field in fields])
        for anchor, name, fields in PARTS
    ]
    return {"missing": lacking, "parts": parts}


@PAGE
@fresh_sign_in
def publish(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show all that bidders will read, say what cannot change afterwards, and publish."""
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if job.published_at is not None:
        return redirect("job", job_id)
    check_page = "frontend/pages/jobs/publish.html"
    form = NothingAsked(sent(request))
    stage = publication_stage(actor=request.user, job_id=job_id, at=request.received_at)
    context = {"job": job, "form": form, "stage": stage, **_lacks(request, job_id)}
    if request.method != "POST":
        return page(request, check_page, context)
    try:
        if stage.may_want:
            want_publication(actor=request.user, job_id=job_id, at=request.received_at)
        else:
            publish_job(actor=request.user, job_id=job_id, at=request.received_at)
    except Refusal as refusal:
        return refused(request, check_page, context, refusal=refusal)
    told = _("Sent. A second head signs it, or sends it back.")
    messages.success(
        request, told if stage.may_want else _("Published. Everybody invited has been told.")
    )
    return redirect("job", job_id)


@PAGE
@login_required
def discard(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if job.published_at is not None:
        raise AlreadyPublished(_("A published job is cancelled with a reason, not discarded."))
    act = Act(
        title=_("Throw the draft away?"),
        lead=_(
            "For thirty days your department can have it back; then nothing that it asked for is "
            "left. Only what was written on why not both a team and a vendor stays stored, and "
            "nobody is shown it."
        ),
        button=_("Throw it away"),
        back=reverse("job-edit", args=[job_id]),
        trail=job.title,
        then=reverse("jobs"),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: discard_draft(actor=request.user, job_id=job_id, at=request.received_at),
        told=_("“%(title)s” was thrown away.") % {"title": job.title},
        undo=reverse("job-restore", args=[job_id]),
    )


@require_POST
@login_required
def restore(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Have a draft back that was thrown away."""

    def again() -> str:
        job = restore_draft(actor=request.user, job_id=job_id, at=request.received_at)
        return reverse("job-edit", args=[job.pk])

    told = _("It is a draft again, with all that it had.")
    return undone(request, again, told=told, otherwise=reverse("jobs-discarded"))


@require_safe
@login_required
def discarded(request: SignedIn) -> HttpResponse:
    """Show the drafts of the person's departments that can still be had back."""
    only_known(request)
    found = discarded_drafts(actor=request.user, at=request.received_at)
    return page(request, "frontend/pages/jobs/discarded.html", {"drafts": found})
