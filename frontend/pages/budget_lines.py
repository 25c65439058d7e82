"""One budget line with its history, and moving budget from it to another."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.asked import next_to
from frontend.charts.burndown import BurndownChart, MonthEnd, burndown
from frontend.forms import MoneyField, PageForm, WordsField, count_in, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.budget_moves import decline_move, move_budget, sign_move, signing_limit
from ledger.reports.budget_moves import COLUMNS as MOVE_COLUMNS
from ledger.reports.budget_moves import MoveRow, budget_move, budget_moves
from ledger.reports.line_history import COLUMNS, LineHistory, line_history
from marketplace.department_names import department_names
from marketplace.directory import categories, seats
from marketplace.money import Money
from marketplace.refusals import Forbidden

ROWS_ON_A_PAGE = 200


@require_safe
@login_required
def show(request: SignedIn, line_id: UUID) -> HttpResponse:
    """Show a line as it stands, and every entry that moved it, the last one first."""
    only_known(request)
    paper = line_history(actor=request.user, line_id=line_id)
    held = seats(request.user)
    context = {
        "row": paper.line,
        "through": through_the_year(paper, until=timezone.localdate(request.received_at)),
        "entries": paper.rows[:ROWS_ON_A_PAGE],
        "left_off": len(paper.rows) - ROWS_ON_A_PAGE,
        "may_move": held.is_finance,
        "leads_to_entries": held.is_finance or held.is_auditor,
    }
    return page(request, "frontend/pages/money/line.html", context)


def through_the_year(paper: LineHistory, *, until: date) -> BurndownChart | None:
    """Return the line at each month's end, until today; None before the second month."""
    first = date(paper.line.fiscal_year, 1, 1)
    last = min(until, date(paper.line.fiscal_year, 12, 31))
    nothing = Money(0, paper.line.currency)
    granted = promised = charged = nothing
    # In the order of their dates: what was booked later for an earlier month belongs there.
    rows = sorted(paper.rows, key=lambda row: row.effective_on)
    months = []
    while first <= last:
        after = next_to(first, by=1)
        while rows and (rows[0].effective_on < after or after > last):
            row = rows.pop(0)
            granted += row.budget
            promised += row.precommitted + row.committed
            charged += row.charged
        free = granted - promised - charged
        months.append(MonthEnd(formats.month_short(first), granted, promised, charged, free))
        first = after
    return burndown(months) if len(months) > 1 and paper.rows else None


@require_safe
@login_required
def show_csv(request: SignedIn, line_id: UUID) -> StreamingHttpResponse:
    """Give every entry of a line as a file."""
    only_known(request)
    paper = line_history(actor=request.user, line_id=line_id)
    return csv_answer(f"budget-{paper.line.fiscal_year}", COLUMNS, paper.rows)


@require_safe
@login_required
def moves(request: SignedIn) -> HttpResponse:
    """Show the moves that wait for a signature, and those that were answered."""
    only_known(request)
    rows = budget_moves(actor=request.user)
    context = {
        "waiting": [row for row in rows if row.state == "waiting"],
        "answered": [row for row in rows if row.state != "waiting"],
        "may_answer": seats(request.user).is_finance,
        "me": request.user.pk,
    }
    return page(request, "frontend/pages/money/moves.html", context)


