"""A provider's own bids: the list, the receipt, and what can be done until the deadline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bids.drafts import begun_bids
from bids.offers import MyBid, my_bids, receipt
from bids.reading import my_bid
from bids.receipts import ReceiptFacts, public_key_text, verify_receipt
from bids.submission import confirm_bid, withdraw_bid
from frontend import formats, wording
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.asked import number_asked
from frontend.bid_sheet import sum_of
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.bid_editor import answered
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page, refused
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.columns import Column, columns
from ledger.reports.own_bids import OwnBid, own_bids
from marketplace.catalogue import job_text
from marketplace.directory import seats
from marketplace.refusals import Refusal, Unknown
from marketplace.together import together

FILTERS = ("state", "provider")
PART = 50  # bids on a page
COLUMNS: tuple[Column[OwnBid], ...] = columns(
    "reference",
    "job_reference",
    "job_title",
    "provider_name",
    "state",
    "outcome",
    "submitted_by",
    "submitted_at",
    "withdrawn_at",
    "closes_at",
    "opened_at",
    "disqualified",
)


class BidFilters(PageForm):
    """What the list can be narrowed by."""

    state = forms.ChoiceField(required=False, label=gettext_lazy("State"))
    provider = forms.ChoiceField(required=False, label=gettext_lazy("For whom"))

    def __init__(self, *args: object, own: list[tuple[str, str]]) -> None:
        super().__init__(*args)
        any_one = ("", gettext_lazy("any"))
        offer(self, "state", [any_one, *wording.BID_STATES.items()])
        offer(self, "provider", [any_one, *own])


@require_safe
@login_required
def mine(request: SignedIn) -> HttpResponse:
    """Show the bids of the person's providers, the newest first."""
    only_known(request, *FILTERS, "begin")
    filters = _filters(request)
    query = request.GET.copy()
    query.pop("begin", None)
    begin = number_asked(request, "begin") or 0
    found = _found(request, filters, begin=begin, count=PART + 1)
    context = {
        "bids": found[:PART],
        "further": begin + PART if len(found) > PART else None,
        "begin": begin,
        "filters": filters,
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "query": query.urlencode(),
        "own": seats(request.user).providers,
    }
    return page(request, "frontend/pages/bids/list.html", context)


