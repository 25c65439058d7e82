"""What can be done with a payout: approving, declining, trying again, taking back, noting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import DayField, MoneyField, PageForm, count_in
from frontend.pages.periods import ReasonForm
from frontend.pages.work import ACT
from frontend.rendering import fresh_sign_in
from frontend.requests import SignedIn
from ledger.paying import declare_not_sent
from ledger.paying_by_hand import note_paid_by_hand, note_returned_by_hand
from ledger.reports.payouts import payout
from ledger.sending_back import recall_payout, want_back, want_part_back
from ledger.settling import approve_payout, decline_payout, try_again
from marketplace.refusals import Unknown
from marketplace.saying import said


class DocumentForm(PageForm):
    """By which document the bank knows it."""

    document = forms.CharField(max_length=60, label=gettext_lazy("Document of the bank"))


class PaidForm(DocumentForm):
    """… and, where the vendor's way was changed since, on which day it was paid."""

    paid_on = DayField(
        required=False,
        label=gettext_lazy("Paid on"),
        help_text=gettext_lazy("Needed where how the vendor is paid was changed since."),
    )


class PartForm(ReasonForm):
    """How much of it; named before it is asked for, so that a form sent twice asks once."""

    amount = MoneyField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("At most what the vendor owes back after a credit."),
    )
    part_id = forms.UUIDField(widget=forms.HiddenInput())
    field_order = ("amount", "reason", "part_id")


Verb = Callable[..., object]
# What can be done with a payout: title, button, the form, the verb, what is said then.
ACTS: dict[str, tuple[Any, Any, type[PageForm], Verb, Any]] = {
    "approval": (
        gettext_lazy("Approve the payout to %(name)s"),
        gettext_lazy("Approve it"),
        NothingAsked,
        approve_payout,
        gettext_lazy("Approved. It is on its way."),
    ),
    "refusal": (
        gettext_lazy("Decline the payout to %(name)s"),
        gettext_lazy("Decline it"),
        ReasonForm,
        decline_payout,
        gettext_lazy("Declined. What is owed stays owed."),
    ),
    "attempt": (
        gettext_lazy("Try the payout to %(name)s again"),
        gettext_lazy("Try again"),
        NothingAsked,
        try_again,
        gettext_lazy("It is tried again, under a new name."),
    ),
    "recall": (
        gettext_lazy("Take the payout to %(name)s back before it is sent"),
        gettext_lazy("Take it back"),
        ReasonForm,
        recall_payout,
        gettext_lazy("Taken back. What is owed stays owed."),
    ),
    "reversal": (
        gettext_lazy("Have the transfer to %(name)s reversed"),
        gettext_lazy("Have it reversed"),
        ReasonForm,
        want_back,
        gettext_lazy("Stripe is asked. You are told what it says."),
    ),
    "part": (
        gettext_lazy("Have a part of the transfer to %(name)s reversed"),
        gettext_lazy("Have it reversed"),
        PartForm,
        want_part_back,
        gettext_lazy("Stripe is asked. You are told what it says."),
    ),
    "not-sent": (
        gettext_lazy("Say that the payout to %(name)s was not sent"),
        gettext_lazy("It was not sent"),
        NothingAsked,
        declare_not_sent,
        gettext_lazy("Stripe was asked once more, and it is noted."),
    ),
    "paid": (
        gettext_lazy("Note that the bank has paid %(name)s"),
        gettext_lazy("It is paid"),
        PaidForm,
        note_paid_by_hand,
        gettext_lazy("Noted and booked."),
    ),
    "return": (
        gettext_lazy("Note that the bank gave the payment to %(name)s back"),
        gettext_lazy("It came back"),
        DocumentForm,
        note_returned_by_hand,
        gettext_lazy("Noted. It is owed again."),
    ),
}


@ACT
@fresh_sign_in
def act_on(request: SignedIn, payout_id: UUID, what: str) -> HttpResponse:
    """Do one thing with a payout."""
    if what not in ACTS:
        raise Unknown("There is no such act.")
    title, button, form, verb, told = ACTS[what]
    row = payout(actor=request.user, payout_id=payout_id, at=request.received_at)
    act = Act(
        title=str(title) % {"name": row.provider_name},
        lead=said(row.then),
        button=str(button),
        back=reverse("payouts"),
        trail=_("Payouts"),
        facts=((_("Amount"), formats.money(row.amount)), (_("Asked for by"), row.asked_by)),
        unit=row.amount.currency,
    )
    asked = form(sent(request), initial={"part_id": uuid4()})
    if "amount" in asked.fields:
        count_in(asked, "amount", row.amount.currency)
    return answer(
        request,
        act,
        asked,
        do=lambda typed: verb(
            actor=request.user, payout_id=payout_id, at=request.received_at, **typed
        ),
        told=str(told),
    )
