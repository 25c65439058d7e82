"""Rules and rates: what is stated, from when, why and by whom, and what it was before."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import wording
from frontend.acts import Act, answer, sent
from frontend.forms import DayField, MoneyField, PageForm, WordsField, count_in
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.budget_moves import state_signing_limit
from ledger.currencies import state_rate
from ledger.reports.house_rules import RATE_COLUMNS, booking_rates, house_rules
from marketplace.directory import PolicyFacts, policies, seats
from marketplace.money import Money
from marketplace.policies import change_policy
from marketplace.refusals import Forbidden, Unknown

UNIT = "EUR"  # amounts of rules are in each department's own currency; typed with two decimals


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show the rates, the signing limits and the rules, each with its history."""
    only_known(request)
    paper = house_rules(actor=request.user, today=timezone.localdate(request.received_at))
    return page(request, "frontend/pages/money/house_rules.html", {"paper": paper})


@require_safe
@login_required
def rates_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same rates as a file."""
    only_known(request)
    today = timezone.localdate(request.received_at)
    return csv_answer("rates", RATE_COLUMNS, booking_rates(actor=request.user, today=today))


class CurrencyField(forms.RegexField):
    """The three letters of a currency."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault(
            "invalid", gettext_lazy("Give the three letters of a currency, like USD.")
        )
        super().__init__(r"^[A-Z]{3}$", max_length=3, **kwargs)


class RateForm(PageForm):
    """What one unit of a currency is booked as."""

    currency = CurrencyField(label=gettext_lazy("One unit of"))
    into = CurrencyField(label=gettext_lazy("is booked in"), initial="EUR")
    rate = forms.CharField(
        max_length=20,
        label=gettext_lazy("as so many units"),
        help_text=gettext_lazy("Like 0.9215, with up to nine decimals, and a point before them."),
    )
    in_force_on = DayField(label=gettext_lazy("From"))
    reason = WordsField(rows=2, label=gettext_lazy("Where the rate was taken from"))


@PAGE
@fresh_sign_in
def rate(request: SignedIn) -> HttpResponse:
    """State a booking rate."""
    only_known(request)
    if not seats(request.user).is_finance:
        raise Forbidden(_("Only finance states rates."))
    today = timezone.localdate(request.received_at)
    act = _act(
        _("State a rate"),
        _("For choices made from that day on. A choice keeps the rate of its own day."),
        _("State it"),
    )
    return answer(
        request,
        act,
        RateForm(sent(request) or kept_input(request), initial={"in_force_on": today}),
        do=lambda typed: state_rate(actor=request.user, at=request.received_at, **typed),
        told=_("Stated. It stands in the history."),
    )


class LimitForm(PageForm):
    """Up to which amount one person of finance moves budget."""

    limit = MoneyField(label=gettext_lazy("A second person signs moves above"))
    reason = WordsField(rows=2, label=gettext_lazy("Why"))


@PAGE
@fresh_sign_in
def limit(request: SignedIn, currency: str) -> HttpResponse:
    """State the signing limit of a currency."""
    only_known(request)
    if not seats(request.user).is_administrator:
        raise Forbidden(_("An administrator sets the limit, not those whom it binds."))
    known = house_rules(actor=request.user, today=timezone.localdate(request.received_at))
    if currency not in known.currencies:
        raise Unknown("There is no budget in this currency.")
    form = LimitForm(sent(request) or kept_input(request))
    count_in(form, "limit", currency)
    act = _act(
        _("State a signing limit"),
        _("Zero means that each move is signed. Moves that wait keep the limit of their day."),
        _("State it"),
        unit=currency,
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: state_signing_limit(actor=request.user, at=request.received_at, **typed),
        told=_("Stated. It stands in the history."),
    )


def _days(label: Any, most: int = 365) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most)


def _share(label: Any, most: int = 100, *, help_text: Any = None) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=most, max_digits=7, decimal_places=2,
        help_text=help_text or gettext_lazy("Percent."),
    )  # fmt: skip


def _people(label: Any) -> forms.IntegerField:
    told = gettext_lazy("0: without a panel the people of the department may judge.")
    return forms.IntegerField(label=label, min_value=0, max_value=99, help_text=told)


