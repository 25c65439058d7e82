"""Payouts: finance's desk of them, and each act; a vendor's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MoneyField, PageForm, count_in
from frontend.pages.work import ACT
from frontend.rendering import fresh_sign_in, only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.payees import confirm_payee, onboarding_address, pay_by_hand
from ledger.reconciling import explain_movement
from ledger.reports.payouts import COLUMNS, payouts, payouts_page
from ledger.reports.stripe_books import stripe_movements
from ledger.reports.vendor_accounts import payee_paper, payees_held, vendor_account, vendors_owed
from ledger.settling import ask_payout
from ledger.stripe_gateway import is_connected
from ledger.topping_up import ask_top_up, in_the_balance
from marketplace.directory import seats
from marketplace.refusals import Unknown


class ReferenceForm(PageForm):
    """By which number the bank program knows a vendor."""

    reference = forms.CharField(
        max_length=60,
        label=gettext_lazy("Number of the vendor in the bank program"),
        help_text=gettext_lazy("Never an account at a bank: those are not kept here."),
    )


class AskForm(PageForm):
    """A payout is named before it is asked for, so that a form sent twice asks once."""

    payout_id = forms.UUIDField(widget=forms.HiddenInput())


class ExplainForm(PageForm):
    """What a line of the balance was."""

    way = forms.ChoiceField(
        label=gettext_lazy("It was"),
        choices=[
            ("words", gettext_lazy("explained in words; nothing is booked")),
            ("top_up", gettext_lazy("money from our bank, booked as a top-up")),
            ("fee", gettext_lazy("a fee of Stripe's, booked as a central cost")),
            ("exchange", gettext_lazy("a payout from another currency, settled at its cost")),
        ],
    )
    reason = forms.CharField(max_length=500, label=gettext_lazy("In a sentence"))


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show what vendors are owed, every payout, and what is open at Stripe."""
    only_known(request, "cursor")
    asked: dict[str, Any] = {"actor": request.user, "at": request.received_at}
    vendors = vendors_owed(**asked)
    listed = {row.provider_id for row in vendors}
    context = {
        "vendors": vendors,
        "held": [row for row in payees_held(**asked) if row.provider_id not in listed],
        "payouts": payouts_page(cursor=request.GET.get("cursor", ""), **asked),
        "open_lines": stripe_movements(actor=request.user, only_open=True),
        "is_finance": seats(request.user).is_finance,
        "is_connected": is_connected(),
    }
    return page(request, "frontend/pages/money/payouts.html", context)


@require_safe
@login_required
def index_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same payouts as a file."""
    only_known(request)
    return csv_answer("payouts", COLUMNS, payouts(actor=request.user, at=request.received_at))


@require_safe
@login_required
def account(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Show a vendor what it is owed, how it is paid and what it was paid."""
    only_known(request, "cursor")
    paper = vendor_account(
        actor=request.user,
        provider_id=provider_id,
        at=request.received_at,
        cursor=request.GET.get("cursor", ""),
    )
    leads = any(seat.id == provider_id for seat in seats(request.user).providers)
    context = {"paper": paper, "is_own": leads, "this_year": request.received_at.year}
    return page(request, "frontend/pages/money/vendor_account.html", context)