@require_safe
@login_required
def moves_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same moves as a file."""
    only_known(request)
    return csv_answer("budget-moves", MOVE_COLUMNS, budget_moves(actor=request.user))


class MoveForm(PageForm):
    """Where to, how much, and why."""

    to_department = forms.ChoiceField(label=gettext_lazy("To the department"))
    to_category = forms.ChoiceField(required=False, label=gettext_lazy("For one kind of work"))
    amount = MoneyField(label=gettext_lazy("Amount"))
    reason = WordsField(rows=2, label=gettext_lazy("Why"))
    move_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, actor: Any, currency: str, **kwargs: Any) -> None:
        # Named before it is sent, so that a form sent twice moves once.
        super().__init__(*args, initial={"move_id": uuid4()}, **kwargs)
        offer(self, "to_department", [(str(pk), name) for pk, name in department_names(actor)])
        kinds = [(str(kind.id), kind.name) for kind in categories()]
        offer(self, "to_category", [("", gettext_lazy("all kinds")), *kinds])
        count_in(self, "amount", currency)


@PAGE
@fresh_sign_in
def move(request: SignedIn, line_id: UUID) -> HttpResponse:
    """Move a part of a line to another department or kind of work."""
    only_known(request)
    _refuse_others(request)
    line = line_history(actor=request.user, line_id=line_id).line
    form = MoveForm(
        sent(request) or kept_input(request), actor=request.user, currency=line.currency
    )
    limit = signing_limit(line.currency)
    act = Act(
        title=_("Move budget"),
        lead=_("Above %(limit)s another person of finance signs before it is booked.")
        % {"limit": formats.money(limit)},
        button=_("Move it"),
        back=reverse("budget-moves"),
        trail=_("Moves of budget"),
        facts=(
            (_("From"), ", ".join(filter(None, (line.department_name, line.category_name)))),
            (_("Year"), line.fiscal_year),
            (_("Left there"), formats.money(line.available)),
        ),
        unit=line.currency,
    )

    def do(typed: dict[str, Any]) -> object:
        category = typed["to_category"]
        return move_budget(
            actor=request.user,
            move_id=typed["move_id"],
            from_line_id=line_id,
            to_department_id=UUID(typed["to_department"]),
            to_category_id=UUID(category) if category else None,
            amount=typed["amount"],
            reason=typed["reason"],
            at=request.received_at,
        )

    return answer(request, act, form, do=do, told=_("Asked for; below, you see where it stands."))


@PAGE
@fresh_sign_in
def sign(request: SignedIn, move_id: UUID) -> HttpResponse:
    """Sign a move that another person of finance wants."""
    only_known(request)
    _refuse_others(request)
    act = _act_on(
        budget_move(actor=request.user, move_id=move_id),
        title=_("Sign a move of budget"),
        button=_("Sign and move it"),
        warning=_("It is booked at once. It can be moved back, by another move."),
    )
    form = NothingAsked(sent(request))

    def do(_typed: dict[str, Any]) -> object:
        return sign_move(actor=request.user, move_id=move_id, at=request.received_at)

    return answer(request, act, form, do=do, told=_("Moved."))


class DeclineForm(PageForm):
    """Why not."""

    reason = WordsField(rows=2, label=gettext_lazy("Why not"))


@PAGE
@fresh_sign_in
def decline(request: SignedIn, move_id: UUID) -> HttpResponse:
    """Decline a move, or take one's own back."""
    only_known(request)
    _refuse_others(request)
    act = _act_on(
        budget_move(actor=request.user, move_id=move_id),
        title=_("Decline a move of budget"),
        button=_("Decline it"),
        warning="",
    )
    form = DeclineForm(sent(request) or kept_input(request))

    def do(typed: dict[str, Any]) -> object:
        return decline_move(
            actor=request.user, move_id=move_id, reason=typed["reason"], at=request.received_at
        )

    return answer(request, act, form, do=do, told=_("Declined."))


def _act_on(wanted: MoveRow, *, title: str, button: str, warning: str) -> Act:
    return Act(
        title=title,
        button=button,
        back=reverse("budget-moves"),
        trail=_("Moves of budget"),
        warning=warning,
        facts=(
            (_("From"), _place(wanted.from_department, wanted.from_category)),
            (_("To"), _place(wanted.to_department, wanted.to_category)),
            (_("Amount"), formats.money(wanted.amount)),
            (_("Why"), wanted.reason),
            (_("Asked by"), wanted.asked_by),
        ),
    )


def _place(department: str, category: str) -> str:
    return ", ".join(filter(None, (department, category)))


def _refuse_others(request: SignedIn) -> None:
    if not seats(request.user).is_finance:
        raise Forbidden(_("Only finance moves budgets."))