def _amount(label: Any, *, required: bool = False) -> MoneyField:
    told = gettext_lazy("In each department's own currency. Empty: never.")
    return MoneyField(label=label, required=required, help_text="" if required else told)


class PolicyForm(PageForm):
    """The rules of a name, as they stand; whoever changes one says from when and why."""

    in_force_on = DayField(label=gettext_lazy("For jobs published from"))
    explanation = WordsField(rows=2, label=gettext_lazy("Why, in a sentence that all read"))
    budget_control = forms.ChoiceField(
        choices=wording.choices("controls"),
        widget=forms.RadioSelect,
        label=gettext_lazy("Budgets"),
    )
    minimum_days = _days(wording.RULES["minimum_days"])
    formal_above_minor = _amount(wording.RULES["formal_above_minor"])
    fee_basis_points = _share(wording.RULES["fee_basis_points"])
    acceptance_days = _days(wording.RULES["acceptance_days"])
    rating_days = _days(wording.RULES["rating_days"])
    dispute_days = _days(wording.RULES["dispute_days"])
    retention_basis_points = _share(wording.RULES["retention_basis_points"])
    retention_days = _days(gettext_lazy("Days for which it is kept back"), 3_650)
    charging_days = _days(wording.RULES["charging_days"])
    large_change_basis_points = _share(wording.RULES["large_change_basis_points"], 10_000)
    override_above_minor = _amount(wording.RULES["override_above_minor"])
    administration_minor = _amount(wording.RULES["administration_minor"], required=True)
    changeover_minor = _amount(wording.RULES["changeover_minor"], required=True)
    panel_members = _people(wording.RULES["panel_members"])
    differential_basis_points = _share(
        wording.RULES["differential_basis_points"],
        help_text=gettext_lazy(
            "Percent of the labour of the lowest in-house bid, added to every outside bid. "
            "0: none. It is printed wherever it is used."
        ),
    )
    choice_alone_minor = _amount(wording.RULES["choice_alone_minor"])
    tells_exact_price = forms.BooleanField(
        required=False,
        label=gettext_lazy("Bidders who were not chosen are told the price chosen"),
        help_text=gettext_lazy("Otherwise the band in which it lies, at least a fifth wide."),
    )


@PAGE
@fresh_sign_in
def policy(request: SignedIn, code: str) -> HttpResponse:
    """Change the rules of a name from a day on."""
    only_known(request)
    held = seats(request.user)
    if not (held.is_finance or held.is_administrator):
        raise Forbidden(_("Finance and administrators state the rules."))
    today = timezone.localdate(request.received_at)
    stated = [one for one in policies(request.user) if one.code == code]
    if not stated:
        raise Unknown("There are no rules of this name.")
    now = next((one for one in stated if one.in_force_on <= today), stated[-1])
    form = PolicyForm(
        sent(request) or kept_input(request), initial=_typed(now) | {"in_force_on": today}
    )
    act = _act(
        _("Change the rules “%(code)s”") % {"code": code},
        _("A job keeps the rules of the day on which it was published."),
        _("State them anew"),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: change_policy(
            actor=request.user, code=code, at=request.received_at, **_rules(typed)
        ),
        told=_("Stated. What changed stands in the history."),
    )


def _typed(facts: PolicyFacts) -> dict[str, Any]:
    """Return rules as the form shows them: percent, and amounts."""
    shown: dict[str, Any] = {}
    for name in PolicyForm.base_fields:
        value = getattr(facts, name)
        if name.endswith("_basis_points"):
            value = value / 100 if value % 100 else value // 100
        elif name.endswith("_minor") and value is not None:
            value = Money(value, UNIT)
        shown[name] = value
    return shown | {"explanation": ""}


def _rules(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as rules are kept: basis points, and minor units."""
    kept = dict(typed)
    for name, value in typed.items():
        if name.endswith("_basis_points"):
            kept[name] = int(value * 100)
        elif isinstance(value, Money):
            kept[name] = value.minor
    return kept


def _act(title: str, lead: str, button: str, *, unit: str = "") -> Act:
    return Act(
        title=title,
        lead=lead,
        button=button,
        unit=unit,
        back=reverse("house-rules"),
        trail=_("Rules and rates"),
    )
