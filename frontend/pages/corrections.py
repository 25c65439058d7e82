"""Corrections: asking that an entry be reversed, and the second person's answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.pages.periods import ReasonForm
from frontend.pages.work import ACT
from frontend.rendering import fresh_sign_in, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.correcting import ask_correction, decline_correction, sign_correction
from ledger.reports.corrections import COLUMNS, CorrectionRow, corrections
from ledger.reports.journal import entry as one_entry
from marketplace.refusals import Unknown
from marketplace.saying import said


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show every correction, those that wait for a second person first."""
    only_known(request)
    rows = corrections(actor=request.user)
    return page(request, "frontend/pages/periods/corrections.html", {"rows": rows})


@require_safe
@login_required
def index_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same corrections as a file."""
    only_known(request)
    return csv_answer("corrections", COLUMNS, corrections(actor=request.user))


@ACT
@login_required
def ask(request: SignedIn, entry_id: UUID) -> HttpResponse:
    """Ask that an entry be reversed."""
    paper = one_entry(actor=request.user, entry_id=entry_id)
    act = Act(
        title=_("Reverse “%(kind)s”") % {"kind": said(paper.kind_label)},
        lead=_(
            "An entry is never changed. Its opposite is booked in the open month once another"
            " person of finance signs."
        ),
        button=_("Ask for it"),
        back=reverse("corrections"),
        trail=_("Corrections"),
        facts=(
            (_("In force on"), formats.day(paper.effective_on)),
            (_("Booked by"), f"{paper.actor_name}, {formats.moment(paper.posted_at)}"),
        ),
    )
    return answer(
        request,
        act,
        ReasonForm(sent(request)),
        do=lambda typed: ask_correction(
            actor=request.user, entry_id=entry_id, at=request.received_at, **typed
        ),
        told=_("Asked. The others of finance were told."),
    )


@ACT
@fresh_sign_in
def sign(request: SignedIn, correction_id: UUID) -> HttpResponse:
    """Sign a correction: it is booked in the same moment."""
    row = _row(request, correction_id)
    act = _about(row, _("Sign the reversal of “%(kind)s”"), _("Sign and book it"))
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: sign_correction(
            actor=request.user, correction_id=correction_id, at=request.received_at
        ),
        told=_("Signed and booked."),
    )


@ACT
@login_required
def decline(request: SignedIn, correction_id: UUID) -> HttpResponse:
    """Decline a correction; the entry stands."""
    row = _row(request, correction_id)
    act = _about(row, _("Decline the reversal of “%(kind)s”"), _("Decline it"))
    return answer(
        request,
        act,
        ReasonForm(sent(request)),
        do=lambda typed: decline_correction(
            actor=request.user, correction_id=correction_id, at=request.received_at, **typed
        ),
        told=_("Declined. The entry stands."),
    )


def _about(row: CorrectionRow, title: str, button: str) -> Act:
    return Act(
        title=title % {"kind": row.entry_kind},
        button=button,
        back=reverse("corrections"),
        trail=_("Corrections"),
        facts=(
            (_("In force on"), formats.day(row.effective_on)),
            (_("Asked by"), f"{row.asked_by}, {formats.moment(row.asked_at)}"),
            (_("Reason"), row.reason),
        ),
    )


def _row(request: SignedIn, correction_id: UUID) -> CorrectionRow:
    for row in corrections(actor=request.user):
        if row.correction_id == correction_id:
            return row
    raise Unknown("There is no such correction.")
