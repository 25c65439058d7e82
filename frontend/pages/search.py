"""One box for everything: what it finds, as a page and as the palette's list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from ledger.reports.search import search


@require_safe
@login_required
def search_page(request: SignedIn) -> HttpResponse:
    """Show what was found; the palette asks for the list alone."""
    only_known(request, "q")
    found = search(actor=request.user, words=request.GET.get("q", ""), at=request.received_at)
    part = "found" if request.headers.get("HX-Request") else "search"
    return page(request, f"frontend/pages/search/{part}.html", {"found": found})
