"""Finance's desk: what waits, whether the books balance, and every paper."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.pages.home import address_of
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from ledger.reports.budget_status import budget_status
from ledger.reports.desk import desk
from ledger.reports.periods import periods
from ledger.reports.trial_balance import trial_balance
from marketplace.directory import policies, seats
from marketplace.refusals import Forbidden
from marketplace.together import together

OF_THE_BOOKS = frozenset(
    [
        "resolve",
        "sign_reopening",
        "begin_closing",
        "close_month",
        "sign_correction",
        "sign_move",
        "allow_late_charge",
        *("approve_vendor", "confirm_payee", "approve_payout", "decline_payout"),
        *("try_payout_again", "find_payout"),
    ]
)


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show what waits for finance, the months, the budgets that run low, and the rules."""
    only_known(request)
    held = seats(request.user)
    if not (held.is_finance or held.is_auditor):
        raise Forbidden("This desk is for finance and auditors.")
    today = timezone.localdate(request.received_at)
    months, budgets, stated, paper = together(
        lambda: periods(actor=request.user),
        lambda: budget_status(actor=request.user, fiscal_year=today.year),
        lambda: policies(request.user),
        lambda: desk(actor=request.user, at=request.received_at),
    )
    begun = [month for month in months if month.starts_on <= today]
    in_force: dict[str, object] = {}
    for one in stated:
        if one.in_force_on <= today:
            in_force.setdefault(one.code, one)
    context = {
        "mine": [(item, address_of(item)) for item in paper.mine if item.kind in OF_THE_BOOKS],
        "balance": trial_balance(actor=request.user, since_period=begun[0].id) if begun else None,
        "months": begun[:12],
        "budgets": sorted(budgets, key=lambda row: row.used_percent or 0, reverse=True),
        "year": today.year,
        "rules": list(in_force.values()),
        "may_grant": held.is_finance,
    }
    return page(request, "frontend/pages/money/finance.html", context)
