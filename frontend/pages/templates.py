"""Templates: kept from a job, begun from, taken out of use."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent, undone
from frontend.forms import PageForm, WordsField
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from marketplace.catalogue import job_text
from marketplace.refusals import Unknown
from marketplace.templates import end_template, keep_template, template, templates
from marketplace.undoing import keep_again


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show what the person's jobs may begin with."""
    only_known(request)
    found = templates(actor=request.user)
    return page(request, "frontend/pages/jobs/templates.html", {"templates": found})


class TemplateForm(PageForm):
    """What it is called, and the parts in which such work is handed over."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Name of the template"))
    milestones = WordsField(
        rows=4,
        required=False,
        label=gettext_lazy("Milestones"),
        help_text=gettext_lazy("One a line. They are written under what the next job needs."),
    )


@PAGE
@login_required
def keep(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Keep what a job is judged on as a template."""
    only_known(request)
    job = job_text(actor=request.user, job_id=job_id, at=request.received_at)
    if not job.is_mine:  # whoever reads it otherwise is asked for nothing that would be refused
        raise Unknown("There is no such job.")
    act = Act(
        title=_("Keep as a template"),
        lead=_("Its need, criteria, weights and rules. No bids, no people, no dates, no amounts."),
        button=_("Keep it"),
        back=reverse("templates"),
        trail=_("Templates"),
        facts=((_("Job"), job.title), (_("Department"), job.department_name)),
    )
    return answer(
        request,
        act,
        TemplateForm(sent(request), initial={"name": job.title[:120]}),
        do=lambda typed: keep_template(
            actor=request.user,
            job_id=job_id,
            name=typed["name"],
            milestones=typed["milestones"].splitlines(),
            at=request.received_at,
        ),
        told=_("Kept. Your department and those below it may begin jobs with it."),
    )


@PAGE
@login_required
def end(request: SignedIn, template_id: UUID) -> HttpResponse:
    """Take a template out of use."""
    only_known(request)
    paper = template(actor=request.user, template_id=template_id)
    act = Act(
        title=_("Take “%(name)s” out of use?") % {"name": paper.name},
        lead=_("Jobs that began with it are not touched. Its name is free again."),
        button=_("Take it out of use"),
        back=reverse("templates"),
        trail=_("Templates"),
        facts=((_("Kept by"), f"{paper.kept_by}, {formats.moment(paper.kept_at)}"),),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: end_template(
            actor=request.user, template_id=template_id, at=request.received_at
        ),
        told=_("It is out of use."),
        undo=reverse("template-return", args=[template_id]),
    )


@require_POST
@login_required
def undo_end(request: SignedIn, template_id: UUID) -> HttpResponse:
    """Have a template in use again."""
    back = reverse("templates")

    def again() -> str:
        keep_again(actor=request.user, template_id=template_id, at=request.received_at)
        return back

    return undone(request, again, told=_("It is in use again."), otherwise=back)
