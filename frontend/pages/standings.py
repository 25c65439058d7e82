"""What providers were rated, side by side."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend.forms import PageForm, offer
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.scorecard import COLUMNS, ratings
from marketplace.directory import categories


class StandingFilters(PageForm):
    """What the list can be narrowed by."""

    category = forms.ChoiceField(required=False, label=_("Kind of work"))

    def __init__(self, request: SignedIn) -> None:
        super().__init__(request.GET)
        kinds = [(one.code, one.name) for one in categories()]
        offer(self, "category", [("", _("any")), *kinds])


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show the providers with their ratings, the best result first."""
    only_known(request, "category")
    category = request.GET.get("category", "")
    context = {
        "rows": ratings(actor=request.user, at=request.received_at, category=category),
        "filters": StandingFilters(request),
        "is_filtered": bool(category),
        "query": request.GET.urlencode(),
    }
    return page(request, "frontend/pages/reports/ratings.html", context)


@require_safe
@login_required
def show_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same list as a file."""
    only_known(request, "category")
    rows = ratings(
        actor=request.user, at=request.received_at, category=request.GET.get("category", "")
    )
    return csv_answer("ratings", COLUMNS, rows)
