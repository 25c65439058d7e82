"""Home: what waits for me, what waits for others, what is done."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontend.rendering import page
from frontend.requests import SignedIn
from ledger.reports.desk import OpenItem, desk

# Where each kind of thing is done. What has no page of its own is done on the job's.
_PLACES_BY_JOB = {
    "publish": "job-edit",
    "choose": "comparison",
    "declare": "panel",
    "answer_interest": "panel",
    "judge": "agreement",
    "sign_choice": "comparison",
    "sign_publication": "job",
    "deliver": "board",
    "accept": "board",
    "agree_change": "board",
    "sign_change": "board",
    "agree_end": "board",
    "resolve": "board",
    "rule": "objections",
    "standstill": "board",
    "rate": "rate",
    "allow_late_charge": "board",
}
# What concerns no job is done on its own page.
_PLACES_BY_SUBJECT = {
    "sign_correction": "correction-sign",
    "sign_move": "budget-move-sign",
    "agree_redaction": "redaction-agree",
    "introduce_vendor": "vendor",
    "approve_vendor": "vendor",
    "confirm_payee": "payee-confirm",
    "name_head": "department",
    **dict.fromkeys(("say_how_paid", "answer_stripe", "give_another_bank"), "vendor-account"),
}
# Payouts are dealt with where all of them are seen.
_ON_PAYOUTS = frozenset({"approve_payout", "decline_payout", "try_payout_again", "find_payout"})


@require_safe
@login_required
def home(request: SignedIn) -> HttpResponse:
    """Show the person's desk."""
    paper = desk(actor=request.user, at=request.received_at)
    context = {
        "desk": paper,
        "mine": [(item, address_of(item)) for item in paper.mine],
        "others": [(item, address_of(item)) for item in paper.others],
    }
    return page(request, "frontend/pages/home/home.html", context)


def address_of(item: OpenItem) -> str:
    """Return the address at which an open item is dealt with."""
    if item.kind in _ON_PAYOUTS:
        return reverse("payouts")
    if item.kind == "name_finance":
        return reverse("people")
    if item.kind in _PLACES_BY_SUBJECT:
        return reverse(_PLACES_BY_SUBJECT[item.kind], args=[item.subject_id])
    if item.period_id is not None:
        return reverse("period", args=[item.period_id])
    return reverse(_PLACES_BY_JOB.get(item.kind, "job"), args=[item.job_id])
