"""What a bidder is told when the choice is made."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from ledger.reports.debrief import debrief
from marketplace.refusals import Unknown


@require_safe
@login_required
def result(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show the outcome, the bidder's own judgement, and the reason given (`?provider=`)."""
    only_known(request, "provider")
    paper = debrief(actor=request.user, job_id=job_id, provider_id=_provider(request))
    return page(request, "frontend/pages/bids/debrief.html", {"paper": paper})


def _provider(request: SignedIn) -> UUID | None:
    told = request.GET.get("provider")
    if told is None:
        return None
    try:
        return UUID(told)
    except ValueError:
        raise Unknown("There is no such bid of yours.") from None
