"""Budgets: what there is, what is promised and charged of it, and granting more."""

from __future__ import annotations

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

from frontend import wording
from frontend.acts import Act, answer, sent
from frontend.asked import id_asked, number_asked
from frontend.charts.budget import BudgetChart, budget_bar
from frontend.forms import MoneyField, PageForm, count_in, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.granting import grant_budget
from ledger.reports.budget_status import COLUMNS, BudgetRow, budget_status
from ledger.reports.commitments import commitments
from marketplace.directory import CategoryFacts, DepartmentFacts, categories, departments, seats
from marketplace.refusals import Forbidden

FILTERS = ("year", "department")


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show the budgets that the person may read, each as a bar and a sum."""
    rows, year = _rows(request)
    context = {
        "year": year,
        "rows": [(row, bar(row)) for row in rows],
        "promises": commitments(
            actor=request.user,
            at=request.received_at,
            fiscal_year=year,
            department_id=id_asked(request, "department"),
        ),
        "may_grant": seats(request.user).is_finance,
        "query": request.GET.urlencode(),
    }
    return page(request, "frontend/pages/money/budgets.html", context)


@require_safe
@login_required
def show_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same budgets as a file."""
    rows, year = _rows(request)
    return csv_answer(f"budgets-{year}", COLUMNS, rows)


def bar(row: BudgetRow) -> BudgetChart:
    """Return a budget as one bar; an estimate that is reserved counts as promised."""
    return budget_bar(
        granted=row.budget + row.carried_in,
        charged=row.charged,
        committed=row.committed + row.precommitted,
        free=row.available,
    )


def _rows(request: SignedIn) -> tuple[tuple[BudgetRow, ...], int]:
    only_known(request, *FILTERS)
    year = number_asked(request, "year") or timezone.localdate(request.received_at).year
    rows = budget_status(
        actor=request.user, fiscal_year=year, department_id=id_asked(request, "department")
    )
    return rows, year


class GrantForm(PageForm):
    """Who gets how much, for which year."""

    department = forms.ChoiceField(label=gettext_lazy("Department"))
    fiscal_year = forms.ChoiceField(label=gettext_lazy("Year"))
    category = forms.ChoiceField(
        required=False,
        label=gettext_lazy("For one kind of work"),
        help_text=gettext_lazy("A kind with a budget of its own is paid from that alone."),
    )
    amount = MoneyField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("It is added to what the department has."),
    )
    control = forms.ChoiceField(
        choices=wording.choices("controls"),
        widget=forms.RadioSelect,
        label=gettext_lazy("How it binds"),
        help_text=gettext_lazy("A line keeps the rule that it was first granted under."),
        initial="hard",
    )
    grant_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        known: list[DepartmentFacts],
        kinds: list[CategoryFacts],
        year: int,
        **kwargs: Any,
    ) -> None:
        # Named before it is sent, so that a form sent twice grants once.
        initial = {"grant_id": uuid4(), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        offer(self, "department", [(str(one.id), f"{one.name} ({one.currency})") for one in known])
        offer(self, "fiscal_year", [(str(year), year), (str(year + 1), year + 1)])
        offer(self, "category", [("", gettext_lazy("all kinds")), *_named(kinds)])
        currencies = {str(one.id): one.currency for one in known}
        chosen = self.data.get("department") or initial.get("department")
        count_in(self, "amount", currencies.get(str(chosen), known[0].currency if known else "EUR"))


@PAGE
@fresh_sign_in
def grant(request: SignedIn) -> HttpResponse:
    """Grant a department money for a year."""
    only_known(request, "department")
    if not seats(request.user).is_finance:
        raise Forbidden(_("Only finance grants budgets."))
    form = GrantForm(
        sent(request) or kept_input(request),
        known=departments(request.user),
        kinds=categories(),
        year=timezone.localdate(request.received_at).year,
        initial={"department": request.GET.get("department", "")},
    )
    act = Act(
        title=_("Grant a budget"),
        lead=_("It is booked at once, and the department can promise and spend it."),
        button=_("Grant it"),
        back=reverse("budgets"),
        trail=_("Budgets"),
        warning=_("A grant is never taken back; it can be moved to another line later."),
    )

    def do(typed: dict[str, Any]) -> object:
        category = typed["category"]
        return grant_budget(
            actor=request.user,
            department_id=UUID(typed["department"]),
            fiscal_year=int(typed["fiscal_year"]),
            amount=typed["amount"],
            category_id=UUID(category) if category else None,
            control=typed["control"],
            grant_id=typed["grant_id"],
            at=request.received_at,
        )

    return answer(request, act, form, do=do, told=_("Granted."))


def _named(kinds: list[CategoryFacts]) -> list[tuple[str, str]]:
    return [(str(kind.id), kind.name) for kind in kinds]
