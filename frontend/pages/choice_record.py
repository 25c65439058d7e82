"""The record of choices: which bid, against which, and why."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import wording
from frontend.asked import day_asked, id_asked
from frontend.forms import DayField, PageForm, offer
from frontend.pages.departments import share_of
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.exchange.ocds.export.exporting import ExportFilter
from ledger.exchange.ocds.export.packaging import JSON_TYPE, ocds_file
from ledger.reports.choice_share import choice_share
from ledger.reports.choice_totals import (
    ChoiceCounts,
    ChoiceTotals,
    choice_counts,
    choice_totals,
)
from ledger.reports.choices import COLUMNS, ChoiceFilter, choices, every_choice
from marketplace.department_names import department_names
from marketplace.directory import categories
from marketplace.together import together

COUNTED_AT_ONCE = 2_000  # choices; of more, the bids are counted after the page has come
FILTERS = ("department", "category", "kind", "since", "until", "provider")


class ChoiceFilters(PageForm):
    """What the record can be narrowed by."""

    department = forms.ChoiceField(required=False, label=_("Department"))
    category = forms.ChoiceField(required=False, label=_("Kind of work"))
    kind = forms.ChoiceField(required=False, label=_("Chosen"))
    since = DayField(required=False, label=_("From"))
    until = DayField(required=False, label=_("Until"))

    def __init__(self, request: SignedIn) -> None:
        super().__init__(request.GET)
        any_one = ("", _("any"))
        known = [(str(pk), name) for pk, name in department_names(request.user)]
        offer(self, "department", [any_one, *known])
        offer(self, "category", [any_one, *[(one.code, one.name) for one in categories()]])
        offer(self, "kind", [any_one, *wording.KINDS.items()])


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show choices with their reasons, newest first, and what they come to."""
    only_known(request, *FILTERS, "cursor", "contests")
    only = _only(request)
    if request.htmx:  # only what a page that has come was waiting for
        part = {"contests": choice_totals(actor=request.user, only=only)}
        return render(request, "frontend/pages/reports/contests.html", part)
    query = request.GET.copy()
    for name in ("cursor", "contests"):
        query.pop(name, None)
    rows, (totals, contests), shares, filters = together(
        lambda: choices(actor=request.user, only=only, cursor=request.GET.get("cursor", "")),
        lambda: _counted(request, only),
        lambda: choice_share(actor=request.user, only=only, by="quarter"),
        lambda: ChoiceFilters(request),
    )
    context = {
        "rows": rows,
        "totals": totals,
        "contests": contests,
        "share": share_of(shares),
        "filters": filters,
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "query": query.urlencode(),
        "department": request.GET.get("department", ""),
    }
    return page(request, "frontend/pages/reports/choices.html", context)


def _counted(
    request: SignedIn, only: ChoiceFilter
) -> tuple[ChoiceCounts | ChoiceTotals, ChoiceTotals | None]:
    """Return the choices counted, and their bids unless these are so many that a page waits."""
    counts = choice_counts(actor=request.user, only=only)
    if counts.choices > COUNTED_AT_ONCE and request.GET.get("contests") != "yes":
        return counts, None
    totals = choice_totals(actor=request.user, only=only)
    return totals, totals


@require_safe
@login_required
def show_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same record, all of it, as a file."""
    only_known(request, *FILTERS)
    return csv_answer("choices", COLUMNS, every_choice(actor=request.user, only=_only(request)))


@require_safe
@login_required
def show_ocds(request: SignedIn) -> StreamingHttpResponse:
    """Give the whole life of every published job as open contracting data."""
    only_known(request, "department")
    only = ExportFilter(department_id=id_asked(request, "department"))
    pieces = ocds_file(actor=request.user, at=request.received_at, only=only)
    answer = StreamingHttpResponse(pieces, content_type=JSON_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="ocds.json"'
    return answer


def _only(request: SignedIn) -> ChoiceFilter:
    return ChoiceFilter(
        since_on=day_asked(request, "since"),
        until_on=day_asked(request, "until"),
        department_id=id_asked(request, "department"),
        provider_id=id_asked(request, "provider"),
        category=request.GET.get("category", ""),
        kind=request.GET.get("kind", ""),
    )
