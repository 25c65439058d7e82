"""Departments: the list, and the dashboard of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.charts.share import ShareChart, SharePoint, share_over_time
from frontend.pages.budgets import bar
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.budget_status import budget_status
from ledger.reports.choice_share import ShareRow, choice_share
from ledger.reports.choices import ChoiceFilter
from ledger.reports.commitments import commitments
from ledger.reports.company import DEPARTMENT_COLUMNS
from marketplace.directory import department, departments, seats
from marketplace.refusals import Refusal
from marketplace.together import together


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show the departments of the company."""
    only_known(request)
    context = {
        "departments": departments(request.user),
        "is_administrator": seats(request.user).is_administrator,
    }
    return page(request, "frontend/pages/company/departments.html", context)


@require_safe
@login_required
def index_csv(request: SignedIn) -> HttpResponseBase:
    """Give the departments as a file."""
    only_known(request)
    return csv_answer("departments", DEPARTMENT_COLUMNS, departments(request.user))


@require_safe
@login_required
def show(request: SignedIn, department_id: UUID) -> HttpResponse:
    """Show one department: its people; and to those who may read its books, its money."""
    paper = department(request.user, department_id)
    context = {"paper": paper, "one": paper.facts, **_books(request, department_id)}
    return page(request, "frontend/pages/company/department.html", context)


def _books(request: SignedIn, department_id: UUID) -> dict[str, Any]:
    """Return what the books say of a department; nothing to those they are closed to."""
    year = timezone.localdate(request.received_at).year
    try:
        rows = budget_status(actor=request.user, fiscal_year=year, department_id=department_id)
    except Refusal:
        return {"reads_books": False}
    only = ChoiceFilter(department_id=department_id)
    promises, shares = together(
        lambda: commitments(
            actor=request.user, at=request.received_at, department_id=department_id
        ),
        lambda: choice_share(actor=request.user, only=only, by="quarter"),
    )
    return {
        "reads_books": True,
        "year": year,
        "budgets": [(row, bar(row)) for row in rows],
        "promises": promises,
        "share": share_of(shares),
    }


def share_of(rows: tuple[ShareRow, ...]) -> ShareChart | None:
    """Return how often the inside was chosen, over time; None where there was no choice."""
    inside: dict[str, tuple[str, int, int, int]] = {}
    for row in sorted(rows, key=lambda row: row.key):
        _, part, whole, again = inside.get(row.key, (row.label, 0, 0, 0))
        counted = (part + row.in_house, whole + row.choices, again + row.returns)
        inside[row.key] = (row.label, *counted)
    points = [SharePoint(*told) for told in inside.values()]
    return share_over_time(points) if points else None
