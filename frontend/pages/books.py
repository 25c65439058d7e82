"""The books: the trial balance, the journal, and one entry."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.asked import day_asked, id_asked, number_asked
from frontend.forms import DayField, PageForm, offer
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.correcting import REVERSIBLE
from ledger.reports.journal import COLUMNS as JOURNAL_COLUMNS
from ledger.reports.journal import JournalFilter, every_line, journal
from ledger.reports.journal import entry as one_entry
from ledger.reports.periods import PeriodRow, periods
from ledger.reports.trial_balance import COLUMNS as BALANCE_COLUMNS
from ledger.reports.trial_balance import TrialBalance, trial_balance
from marketplace.department_names import department_names
from marketplace.directory import seats

ENTRIES_ON_A_PAGE = 20
BALANCE_FILTERS = ("period", "until")
JOURNAL_FILTERS = (
    *("since", "until", "period", "department"),
    *("provider", "job", "account", "kind"),
)


class BalanceFilters(PageForm):
    """From which month to which."""

    period = forms.ChoiceField(required=False, label=_("From"))
    until = forms.ChoiceField(required=False, label=_("Until"))

    def __init__(self, request: SignedIn, months: tuple[PeriodRow, ...], chosen: int) -> None:
        super().__init__(initial={"period": chosen, "until": request.GET.get("until") or chosen})
        for name in self.fields:
            offer(
                self, name, [(month.id, capfirst(formats.book_month(month.id))) for month in months]
            )


@require_safe
@login_required
def balance(request: SignedIn) -> HttpResponse:
    """Show every account with what moved in it, and that all sums to zero."""
    paper, months = _balance(request)
    context = {
        "paper": paper,
        "months": months,
        "filters": BalanceFilters(request, months, paper.since_period) if paper else None,
        "query": request.GET.urlencode(),
    }
    return page(request, "frontend/pages/reports/trial_balance.html", context)


@require_safe
@login_required
def balance_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same balances as a file."""
    paper, _months = _balance(request)
    return csv_answer("trial-balance", BALANCE_COLUMNS, paper.rows if paper else ())


def _balance(request: SignedIn) -> tuple[TrialBalance | None, tuple[PeriodRow, ...]]:
    only_known(request, *BALANCE_FILTERS)
    months = periods(actor=request.user)
    today = timezone.localdate(request.received_at)
    begun = [month.id for month in months if month.starts_on <= today]
    since = number_asked(request, "period") or (begun[0] if begun else None)
    if since is None:
        return None, months
    paper = trial_balance(
        actor=request.user, since_period=since, until_period=number_asked(request, "until")
    )
    return paper, months


class JournalFilters(PageForm):
    """What the journal can be narrowed by."""

    since = DayField(required=False, label=_("From"))
    until = DayField(required=False, label=_("Until"))
    department = forms.ChoiceField(required=False, label=_("Department"))
    account = forms.CharField(required=False, max_length=10, label=_("Account"))

    def __init__(self, request: SignedIn) -> None:
        super().__init__(request.GET)
        known = [(str(pk), name) for pk, name in department_names(request.user)]
        offer(self, "department", [("", _("any")), *known])


@require_safe
@login_required
def entries(request: SignedIn) -> HttpResponse:
    """Show the journal, the last entry first, twenty at a time."""
    only_known(request, *JOURNAL_FILTERS, "cursor")
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "rows": journal(
            actor=request.user,
            only=_only(request),
            cursor=request.GET.get("cursor", ""),
            limit=ENTRIES_ON_A_PAGE,
        ),
        "filters": JournalFilters(request),
        "is_filtered": any(request.GET.get(name) for name in JOURNAL_FILTERS),
        "query": query.urlencode(),
    }
    return page(request, "frontend/pages/reports/journal.html", context)


@require_safe
@login_required
def entries_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give every line of the same entries as a file."""
    only_known(request, *JOURNAL_FILTERS)
    lines = every_line(actor=request.user, only=_only(request))
    return csv_answer("journal", JOURNAL_COLUMNS, lines)


@require_safe
@login_required
def entry(request: SignedIn, entry_id: UUID) -> HttpResponse:
    """Show one entry: its lines, and where it came from."""
    paper = one_entry(actor=request.user, entry_id=entry_id)
    job = next((line for line in paper.lines if line.job_id), None)
    context = {
        "entry": paper,
        "about": job,
        "may_correct": seats(request.user).is_finance and paper.kind in REVERSIBLE,
    }
    return page(request, "frontend/pages/reports/entry.html", context)


def _only(request: SignedIn) -> JournalFilter:
    return JournalFilter(
        since_on=day_asked(request, "since"),
        until_on=day_asked(request, "until"),
        period=number_asked(request, "period"),
        kind=request.GET.get("kind", ""),
        department_id=id_asked(request, "department"),
        provider_id=id_asked(request, "provider"),
        job_id=id_asked(request, "job"),
        account_code=request.GET.get("account", ""),
    )
