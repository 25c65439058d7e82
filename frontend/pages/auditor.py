"""The auditor's room, and the receipts by which anybody concerned can prove what happened."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontend.rendering import only_known, page, refused
from frontend.requests import SignedIn
from ledger.checking import ask_for_a_check
from ledger.reports.record_room import fact, facts_of, find_facts, record_room
from marketplace.log.keys import verifier_keys
from marketplace.log.receipts import NotSealedYet, receipt
from marketplace.permissions import may_redact
from marketplace.redacting import waiting_redactions, words_by_digest
from marketplace.refusals import Refusal
from marketplace.together import together

ROOM = "frontend/pages/auditor/room.html"


@require_safe
@login_required
def room(request: SignedIn) -> HttpResponse:
    """Show whether the record holds, and find any fact in it."""
    only_known(request, "q")
    return page(request, ROOM, _room(request))


@require_POST
@login_required
def check(request: SignedIn) -> HttpResponse:
    """Have the record checked now."""
    try:
        ask_for_a_check(actor=request.user, at=request.received_at)
    except Refusal as refusal:
        return refused(request, ROOM, _room(request), refusal=refusal)
    messages.success(request, _("Asked for. The result stands here when the check is done."))
    return redirect("record")


@require_safe
@login_required
def things(request: SignedIn, subject_id: UUID) -> HttpResponse:
    """List what the reader can prove about a job, a bid, an award or a charge."""
    only_known(request)
    rows = facts_of(actor=request.user, subject_id=subject_id)
    of_job = next((row.job_id for row in rows if row.job_id), None)
    return page(
        request, "frontend/pages/auditor/things.html", {"rows": rows, "evidence_of": of_job}
    )


@require_safe
@login_required
def event(request: SignedIn, event_id: int) -> HttpResponse:
    """Show one event with its receipt: what it proves, and how to check it."""
    only_known(request)
    row = fact(actor=request.user, event_id=event_id)
    try:
        proof = receipt(actor=request.user, event_id=event_id)
    except NotSealedYet:
        proof = None
    said = sorted(json.loads(proof.body).items()) if proof else []
    context = {
        "fact": row,
        "proof": proof,
        "said": said,
        "words": words_by_digest([value for name, value in said if name.endswith("_digest")]),
        "may_redact": may_redact(request.user),
        "key": str(verifier_keys()[0]),
    }
    return page(request, "frontend/pages/auditor/event.html", context)


@require_safe
@login_required
def event_file(request: SignedIn, event_id: int) -> HttpResponse:
    """Give the receipt as a file to keep."""
    proof = receipt(actor=request.user, event_id=event_id)
    file = HttpResponse(proof.text, content_type="text/plain; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="{proof.file_name}"'
    return file


def _room(request: SignedIn) -> dict[str, Any]:
    words = request.GET.get("q", "")[:200]
    paper, found, waiting = together(
        lambda: record_room(actor=request.user),
        lambda: find_facts(actor=request.user, words=words) if words.strip() else (),
        lambda: waiting_redactions(request.user),
    )
    return {"room": paper, "words": words, "found": found, "redactions": waiting}
