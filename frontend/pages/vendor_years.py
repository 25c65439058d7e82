"""A vendor's year on one sheet: to read, and as files to keep."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer, headings
from ledger.exchange.pdf_file import pdf_file
from ledger.reports.vendor_year import COLUMNS, vendor_year
from marketplace.refusals import Unknown


@require_safe
@login_required
def show(request: SignedIn, provider_id: UUID, year: int) -> HttpResponse:
    """Show a vendor's year."""
    only_known(request)
    paper = vendor_year(actor=request.user, provider_id=provider_id, year=year)
    context = {"paper": paper, "before": year - 1, "after": year + 1}
    context["is_over"] = year < request.received_at.year
    return page(request, "frontend/pages/vendors/year.html", context)


@require_safe
@login_required
def as_file(request: SignedIn, provider_id: UUID, year: int, kind: str) -> HttpResponseBase:
    """Give a vendor's year as CSV or PDF."""
    only_known(request)
    paper = vendor_year(actor=request.user, provider_id=provider_id, year=year)
    name = f"{paper.name} {year}"
    if kind == "csv":
        return csv_answer(f"vendor-year-{year}", COLUMNS, paper.lines)
    if kind != "pdf":
        raise Unknown("There is no such file.")
    made = pdf_file(COLUMNS, paper.lines, title=name, headings=headings())
    return FileResponse(made, as_attachment=True, filename=f"vendor-year-{year}.pdf")