@require_safe
@login_required
def mine_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same list as a file."""
    only_known(request, *FILTERS)
    return csv_answer("bids", COLUMNS, _found(request, _filters(request)))


@require_safe
@login_required
def show(request: SignedIn, bid_id: UUID) -> HttpResponse:
    """Show an own bid with its receipt, what happens next, and who has read it."""
    paper = my_bid(actor=request.user, bid_id=bid_id, at=request.received_at)
    here: dict[str, Any] = {"actor": request.user, "at": request.received_at}
    here["job_id"] = paper.bid.job_id
    job, own, begun = together(
        lambda: job_text(**here), lambda: my_bids(**here), lambda: begun_bids(**here)
    )
    mine = paper.bid.provider_id
    context = {
        "paper": paper,
        "bid": paper.bid,
        "job": job,
        "content": paper.content,
        "sum": sum_of(paper.content),
        "answers": answered(job, paper.content),
        "proof": verify_receipt(paper.receipt),
        "is_lead": any(
            seat.role == "lead" and seat.provider_id == mine for seat in job.my_providers
        ),
        "may_bid_anew": job.accepts_bids
        and any(seat.provider_id == mine and not seat.declined_at for seat in job.my_providers)
        and not any(bid.provider_id == mine and bid.is_standing for bid in own),
        "is_begun": mine in begun,
    }
    return page(request, "frontend/pages/bids/receipt.html", context)


@require_safe
@login_required
def proof(request: SignedIn, bid_id: UUID) -> HttpResponse:
    """Give the signed receipt as a file to keep."""
    text = receipt(actor=request.user, bid_id=bid_id)
    file = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"receipt-{verify_receipt(text).reference}.txt"
    file["Content-Disposition"] = f'attachment; filename="{name}"'
    return file


class ReceiptForm(PageForm):
    """A receipt to check."""

    receipt = WordsField(rows=9, label=gettext_lazy("The text of the receipt, as it is"))


@PAGE
@login_required
def verify(request: SignedIn) -> HttpResponse:
    """Say whether a receipt was given out by this marketplace and never altered."""
    template = "frontend/pages/bids/verify.html"
    form = ReceiptForm(sent(request))
    facts: ReceiptFacts | None = None
    context = {"form": form, "key": public_key_text(), "facts": facts}
    if not (request.method == "POST" and form.is_valid()):
        return page(request, template, context)
    try:
        facts = verify_receipt(form.cleaned_data["receipt"])
    except Refusal as refusal:
        return refused(request, template, context, refusal=refusal)
    return page(request, template, {**context, "facts": facts})


@PAGE
@login_required
def withdraw(request: SignedIn, bid_id: UUID) -> HttpResponse:
    """Take a bid back before the deadline."""
    bid = _own(request, bid_id)
    act = Act(
        title=_("Withdraw the bid %(reference)s") % {"reference": bid.reference},
        lead=_("Nobody will ever open it. Until the deadline you can submit a new one."),
        button=_("Withdraw the bid"),
        back=reverse("bid-receipt", args=[bid_id]),
        trail=bid.job_title,
        facts=_facts(bid),
        warning=_("A withdrawn bid does not come back; a new one has to be submitted."),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: withdraw_bid(actor=request.user, bid_id=bid_id, at=request.received_at),
        told=_("Withdrawn. Nobody will open this bid."),
    )


@PAGE
@login_required
def confirm(request: SignedIn, bid_id: UUID) -> HttpResponse:
    """Let a bid stand under all addenda there are."""
    bid = _own(request, bid_id)
    job = job_text(actor=request.user, job_id=bid.job_id, at=request.received_at)
    added = [
        (_("Addendum %(number)d") % {"number": one.number}, one.text)
        for one in job.addenda
        if one.number > bid.confirmed_addendum
    ]
    act = Act(
        title=_("Confirm the bid %(reference)s") % {"reference": bid.reference},
        lead=_("The job has changed since you bid. Unconfirmed, your bid does not count."),
        button=_("Confirm: the bid stands as it is"),
        back=reverse("bid-receipt", args=[bid_id]),
        trail=bid.job_title,
        facts=(*added, *_facts(bid)),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: confirm_bid(actor=request.user, bid_id=bid_id, at=request.received_at),
        told=_("Confirmed. Your bid stands under everything that was added."),
    )


def _own(request: SignedIn, bid_id: UUID) -> MyBid:
    """Return an own bid. :raises Unknown: it is not theirs."""
    for bid in my_bids(actor=request.user, at=request.received_at):
        if bid.bid_id == bid_id:
            return bid
    raise Unknown("There is no such bid.")


def _facts(bid: MyBid) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("For"), bid.provider_name),
        (_("Submitted"), formats.moment(bid.submitted_at, seconds=True)),
    ]
    if bid.closes_at:
        facts.append((_("Bids close"), formats.moment(bid.closes_at)))
    return tuple(facts)


def _filters(request: SignedIn) -> BidFilters:
    own = [(str(seat.id), seat.name) for seat in seats(request.user).providers]
    return BidFilters(request.GET, own=own)


def _found(
    request: SignedIn, filters: BidFilters, *, begin: int = 0, count: int | None = None
) -> list[OwnBid]:
    """Return what the filters leave, all of it or so many from one on."""
    filters.is_valid()
    state = filters.cleaned_data.get("state", "")
    provider = filters.cleaned_data.get("provider", "")
    mine: dict[str, Any] = {"actor": request.user, "at": request.received_at}
    if not (state or provider):
        return own_bids(**mine, begin=begin, count=count)
    found = [
        bid
        for bid in own_bids(**mine)
        if state in ("", bid.stands) and provider in ("", str(bid.provider_id))
    ]
    return found[begin:] if count is None else found[begin : begin + count]
