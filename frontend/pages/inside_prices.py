"""Prices inside the company: each team's rule, and whether departments are charged at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import formats, wording
from frontend.acts import Act, answer, sent
from frontend.asked import next_to
from frontend.forms import DayField, PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from ledger.pricing import state_price_rule
from ledger.reports.inside_prices import inside_prices
from ledger.showback import switch_mode
from marketplace.directory import seats
from marketplace.refusals import Forbidden

SOON = 6  # months ahead that a switch may be planned on the page; the API takes any


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show each team's rules, and from when departments are charged or only shown."""
    only_known(request)
    today = timezone.localdate(request.received_at)
    context = {
        "paper": inside_prices(actor=request.user, today=today),
        "may_state": seats(request.user).is_finance,
        "year": today.year - 1,
    }
    return page(request, "frontend/pages/money/inside_prices.html", context)


class RuleForm(PageForm):
    """Whose rule, from when."""

    team = forms.ChoiceField(label=gettext_lazy("Team"))
    rule = forms.ChoiceField(
        choices=wording.choices("price_rules"),
        widget=forms.RadioSelect,
        label=gettext_lazy("How its work becomes a price"),
        initial="market",
    )
    percent = forms.DecimalField(
        required=False,
        max_digits=6,
        decimal_places=2,
        label=gettext_lazy("Percent"),
        help_text=gettext_lazy(
            "The margin on cost; what is charged of the bid; or what is recovered of the bid."
        ),
    )
    in_force_on = DayField(label=gettext_lazy("For jobs published from"))
    reason = WordsField(rows=2, label=gettext_lazy("Why"))


@PAGE
@fresh_sign_in
def rule(request: SignedIn) -> HttpResponse:
    """State a team's price rule."""
    only_known(request)
    _refuse_others(request)
    today = timezone.localdate(request.received_at)
    known = inside_prices(actor=request.user, today=today).teams
    form = RuleForm(
        sent(request) or kept_input(request), initial={"in_force_on": today + timedelta(days=1)}
    )
    offer(form, "team", [(str(id), name) for id, name in known])
    act = Act(
        title=_("State a price rule"),
        lead=_("The bid is always the most that a department pays. A job keeps its day's rule."),
        button=_("State it"),
        back=reverse("inside-prices"),
        trail=_("Prices inside"),
    )

    def do(typed: dict[str, Any]) -> object:
        return state_price_rule(
            actor=request.user,
            team_id=UUID(typed["team"]),
            rule=typed["rule"],
            basis_points=int((typed["percent"] or 0) * 100),
            in_force_on=typed["in_force_on"],
            reason=typed["reason"],
            at=request.received_at,
        )

    return answer(request, act, form, do=do, told=_("Stated."))


class ModeForm(PageForm):
    """Charged or shown, from which month."""

    mode = forms.ChoiceField(
        choices=wording.choices("charging_modes"),
        widget=forms.RadioSelect,
        label=gettext_lazy("Work that is agreed from then on is"),
    )
    from_period = forms.ChoiceField(label=gettext_lazy("From"))
    reason = WordsField(rows=2, label=gettext_lazy("Why"))


@PAGE
@fresh_sign_in
def mode(request: SignedIn) -> HttpResponse:
    """Charge departments from a month on, or only show them what they used."""
    only_known(request)
    _refuse_others(request)
    form = ModeForm(sent(request) or kept_input(request))
    first = timezone.localdate(request.received_at).replace(day=1)
    # People switch with a month soon to come, or with the year.
    steps = max(SOON, 13 - first.month)
    months = [next_to(first, by=step) for step in range(steps + 1)]
    offer(form, "from_period", [(f"{one:%Y%m}", formats.month(one)) for one in months])
    act = Act(
        title=_("Charge, or only show"),
        lead=_("What was agreed before stays as it was agreed, to its end."),
        button=_("Switch"),
        back=reverse("inside-prices"),
        trail=_("Prices inside"),
    )

    def do(typed: dict[str, Any]) -> object:
        return switch_mode(
            actor=request.user,
            mode=typed["mode"],
            from_period=int(typed["from_period"]),
            reason=typed["reason"],
            at=request.received_at,
        )

    return answer(request, act, form, do=do, told=_("Switched."))


def _refuse_others(request: SignedIn) -> None:
    if not seats(request.user).is_finance:
        raise Forbidden(_("Only finance decides on prices inside."))