@ACT
@fresh_sign_in
def connect(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Lead a vendor to Stripe, where it says where its money goes."""
    only_known(request)
    back = reverse("vendor-account", args=[provider_id])
    if request.method == "POST":
        address = onboarding_address(
            actor=request.user,
            provider_id=provider_id,
            back=request.build_absolute_uri(back),
            at=request.received_at,
        )
        context = {"address": address, "back": back}
        return page(request, "frontend/pages/money/vendor_connect.html", context)
    vendor_account(actor=request.user, provider_id=provider_id, at=request.received_at)  # theirs?
    act = Act(
        title=_("Say where your money goes"),
        lead=_(
            "Stripe asks who you are and for your bank account. We keep neither. If the bank"
            " account is changed later, nothing is paid for 72 hours."
        ),
        button=_("Go on"),
        back=back,
        trail=_("Your account"),
    )
    return answer(request, act, NothingAsked(None), do=lambda _typed: None, told="")


@ACT
@fresh_sign_in
def by_hand(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Say that a vendor is paid by the bank program."""
    act = Act(
        title=_("Pay this vendor by hand"),
        lead=_("Another person of finance confirms it. If it is a change, 72 hours pass first."),
        button=_("Pay it so"),
        back=reverse("payouts"),
        trail=_("Payouts"),
    )
    return answer(
        request,
        act,
        ReferenceForm(sent(request)),
        do=lambda typed: pay_by_hand(
            actor=request.user, provider_id=provider_id, at=request.received_at, **typed
        ),
        told=_("Noted. Another person of finance confirms it."),
    )


@ACT
@fresh_sign_in
def confirm(request: SignedIn, payee_id: UUID) -> HttpResponse:
    """Confirm how a vendor is paid."""
    row = payee_paper(actor=request.user, payee_id=payee_id, at=request.received_at)
    way = _("by Stripe") if row.payee.method == "stripe" else _("by hand")
    act = Act(
        title=_("Confirm how %(name)s is paid") % {"name": row.provider_name},
        lead=_("Ask the vendor by a way that you know from before, and not by its last mail."),
        button=_("I asked, and it is theirs"),
        back=reverse("payouts"),
        trail=_("Payouts"),
        facts=(
            (_("Paid how"), f"{way}, {row.payee.reference}"),
            (_("Said by"), row.payee.set_by),
        ),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda _typed: confirm_payee(
            actor=request.user, payee_id=payee_id, at=request.received_at
        ),
        told=_("Confirmed. The vendor was told."),
    )


@ACT
@fresh_sign_in
def ask(request: SignedIn, provider_id: UUID, currency: str) -> HttpResponse:
    """Ask for all to be paid that a vendor is owed."""
    owed = vendors_owed(actor=request.user, at=request.received_at)
    row = next(
        (one for one in owed if (one.provider_id, one.payable.currency) == (provider_id, currency)),
        None,
    )
    if row is None:
        raise Unknown("Nothing is owed there.")
    act = Act(
        title=_("Pay %(name)s") % {"name": row.provider_name},
        lead=_("All that is owed and neither contested nor kept back, less what it owes back."),
        button=_("Ask for the payout"),
        back=reverse("payouts"),
        trail=_("Payouts"),
        facts=(
            (_("Owed"), formats.money(row.payable)),
            (_("Owes back"), formats.money(row.receivable)),
        ),
    )
    return answer(
        request,
        act,
        AskForm(sent(request), initial={"payout_id": uuid4()}),
        do=lambda typed: ask_payout(
            actor=request.user,
            provider_id=provider_id,
            currency=currency,
            at=request.received_at,
            **typed,
        ),
        told=_("Asked for. Up to the limit it is approved; above it, a second person approves."),
    )


class TopUpForm(PageForm):
    """How much is brought; named before it is sent, so that a form sent twice brings once."""

    amount = MoneyField(label=gettext_lazy("Amount"))
    top_up_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, initial={"top_up_id": uuid4()}, **kwargs)
        count_in(self, "amount", currency)


@ACT
@fresh_sign_in
def top_up(request: SignedIn, currency: str) -> HttpResponse:
    """Bring money from the company's bank to its balance at Stripe."""
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise Unknown("There is no such currency.")
    asked = in_the_balance(actor=request.user) if request.method == "GET" else ()
    there = [one for one in asked if one.currency == currency]
    act = Act(
        title=_("Top the balance at Stripe up"),
        lead=_("Payouts are made from it. It is booked when the money arrives, in a few days."),
        button=_("Bring it"),
        back=reverse("payouts"),
        trail=_("Payouts"),
        unit=currency,
        facts=tuple((_("At Stripe now"), formats.money(amount)) for amount in there),
    )
    return answer(
        request,
        act,
        TopUpForm(sent(request), currency=currency),
        do=lambda typed: ask_top_up(actor=request.user, at=request.received_at, **typed),
        told=_("Asked for. It is booked when it arrives."),
    )


@ACT
@fresh_sign_in
def explain(request: SignedIn, movement_id: str) -> HttpResponse:
    """Explain a line of the balance at Stripe that nothing in the books explains."""
    for row in stripe_movements(actor=request.user, only_open=True):
        if row.movement_id == movement_id:
            break
    else:
        raise Unknown("There is no such open line.")
    act = Act(
        title=_("Explain %(amount)s at Stripe") % {"amount": formats.money(row.amount)},
        lead=row.why,
        button=_("Explain it"),
        back=reverse("payouts"),
        trail=_("Payouts"),
        facts=((_("Kind"), row.kind), (_("Stripe's name"), row.source or row.movement_id)),
    )
    return answer(
        request,
        act,
        ExplainForm(sent(request)),
        do=lambda typed: explain_movement(
            actor=request.user, movement_id=movement_id, at=request.received_at, **typed
        ),
        told=_("Explained."),
    )
