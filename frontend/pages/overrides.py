"""Overriding a choice: what it costs whom, and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend import formats
from frontend.acts import Act, answer, sent
from frontend.pages.choices import ChoiceForm
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input
from frontend.requests import SignedIn
from ledger.overriding import override_choice
from ledger.reports.comparison import ComparedBid, Comparison, comparison
from marketplace.refusals import Unknown


@PAGE
@fresh_sign_in
def override(request: SignedIn, job_id: UUID, bid_id: UUID) -> HttpResponse:
    """Choose another bid than the department did, and bear what it costs more."""
    paper = comparison(actor=request.user, job_id=job_id, at=request.received_at)
    bids = {bid.bid_id: bid for bid in paper.bids}
    bid, first = bids.get(bid_id), bids.get(paper.chosen_bid_id) if paper.chosen_bid_id else None
    if bid is None or first is None:
        raise Unknown("There is no such bid, or no choice yet to override.")
    act = Act(
        title=_("Override the choice: %(name)s instead of %(first)s")
        % {"name": bid.provider_name, "first": first.provider_name},
        lead=_("The first choice stays on the record beside yours, with both reasons."),
        button=_("Override the choice"),
        back=reverse("comparison", args=[job_id]),
        trail=paper.title,
        warning=_("Everybody who bid is told. A choice is overridden once."),
        facts=_facts(paper, bid, first),
    )
    form = ChoiceForm(sent(request) or kept_input(request), paper=paper, bid=bid)
    return answer(
        request,
        act,
        form,
        do=lambda _typed: override_choice(
            actor=request.user,
            job_id=job_id,
            bid_id=bid_id,
            at=request.received_at,
            **form.grounds(),
        ),
        told=_("Overridden. Both departments and every bidder have been told."),
    )


def _facts(paper: Comparison, bid: ComparedBid, first: ComparedBid) -> tuple[tuple[str, Any], ...]:
    facts: list[tuple[str, Any]] = [
        (_("Chosen so far"), _priced(first)),
        (_("Instead of it"), _priced(bid)),
    ]
    if bid.quoted is not None and first.quoted is not None:
        difference = bid.quoted - first.quoted
        if difference.minor > 0:
            who = paper.overrider or _("your department")
            more = _("%(amount)s, and the fee on it") % {"amount": formats.money(difference)}
            facts.append((_("%(who)s pays the difference") % {"who": who}, more))
    return tuple(facts)


def _priced(bid: ComparedBid) -> str:
    price = formats.money(bid.quoted) if bid.quoted is not None else "–"
    return f"{bid.provider_name}, {price}"
