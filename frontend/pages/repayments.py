"""What a vendor pays back by its bank: finance notes it when it has arrived."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import formats
from frontend.acts import Act, answer, sent
from frontend.forms import DayField, MoneyField, PageForm, count_in
from frontend.pages.work import ACT
from frontend.rendering import fresh_sign_in, kept_input
from frontend.requests import SignedIn
from ledger.permissions import may_pay
from ledger.repaying import note_repayment
from ledger.reports.vendor_accounts import vendors_owed
from marketplace.refusals import Unknown, require


class RepaymentForm(PageForm):
    """What arrived; named before it is sent, so that a form sent twice notes it once."""

    amount = MoneyField(label=gettext_lazy("Amount"))
    document = forms.CharField(
        max_length=100,
        label=gettext_lazy("Document of the bank"),
        help_text=gettext_lazy("The number of the statement, or of the line on it."),
    )
    arrived_on = DayField(label=gettext_lazy("Arrived on"))
    repayment_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        count_in(self, "amount", currency)


@ACT
@fresh_sign_in
def note(request: SignedIn, provider_id: UUID, currency: str) -> HttpResponse:
    """Note that a vendor paid back what it owes back."""
    require(may_pay(request.user), _("Finance notes what vendors pay back."))
    owed = vendors_owed(actor=request.user, at=request.received_at)
    row = next(
        (one for one in owed if (one.provider_id, one.payable.currency) == (provider_id, currency)),
        None,
    )
    owes = row is not None and bool(row.receivable)
    if row is None or (not owes and request.method != "POST"):
        raise Unknown("This vendor owes nothing back.")  # of what was sent the verb says it
    act = Act(
        title=_("%(name)s paid back") % {"name": row.provider_name},
        lead=_(
            "It was credited after it had been paid. What is not noted here is set off against what"
            " it is owed next."
        ),
        button=_("Note it"),
        back=reverse("payouts"),
        trail=_("Payouts"),
        facts=((_("Owes back"), formats.money(row.receivable)),),
        unit=currency,
    )
    initial = {
        "repayment_id": uuid4(),
        "amount": row.receivable,
        "arrived_on": request.received_at.date(),
    }
    return answer(
        request,
        act,
        RepaymentForm(sent(request) or kept_input(request), initial=initial, currency=currency),
        do=lambda typed: note_repayment(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=_("Noted and booked. The vendor was told."),
    )
