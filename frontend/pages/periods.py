"""The months of the books: the list, one month with its checklist, and each step of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import PageForm, WordsField
from frontend.pages.work import ACT
from frontend.rendering import fresh_sign_in, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.closing import begin_closing, close_period, stop_closing
from ledger.reopening import ask_reopening, decline_reopening, reopen_period
from ledger.reports.close_checklist import close_checklist
from ledger.reports.period_seal import NotSealed, PeriodSeal, period_seal
from ledger.reports.periods import COLUMNS, PeriodRow, next_to_close, period, periods
from marketplace.directory import seats
from marketplace.refusals import Forbidden
from marketplace.together import together


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show every month of the books, the newest first."""
    only_known(request)
    months = _months(request)
    closes = seats(request.user).is_finance
    context = {
        "months": months,
        "next": next_to_close(months, at=request.received_at) if closes else None,
    }
    return page(request, "frontend/pages/periods/list.html", context)


@require_safe
@login_required
def index_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same months as a file."""
    only_known(request)
    return csv_answer("periods", COLUMNS, _months(request))


@require_safe
@login_required
def show(request: SignedIn, period_id: int) -> HttpResponse:
    """Show one month: where it stands, what stands against closing it, and what was done to it."""
    only_known(request)
    paper, checklist, seal = together(
        lambda: period(actor=request.user, period_id=period_id, at=request.received_at),
        lambda: close_checklist(actor=request.user, period_id=period_id, at=request.received_at),
        lambda: _seal(request, period_id),
    )
    context = {
        "paper": paper,
        "month": paper.row,
        "name": formats.book_month(period_id),
        "checklist": checklist,
        "seal": seal,
    }
    return page(request, "frontend/pages/periods/month.html", context)


class ReasonForm(PageForm):
    """Why."""

    reason = WordsField(label=gettext_lazy("Reason"))


@ACT
@login_required
def begin(request: SignedIn, period_id: int) -> HttpResponse:
    """Begin to close a month: nobody writes in it any more."""
    return _act(
        request,
        period_id,
        begin_closing,
        title=_("Begin to close %(month)s"),
        lead=_(
            "From now on nobody writes in it. Work that waits for an answer is accrued, and taken"
            " back on the first day of the next month."
        ),
        button=_("Begin to close"),
        told=_("Nobody writes in this month any more. Look through the list, then close it."),
    )


@ACT
@login_required
def stop(request: SignedIn, period_id: int) -> HttpResponse:
    """Let people write again in a month that was about to be closed."""
    return _act(
        request,
        period_id,
        stop_closing,
        title=_("Stop closing %(month)s"),
        lead=_("People write in it again. Closing begins anew when it is complete."),
        button=_("Stop closing"),
        told=_("The month is open again."),
        form=ReasonForm(sent(request)),
    )


@ACT
@fresh_sign_in
def close(request: SignedIn, period_id: int) -> HttpResponse:
    """Close a month for good, and seal it."""
    return _act(
        request,
        period_id,
        close_period,
        title=_("Close %(month)s"),
        lead=_("Its figures are sealed. What is found later is booked in an open month."),
        warning_title=_("Only two people together can undo this"),
        warning=_(
            "One of finance asks to open it again, and another, or an auditor, signs. It stays on"
            " the record for everybody."
        ),
        button=_("Close the month"),
        told=_("Closed and sealed."),
    )


@ACT
@login_required
def ask(request: SignedIn, period_id: int) -> HttpResponse:
    """Ask for a closed month to be opened again."""
    return _act(
        request,
        period_id,
        ask_reopening,
        title=_("Ask to reopen %(month)s"),
        lead=_("It stays closed until another person of finance, or an auditor, signs."),
        button=_("Ask for it"),
        told=_("Asked. Finance and the auditors were told."),
        form=ReasonForm(sent(request)),
    )


@ACT
@fresh_sign_in
def sign(request: SignedIn, period_id: int) -> HttpResponse:
    """Sign what another person asked for."""
    return _act(
        request,
        period_id,
        reopen_period,
        title=_("Reopen %(month)s"),
        lead=_("People write in it again until it is closed anew. Its seal of before stays told."),
        button=_("Sign the reopening"),
        told=_("The month is open again."),
    )


@ACT
@login_required
def decline(request: SignedIn, period_id: int) -> HttpResponse:
    """Decline what was asked for; the month stays closed."""
    return _act(
        request,
        period_id,
        decline_reopening,
        title=_("Leave %(month)s closed"),
        lead=_("Whoever asked is told why."),
        button=_("Leave it closed"),
        told=_("The month stays closed."),
        form=ReasonForm(sent(request)),
    )


def _act(
    request: SignedIn,
    period_id: int,
    verb: Callable[..., object],
    *,
    title: str,
    lead: str,
    button: str,
    told: str,
    warning: str = "",
    warning_title: str = "",
    form: PageForm | None = None,
) -> HttpResponse:
    paper = period(actor=request.user, period_id=period_id, at=request.received_at)
    name = formats.book_month(period_id)
    facts: tuple[tuple[str, Any], ...] = ()
    if paper.asked:
        asked = f"{paper.asked.taken_by}, {formats.moment(paper.asked.taken_at)}"
        facts = ((_("Asked by"), asked), (_("Reason"), paper.asked.reason))
    act = Act(
        title=title % {"month": name},
        lead=lead,
        button=button,
        back=reverse("period", args=[period_id]),
        trail=capfirst(name),
        warning=warning,
        warning_title=warning_title,
        facts=facts,
    )
    return answer(
        request,
        act,
        form or NothingAsked(sent(request)),
        do=lambda typed: verb(
            actor=request.user, period_id=period_id, at=request.received_at, **typed
        ),
        told=told,
    )


def _months(request: SignedIn) -> tuple[PeriodRow, ...]:
    held = seats(request.user)
    if not (held.is_finance or held.is_auditor):
        raise Forbidden(_("The months of the books are for finance and auditors."))
    return periods(actor=request.user)


def _seal(request: SignedIn, period_id: int) -> PeriodSeal | None:
    try:
        return period_seal(actor=request.user, period_id=period_id)
    except NotSealed:
        return None
