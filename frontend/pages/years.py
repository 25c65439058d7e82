"""The end of a year: what would pass on, how, and ending it; and what each team recovered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import formats, wording
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MoneyField, PageForm, WordsField, count_in, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.recoveries import settle_recovery
from ledger.reports.carry_forward import COLUMNS, carry_forward
from ledger.reports.inside_prices import RECOVERY_COLUMNS, recoveries
from ledger.year_end import close_year, state_carry_forward
from marketplace.department_names import department_names
from marketplace.directory import provider, seats
from marketplace.refusals import Forbidden
from marketplace.together import together


@require_safe
@login_required
def show(request: SignedIn, year: int) -> HttpResponse:
    """Show what the end of a year would do, and what the teams recovered in it."""
    only_known(request)
    held = _refuse_readers(request)
    paper, recovered = together(
        lambda: carry_forward(actor=request.user, fiscal_year=year),
        lambda: recoveries(actor=request.user, fiscal_year=year),
    )
    context = {
        "year": year,
        "paper": paper,
        "recoveries": recovered,
        "is_over": timezone.localdate(request.received_at).year > year,
        "may_end": held.is_finance,
    }
    return page(request, "frontend/pages/money/year.html", context)


@require_safe
@login_required
def show_csv(request: SignedIn, year: int) -> StreamingHttpResponse:
    """Give what the end of a year would do as a file."""
    only_known(request)
    rows = carry_forward(actor=request.user, fiscal_year=year).rows
    return csv_answer(f"carry-forward-{year}", COLUMNS, rows)


@require_safe
@login_required
def recoveries_csv(request: SignedIn, year: int) -> StreamingHttpResponse:
    """Give what the teams recovered as a file."""
    only_known(request)
    rows = recoveries(actor=request.user, fiscal_year=year)
    return csv_answer(f"recoveries-{year}", RECOVERY_COLUMNS, rows)


class CarryForm(PageForm):
    """What becomes of a year's money."""

    department = forms.ChoiceField(required=False, label=gettext_lazy("For"))
    unspent = forms.ChoiceField(
        choices=wording.choices("unspent"),
        widget=forms.RadioSelect,
        initial="lapse",
        label=gettext_lazy("Unspent budget"),
    )
    promises = forms.ChoiceField(
        choices=wording.choices("open_promises"),
        widget=forms.RadioSelect,
        initial="with_budget",
        label=gettext_lazy("What is promised and not charged yet"),
    )
    reason = WordsField(rows=2, label=gettext_lazy("Why"))


@PAGE
@fresh_sign_in
def policy(request: SignedIn, year: int) -> HttpResponse:
    """State how a year passes into the next."""
    only_known(request)
    _refuse_others(request)
    form = CarryForm(sent(request) or kept_input(request))
    known = [(str(pk), name) for pk, name in department_names(request.user)]
    offer(form, "department", [("", gettext_lazy("all departments")), *known])
    act = Act(
        title=_("What passes into the next year"),
        lead=_("The latest word counts; one for a department goes before one for all."),
        button=_("State it"),
        back=reverse("year", args=[year]),
        trail=str(year),
    )

    def do(typed: dict[str, Any]) -> object:
        department = typed["department"]
        return state_carry_forward(
            actor=request.user,
            fiscal_year=year,
            unspent=typed["unspent"],
            promises=typed["promises"],
            reason=typed["reason"],
            department_id=UUID(department) if department else None,
            at=request.received_at,
        )

    return answer(request, act, form, do=do, told=_("Stated."))


@PAGE
@fresh_sign_in
def end(request: SignedIn, year: int) -> HttpResponse:
    """End a year, or end it again after more was booked."""
    only_known(request)
    _refuse_others(request)
    paper = carry_forward(actor=request.user, fiscal_year=year)
    act = Act(
        title=_("End the year %(year)s") % {"year": year},
        lead=_("Each run books only what is new since the one before."),
        button=_("End it"),
        back=reverse("year", args=[year]),
        trail=str(year),
        facts=(
            (_("Promises to carry on"), sum(1 for row in paper.rows if row.job_id)),
            (_("Budgets with something left"), sum(1 for row in paper.rows if not row.job_id)),
            (_("Runs so far"), paper.runs),
        ),
        warning=_("What lapses is gone. Grant it anew if that was not meant."),
    )

    def do(_typed: dict[str, Any]) -> object:
        return close_year(actor=request.user, fiscal_year=year, at=request.received_at)

    return answer(request, act, NothingAsked(sent(request)), do=do, told=_("The year is ended."))


class SettleForm(PageForm):
    """What a team cost, and what becomes of the difference."""

    cost = MoneyField(label=gettext_lazy("What the team really cost in the year"))
    policy = forms.ChoiceField(
        choices=wording.choices("recovery_policies"),
        widget=forms.RadioSelect,
        initial="carry",
        label=gettext_lazy("The difference"),
    )
    reason = WordsField(rows=2, label=gettext_lazy("Where this cost is taken from"))


@PAGE
@fresh_sign_in
def settle(request: SignedIn, year: int, team_id: UUID) -> HttpResponse:
    """Settle what a team recovered in a year against what it cost."""
    only_known(request)
    _refuse_others(request)
    team = provider(request.user, team_id).facts
    rows = recoveries(actor=request.user, fiscal_year=year)
    row = next(one for one in rows if one.team_id == team_id)
    form = SettleForm(sent(request) or kept_input(request))
    count_in(form, "cost", row.recovered.currency)
    act = Act(
        title=_("Settle the year of %(team)s") % {"team": team.name},
        button=_("Settle it"),
        back=reverse("year", args=[year]),
        trail=str(year),
        facts=((_("Recovered"), formats.money(row.recovered)),),
        unit=row.recovered.currency,
        warning=_("A team's year is settled once."),
    )

    def do(typed: dict[str, Any]) -> object:
        return settle_recovery(
            actor=request.user,
            team_id=team_id,
            fiscal_year=year,
            cost=typed["cost"],
            policy=typed["policy"],
            reason=typed["reason"],
            at=request.received_at,
        )

    return answer(request, act, form, do=do, told=_("Settled."))


def _refuse_readers(request: SignedIn) -> Any:
    held = seats(request.user)
    if not (held.is_finance or held.is_auditor):
        raise Forbidden(_("The end of a year is for finance and auditors."))
    return held


def _refuse_others(request: SignedIn) -> None:
    if not seats(request.user).is_finance:
        raise Forbidden(_("Only finance ends a year."))
