"""What an auditor asks, draws and takes along: questions, a sample, a file of evidence."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from frontend.asked import number_asked
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.exchange.evidence import ZIP_TYPE, evidence_pack
from ledger.reports.audit_questions import (
    SAMPLE,
    SAMPLE_COLUMNS,
    SampledChoice,
    audit_questions,
    sampled_choices,
)

SEED_CHARACTERS_MAX = 200


@require_safe
@login_required
def questions(request: SignedIn) -> HttpResponse:
    """Show who sits on both sides, few bids, splits, flags; and the sample, once it is drawn."""
    only_known(request, "seed", "size")
    rows = _drawn(request)
    context = {
        "paper": audit_questions(actor=request.user),
        "sample": rows,
        "seed": request.GET.get("seed", ""),
        "size": number_asked(request, "size") or SAMPLE,
        "query": request.GET.urlencode(),
    }
    return page(request, "frontend/pages/auditor/questions.html", context)


@require_safe
@login_required
def sample_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the sample as a file."""
    only_known(request, "seed", "size")
    return csv_answer("sample", SAMPLE_COLUMNS, _drawn(request))


@require_safe
@login_required
def evidence(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Give all that proves a job, to be checked without us."""
    only_known(request)
    pack = evidence_pack(actor=request.user, job_id=job_id, at=request.received_at)
    file = HttpResponse(pack.content, content_type=ZIP_TYPE)
    file["Content-Disposition"] = f'attachment; filename="{pack.file_name}"'
    return file


def _drawn(request: SignedIn) -> tuple[SampledChoice, ...]:
    seed = request.GET.get("seed", "").strip()
    if len(seed) > SEED_CHARACTERS_MAX:
        raise BadRequest("Give a shorter seed.")
    if not seed:
        return ()
    return sampled_choices(
        actor=request.user, seed=seed, size=number_asked(request, "size") or SAMPLE
    )
