"""The standstill: who objects to a choice, how it is decided; and a provider's no to its award."""

from __future__ import annotations

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
from frontend.pages.job import ReasonForm
from frontend.rendering import fresh_sign_in, kept_input, page
from frontend.requests import SignedIn
from ledger.objecting import decide_objection, raise_objection
from ledger.reports.delivery_board import delivery_board
from ledger.reports.objections import ObjectionPaper, objections_paper
from ledger.withdrawing import decline_award
from marketplace.refusals import Unknown

UPHELD = "upheld"


@require_safe
@login_required
def show(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show the standstill of a choice, and the objections that the reader may see."""
    paper = objections_paper(actor=request.user, job_id=job_id, at=request.received_at)
    return page(request, "frontend/pages/choices/objections.html", {"paper": paper})


class ObjectionForm(PageForm):
    """What was wrong."""

    reason = WordsField(
        label=gettext_lazy("What was wrong with the choice"),
        help_text=gettext_lazy("A criterion, a score, a rule that was not kept. Be concrete."),
    )


@PAGE
@fresh_sign_in
def raise_one(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Object to a choice, for one of the bidders that were not chosen."""
    paper = objections_paper(actor=request.user, job_id=job_id, at=request.received_at)
    act = Act(
        title=_("Object to the choice"),
        lead=_(
            "It is decided by a head above the department or an auditor, not by who chose. No work"
            " starts before."
        ),
        button=_("Object"),
        back=reverse("objections", args=[job_id]),
        trail=paper.title,
        warning=_("A bidder objects to a choice once. The department reads who objects, and why."),
        facts=_facts(paper),
    )
    return answer(
        request,
        act,
        ObjectionForm(sent(request) or kept_input(request)),
        do=lambda typed: raise_objection(
            actor=request.user,
            job_id=job_id,
            provider_id=provider_id,
            at=request.received_at,
            **typed,
        ),
        told=_("Your objection is in. You are told how it is decided."),
    )


def _facts(paper: ObjectionPaper) -> tuple[tuple[str, str], ...]:
    facts = [(_("Chosen"), paper.chosen_name)] if paper.chosen_name else []
    if paper.standstill_until is not None:
        facts.append((_("Objections until"), formats.moment(paper.standstill_until)))
    return tuple(facts)


class RulingForm(PageForm):
    """Upheld or not, and why."""

    ruling = forms.ChoiceField(
        label=gettext_lazy("The objection is"),
        widget=forms.RadioSelect,
        choices=[
            (UPHELD, gettext_lazy("upheld: the choice is withdrawn, and another is made")),
            ("stands", gettext_lazy("not upheld: the choice stands, and work starts")),
        ],
    )
    reason = WordsField(
        label=gettext_lazy("In a sentence"),
        help_text=gettext_lazy("The bidder who objects reads it, and it stays on the record."),
    )


@PAGE
@fresh_sign_in
def decide(request: SignedIn, job_id: UUID, objection_id: UUID) -> HttpResponse:
    """Decide on an objection, as a head above the department or an auditor."""
    paper = objections_paper(actor=request.user, job_id=job_id, at=request.received_at)
    rows = {row.objection_id: row for row in paper.objections}
    if objection_id not in rows:
        raise Unknown("There is no such objection.")
    row = rows[objection_id]
    act = Act(
        title=_("Decide on the objection of %(name)s") % {"name": row.provider_name},
        button=_("Decide"),
        back=reverse("objections", args=[job_id]),
        trail=paper.title,
        warning=_("Upheld, the promise is given back and the department chooses another bid."),
        facts=(
            (_("Chosen"), row.about_name),
            (_("Raised by"), f"{row.raised_by}, {formats.moment(row.raised_at)}"),
            (_("Promised to be decided until"), formats.moment(row.due_at)),
            (_("The objection"), row.reason),
        ),
    )
    return answer(
        request,
        act,
        RulingForm(sent(request) or kept_input(request)),
        do=lambda typed: decide_objection(
            actor=request.user,
            objection_id=objection_id,
            upheld=typed["ruling"] == UPHELD,
            reason=typed["reason"],
            at=request.received_at,
        ),
        told=_("Decided. The bidder and the department have been told."),
    )


@PAGE
@fresh_sign_in
def decline(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Decline the award, as the provider chosen, before any work."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    act = Act(
        title=_("Decline this work"),
        lead=_("The department chooses another bid, freely. Nothing is owed by either side."),
        button=_("Decline the work"),
        back=reverse("job", args=[job_id]),
        trail=paper.title,
        warning=_("This bid cannot be chosen again. Your reason stays on the record."),
        facts=(
            (_("Agreed price"), formats.money(paper.price)),
            (_("Chosen by"), f"{paper.chosen_by}, {formats.moment(paper.chosen_at)}"),
        ),
    )
    return answer(
        request,
        act,
        ReasonForm(sent(request) or kept_input(request)),
        do=lambda typed: decline_award(
            actor=request.user, award_id=paper.award_id, at=request.received_at, **typed
        ),
        told=_("Declined. The department has been told why."),
    )
