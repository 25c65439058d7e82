"""What was paid past the marketplace: the list, and recording a payment."""

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

from frontend.acts import Act, answer, sent
from frontend.asked import id_asked, year_asked
from frontend.forms import DayField, MoneyField, PageForm, count_in, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.outside_spend import Payment, record_outside_spend
from ledger.reports.outside_payments import COLUMNS, OutsidePayment, outside_payments
from marketplace.directory import DepartmentFacts, categories, departments, seats
from marketplace.money import Money
from marketplace.refusals import Forbidden

FILTERS = ("year", "department")


@require_safe
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show what was paid outside in a year, the latest first."""
    rows, year = _rows(request)
    context = {
        "rows": rows,
        "year": year,
        "query": request.GET.urlencode(),
        "may_record": seats(request.user).is_finance,
    }
    return page(request, "frontend/pages/money/outside.html", context)


@require_safe
@login_required
def show_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same payments as a file."""
    rows, year = _rows(request)
    return csv_answer(f"outside-spend-{year}", COLUMNS, rows)


def _rows(request: SignedIn) -> tuple[tuple[OutsidePayment, ...], int]:
    only_known(request, *FILTERS)
    year = year_asked(request, "year", otherwise=timezone.localdate(request.received_at))
    rows = outside_payments(
        actor=request.user,
        since_on=date(year, 1, 1),
        until_on=date(year, 12, 31),
        department_id=id_asked(request, "department"),
    )
    return rows, year


class PaymentForm(PageForm):
    """Who paid whom, when, how much."""

    department = forms.ChoiceField(label=gettext_lazy("Department that had the use"))
    category = forms.ChoiceField(required=False, label=gettext_lazy("Kind of work"))
    payee = forms.CharField(max_length=300, label=gettext_lazy("Paid to"))
    document = forms.CharField(
        max_length=100,
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("By which the accounts know it. One of a payee is recorded once."),
    )
    paid_on = DayField(label=gettext_lazy("Paid on"))
    net = MoneyField(
        label=gettext_lazy("Net amount"),
        help_text=gettext_lazy("With a minus if the money came back."),
    )
    tax = MoneyField(required=False, label=gettext_lazy("Recoverable tax"))
    payment_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, known: list[DepartmentFacts], **kwargs: Any) -> None:
        # Named before it is sent, so that a form sent twice records once.
        super().__init__(*args, initial={"payment_id": uuid4()}, **kwargs)
        offer(self, "department", [(str(one.id), f"{one.name} ({one.currency})") for one in known])
        kinds = [(str(kind.id), kind.name) for kind in categories()]
        offer(self, "category", [("", gettext_lazy("none of them")), *kinds])
        currencies = {str(one.id): one.currency for one in known}
        chosen = str(self.data.get("department"))
        for name in ("net", "tax"):
            count_in(self, name, currencies.get(chosen, known[0].currency if known else "EUR"))


@PAGE
@fresh_sign_in
def record(request: SignedIn) -> HttpResponse:
    """Record a payment that was made outside the marketplace."""
    only_known(request)
    if not seats(request.user).is_finance:
        raise Forbidden(_("Only finance records payments made outside."))
    form = PaymentForm(sent(request) or kept_input(request), known=departments(request.user))
    act = Act(
        title=_("Record a payment made outside"),
        lead=_("The department's budget is charged, in the month in which it was paid."),
        button=_("Record it"),
        back=reverse("outside-spend"),
        trail=_("Outside spend"),
    )

    def do(typed: dict[str, Any]) -> object:
        category, tax = typed["category"], typed["tax"]
        payment = Payment(
            id=typed["payment_id"],
            department_id=UUID(typed["department"]),
            category_id=UUID(category) if category else None,
            payee=typed["payee"],
            document=typed["document"],
            paid_on=typed["paid_on"],
            net=typed["net"],
            tax=tax or Money(0, typed["net"].currency),
        )
        return record_outside_spend(actor=request.user, payment=payment, at=request.received_at)

    return answer(request, act, form, do=do, told=_("Recorded."))
