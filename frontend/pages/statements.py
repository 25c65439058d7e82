"""A month of a department's account, or of what a provider earned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.asked import id_asked, last_of, month_asked, next_to
from frontend.forms import PageForm, offer
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.statement_paper import has_fees, statement_pdf
from frontend.tables import csv_answer
from ledger.reports.periods import periods
from ledger.reports.statement import Statement, provider_statement, statement
from ledger.reports.statement_lines import StatementLine
from ledger.reports.statement_rows import COLUMNS, file_name, rows_of
from marketplace.directory import DepartmentFacts, departments, seats
from marketplace.money import Money

FILTERS = ("department", "provider", "month", "currency")
TEMPLATE = "frontend/pages/money/statement.html"
FEE = "Marketplace fee"  # as the chart of accounts calls it, and its catalogue translates


class StatementFilters(PageForm):
    """Whose month, and which."""

    department = forms.ChoiceField(required=False, label=_("Department"))
    month = forms.ChoiceField(required=False, label=_("Month"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement and what was asked for it."""

    paper: Statement | None  # None where the person has no books to read
    month: date
    is_earned: bool  # a provider's, not a department's
    readable: list[tuple[str, str]]  # departments to choose from


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show a month: opening, each charge and credit with its balance, closing."""
    asked = _asked(request)
    if asked.paper is None:
        return page(request, TEMPLATE, {"paper": None})
    later = next_to(asked.month, by=1)
    context = {
        "paper": asked.paper,
        "lines": with_balances(asked.paper),
        "sums": sums(asked.paper),
        "amounts": asked.paper.amounts,
        "has_fees": has_fees(asked.paper),
        "net": asked.paper.charges + asked.paper.credits,
        "month": asked.month,
        "earlier": next_to(asked.month, by=-1),
        "later": later if later <= timezone.localdate(request.received_at) else None,
        "is_earned": asked.is_earned,
        "whose": "provider" if asked.is_earned else "department",
        "leads_to_entries": asked.is_earned
        or asked.paper.of_id in _reads_entries_of(request, departments(request.user)),
        "filters": None if asked.is_earned else _filters(request, asked),
    }
    return page(request, TEMPLATE, context)


@require_safe
@login_required
def show_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give a month as a file: opening, lines, closing."""
    asked = _asked(request)
    if (paper := asked.paper) is None:
        return csv_answer("statement", COLUMNS, ())
    return csv_answer(
        file_name(paper),
        COLUMNS,
        rows_of(paper),
        paper=lambda: statement_pdf(
            paper,
            month=asked.month,
            company=_company(departments(request.user)),
            is_earned=asked.is_earned,
        ),
    )


def _company(found: list[DepartmentFacts]) -> str:
    """Return the name of the house: the department above all; none where the reader sees none."""
    return next((one.name for one in found if one.parent_id is None), "Choicebook")


def with_balances(paper: Statement) -> list[tuple[StatementLine, Money]]:
    """Return each line with what had been charged since the year began, it included."""
    balance = paper.opening
    found = []
    for line in paper.lines:
        balance = balance + line.moves
        found.append((line, balance))
    return found


def sums(paper: Statement) -> list[tuple[str, Money]]:
    """Return what the month comes to, by account; the fees are one of them."""
    by_account: dict[str, Money] = defaultdict(lambda: Money(0, paper.currency))
    for line in paper.lines:
        if line.amount or line.fee is None:
            by_account[line.account_name] += line.amount
    if has_fees(paper):
        by_account[FEE] += paper.fees
    return sorted(by_account.items())


def _filters(request: SignedIn, asked: Asked) -> StatementFilters:
    """Return the departments and the months of the books to choose from, with what is shown."""
    shown = "" if asked.paper is None else str(asked.paper.of_id)
    form = StatementFilters(initial={"department": shown, "month": f"{asked.month:%Y-%m}"})
    offer(form, "department", asked.readable)
    # The thirteenth period lies within December: both are read on one statement.
    begun = {month.starts_on.replace(day=1) for month in periods(actor=request.user)}
    months = begun | {asked.month}
    named = [(f"{month:%Y-%m}", formats.month(month)) for month in sorted(months, reverse=True)]
    offer(form, "month", named)
    return form


def _asked(request: SignedIn) -> Asked:
    only_known(request, *FILTERS)
    month = month_asked(request, "month", otherwise=timezone.localdate(request.received_at))
    currency = request.GET.get("currency", "")
    provider_id = id_asked(request, "provider")
    if provider_id is not None:
        paper = provider_statement(
            actor=request.user,
            provider_id=provider_id,
            since_on=month,
            until_on=last_of(month),
            currency=currency,
        )
        return Asked(paper, month, is_earned=True, readable=[])
    readable = _readable(request)
    department_id = id_asked(request, "department")
    if department_id is None and readable:
        department_id = readable[0][0]
    of_department = department_id and statement(
        actor=request.user,
        department_id=department_id,
        since_on=month,
        until_on=last_of(month),
        currency=currency,
    )
    named = [(str(id), name) for id, name in readable]
    return Asked(of_department or None, month, is_earned=False, readable=named)


def _readable(request: SignedIn) -> list[tuple[UUID, str]]:
    """Return the departments whose books the person may open, their own first."""
    held = seats(request.user)
    own = [(seat.id, seat.name) for seat in held.departments]
    known = {id for id, name in own}
    found = departments(request.user)
    reads = _reads_entries_of(request, found)
    return own + [(one.id, one.name) for one in found if one.id in reads - known]


def _reads_entries_of(request: SignedIn, found: list[DepartmentFacts]) -> set[UUID]:
    """Return the departments of which the person may read the journal: all, or those they head."""
    held = seats(request.user)
    if held.is_finance or held.is_auditor:
        return {one.id for one in found}
    headed = {seat.id for seat in held.departments if seat.role == "head"}
    parents = {one.id: one.parent_id for one in found}
    return {one.id for one in found if _lies_under(one.id, headed, parents)}


def _lies_under(id: UUID, headed: set[UUID], parents: dict[UUID, UUID | None]) -> bool:
    step: UUID | None = id
    while step is not None:
        if step in headed:
            return True
        step = parents.get(step)
    return False
