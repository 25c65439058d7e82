"""Choosing: one bid with its reason, or none with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import wording
from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.pages.job import ReasonForm
from frontend.rendering import fresh_sign_in, kept_input, page, refused
from frontend.requests import SignedIn
from ledger.awarding import choose_bid
from ledger.commissioning import end_without_award
from ledger.countersigning import want_choice
from ledger.reports.choice_cost import choice_budget
from ledger.reports.comparison import ComparedBid, Comparison, comparison
from marketplace.refusals import Refusal, Unknown
from marketplace.together import together

TEMPLATE = "frontend/pages/choices/choose.html"
PRICE = "price"  # where no criterion decided, but that the bid asks for less than the best value
REASONS = ("best_value", "quality", "price", "dates", "experience", "capacity")


class ChoiceForm(PageForm):
    """Why this bid."""

    reason_code = forms.ChoiceField(
        choices=wording.choices("reasons", *REASONS),
        widget=forms.RadioSelect,
        label=gettext_lazy("The main reason"),
    )
    reason = WordsField(
        label=gettext_lazy("In a sentence"),
        help_text=gettext_lazy("Every bidder reads it, and it stays on the record."),
    )
    decisive_criterion_id = forms.ChoiceField(
        label=gettext_lazy("Which criterion decided"),
        help_text=gettext_lazy("Needed, because another bid has the better value."),
    )
    followed_view = forms.ChoiceField(
        choices=wording.choices("views"),
        widget=forms.RadioSelect,
        label=gettext_lazy("Which view of money you followed"),
        help_text=gettext_lazy("Needed, because the two views disagree."),
    )

    def __init__(self, *args: Any, paper: Comparison, bid: ComparedBid) -> None:
        super().__init__(*args)
        criteria = [(str(one.criterion_id), one.name) for one in paper.criteria]
        best = [one.quoted for one in paper.bids if one.bid_id in paper.leader_ids]
        if bid.quoted and all(one and bid.quoted < one for one in best):
            criteria.append((PRICE, str(gettext_lazy("Only the price: it asks for less"))))
        offer(self, "decisive_criterion_id", [("", "–"), *criteria])
        # What is not needed is not asked.
        if not paper.criteria or bid.bid_id in paper.leader_ids:
            del self.fields["decisive_criterion_id"]
        views = {"charged": paper.leader_ids, "spent": paper.spent_leader_ids}
        leads = [view for view, ids in views.items() if bid.bid_id in ids]
        if not paper.views_disagree:
            del self.fields["followed_view"]
        elif leads:
            offer(self, "followed_view", wording.choices("views", *leads))

    def grounds(self) -> dict[str, Any]:
        """Return what was typed, as the verb takes it."""
        criterion = self.cleaned_data.get("decisive_criterion_id")
        return {
            "reason_code": self.cleaned_data["reason_code"],
            "reason": self.cleaned_data["reason"],
            "decisive_criterion_id": UUID(criterion)
            if criterion not in ("", None, PRICE)
            else None,
            "followed_view": self.cleaned_data.get("followed_view", ""),
        }


@PAGE
@fresh_sign_in
def choose(request: SignedIn, job_id: UUID, bid_id: UUID) -> HttpResponse:
    """Show what the choice does to the budget and who is told; then choose."""
    known: dict[str, Any] = {
        "actor": request.user,
        "job_id": job_id,
        "at": request.received_at,
    }
    paper, budget = together(lambda: comparison(**known), lambda: choice_budget(**known))
    bid = next((one for one in paper.bids if one.bid_id == bid_id), None)
    if bid is None:
        raise Unknown("There is no such bid.")
    form = ChoiceForm(sent(request) or kept_input(request), paper=paper, bid=bid)
    context = {
        "paper": paper,
        "bid": bid,
        "form": form,
        "signs": bid_id in paper.stage.signed_bid_ids,
        "others": [one for one in paper.bids if one.bid_id != bid_id],
        "cost": budget.cost_of(bid.quoted) if budget and bid.quoted else None,
        "leaders": ", ".join(
            one.provider_name for one in paper.bids if one.bid_id in paper.leader_ids
        ),
    }
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    signs = bid_id in paper.stage.signed_bid_ids
    act: Callable[..., object] = want_choice if signs else choose_bid
    try:
        act(
            actor=request.user,
            job_id=job_id,
            bid_id=bid_id,
            **form.grounds(),
            at=request.received_at,
        )
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    told = _("Chosen: %(name)s. Every bidder has been told, each with the reason.")
    if signs:
        told = _("%(name)s: a second head has it now. Nobody is told before they sign.")
    messages.success(request, told % {"name": bid.provider_name})
    return HttpResponseRedirect(reverse("comparison" if signs else "board", args=[job_id]))


@PAGE
@fresh_sign_in
def no_award(request: SignedIn, job_id: UUID) -> HttpResponse:
    """End an opened job without a choice, with a reason."""
    paper = comparison(actor=request.user, job_id=job_id, at=request.received_at)
    act = Act(
        title=_("End without a choice"),
        lead=_("Every bidder is told, with your reason and their own scores."),
        button=_("End without a choice"),
        back=reverse("comparison", args=[job_id]),
        trail=paper.title,
        warning=_("The bids cannot be taken up again. The job can be copied into a new one."),
    )
    return answer(
        request,
        act,
        ReasonForm(sent(request) or kept_input(request)),
        do=lambda typed: end_without_award(
            actor=request.user, job_id=job_id, at=request.received_at, **typed
        ),
        told=_("Ended. Every bidder has been told."),
    )
