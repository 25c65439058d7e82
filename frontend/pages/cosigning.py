"""The second signature of a publication: asked for on the check page, given or not given here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.pages.drafts import PAGE
from frontend.pages.final_choices import BackForm
from frontend.rendering import fresh_sign_in, only_known
from frontend.requests import SignedIn
from ledger.cosigning import send_publication_back, sign_publication
from ledger.reports.publication import PublicationStage, publication_stage
from marketplace.catalogue import JobText, job_text
from marketplace.refusals import Unknown
from marketplace.saying import said


@PAGE
@fresh_sign_in
def sign(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Sign what another head would publish."""
    only_known(request)
    job, stage = _waiting(request, job_id)
    act = Act(
        title=_("Sign the publication"),
        lead=_("With your signature it is published, and everybody invited is told."),
        button=_("Sign it"),
        back=reverse("job", args=[job_id]),
        trail=job.title,
        warning=_("Criteria, weights and rules are fixed from then on."),
        facts=_facts(job, stage),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: sign_publication(
            actor=request.user, wanted_id=_id(stage), at=request.received_at
        ),
        told=_("Signed and published. Everybody invited has been told."),
    )


@PAGE
@login_required
def send_back(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Send a draft back to the head who would publish it."""
    only_known(request)
    job, stage = _waiting(request, job_id)
    act = Act(
        title=_("Send the draft back"),
        lead=_("The department may change it and send it again."),
        button=_("Send it back"),
        back=reverse("job", args=[job_id]),
        trail=job.title,
        facts=_facts(job, stage),
    )
    return answer(
        request,
        act,
        BackForm(sent(request)),
        do=lambda typed: send_publication_back(
            actor=request.user, wanted_id=_id(stage), at=request.received_at, **typed
        ),
        told=_("Sent back. They have been told."),
    )


def _waiting(request: SignedIn, job_id: UUID) -> tuple[JobText, PublicationStage]:
    stage = publication_stage(actor=request.user, job_id=job_id, at=request.received_at)
    if stage.wanted_id is None:
        raise Unknown("No draft waits for a signature.")
    return job_text(actor=request.user, job_id=job_id, at=request.received_at), stage


def _id(stage: PublicationStage) -> UUID:
    assert stage.wanted_id is not None  # _waiting says so
    return stage.wanted_id


def _facts(job: JobText, stage: PublicationStage) -> tuple[tuple[str, Any], ...]:
    facts: list[tuple[str, Any]] = [
        (_("Who would publish it"), stage.wanted_by),
        (_("Since"), formats.moment(stage.wanted_at) if stage.wanted_at else ""),
        (_("Why two"), said(stage.why)),
        (_("What is needed"), job.need),
        (_("Judged on"), ", ".join(f"{one.name} {one.weight}" for one in job.criteria)),
        (_("Invited"), ", ".join(one.name for one in job.invited)),
    ]
    if job.ceiling is not None:
        facts.append((_("Ceiling"), formats.money(job.ceiling)))
    reserved = _("nothing") if stage.estimate is None else formats.money(stage.estimate)
    facts.append((_("Reserved from the budget"), reserved))
    if job.waiver:
        facts.append((_("Why not both a team and a vendor"), job.waiver))
    if job.closes_at is not None:
        facts.append((_("Bids close"), formats.moment(job.closes_at)))
    return tuple(facts)
