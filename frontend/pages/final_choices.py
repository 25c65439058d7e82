"""The last steps to a choice: one best and final round, and a second head's signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.final_paper import FinalPaper, final_content, final_paper
from bids.final_round import ask_for_final_bids, submit_final_bid
from frontend import formats, wording
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MomentField, MoneyField, PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input
from frontend.requests import SignedIn
from ledger.countersigning import send_choice_back, sign_choice
from ledger.reports.comparison import Comparison, comparison
from ledger.reports.stage import WantedChoice
from marketplace.money import Money
from marketplace.refusals import Unknown


class FinalRoundForm(PageForm):
    """Who is asked what, until when."""

    bid_ids = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("The shortlist"),
        help_text=gettext_lazy("At least two. The bids of the others stay as they are."),
    )
    question = WordsField(
        label=gettext_lazy("What you ask"),
        help_text=gettext_lazy("The same words go to all of them."),
    )
    closes_at = MomentField(
        label=gettext_lazy("Until when"),
        help_text=gettext_lazy("The same deadline for all, a day from now at the earliest."),
    )


@PAGE
@fresh_sign_in
def ask_final(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Ask a shortlist for best and final bids, once."""
    paper = comparison(actor=request.user, job_id=job_id, at=request.received_at)
    form = FinalRoundForm(sent(request) or kept_input(request))
    valid = [one for one in paper.bids if one.quoted and not one.disqualified]
    offer(form, "bid_ids", [(str(one.bid_id), _called(one)) for one in valid])
    act = Act(
        title=_("Ask for best and final bids"),
        lead=_(
            "Sealed again until the deadline, then opened all together. There is one such round."
        ),
        button=_("Ask all of them"),
        back=reverse("comparison", args=[job_id]),
        trail=paper.title,
        warning=_("It is asked once, and not taken back."),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: ask_for_final_bids(
            actor=request.user,
            job_id=job_id,
            bid_ids=[UUID(id) for id in typed["bid_ids"]],
            question=typed["question"],
            closes_at=typed["closes_at"],
            at=request.received_at,
        ),
        told=_("Asked. All of them have been told the same."),
    )


class FinalBidForm(PageForm):
    """The price line by line, and the answer to what was asked."""

    answer = WordsField(rows=6, label=gettext_lazy("Your answer to the question"))

    def __init__(self, *args: Any, paper: FinalPaper) -> None:
        super().__init__(*args)
        for number, line in enumerate(paper.lines):
            label = wording.LINE_KINDS.get(line.kind, line.kind)
            self.fields[f"line_{number}"] = MoneyField(
                currency=paper.quoted.currency,
                label=f"{label}: {line.text}" if line.text else str(label),
                initial=Money(line.amount_minor, paper.quoted.currency),
            )

    def amounts(self) -> list[Money]:
        """Return what was typed for each line."""
        names = [name for name in self.fields if name.startswith("line_")]
        return [self.cleaned_data[name] for name in names]


@PAGE
@fresh_sign_in
def final_bid(request: SignedIn, bid_id: UUID) -> HttpResponse:
    """Write and submit a best and final bid after one's own opened one."""
    paper = final_paper(actor=request.user, bid_id=bid_id)
    form = FinalBidForm(sent(request) or kept_input(request), paper=paper)
    facts = [
        (_("What is asked"), paper.question),
        (_("Until when"), formats.moment(paper.closes_at)),
        (_("Your price so far"), formats.money(paper.quoted)),
    ]
    if paper.submitted_at is not None:
        sealed = _("%(reference)s, submitted %(when)s. A new one replaces it.")
        when = formats.moment(paper.submitted_at)
        facts.append((_("Your final bid"), sealed % {"reference": paper.reference, "when": when}))
    act = Act(
        title=_("Your best and final bid"),
        lead=_("It may ask for no more than your bid. Milestones keep their shares of the price."),
        button=_("Seal and submit"),
        back=reverse("bid-receipt", args=[bid_id]),
        trail=paper.title,
        facts=tuple(facts),
        unit=paper.quoted.currency,
        warning=_("It is sealed until the round ends; until then a new one may replace it."),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: submit_final_bid(
            actor=request.user,
            bid_id=bid_id,
            content=final_content(paper, amounts=form.amounts(), answer=typed["answer"]),
            at=request.received_at,
        ),
        told=_("Sealed. It is opened with the others at the end of the round."),
    )


@PAGE
@fresh_sign_in
def sign(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Sign what another head would choose."""
    paper, wanted = _wanted(request, job_id)
    act = Act(
        title=_("Sign the choice of %(name)s") % {"name": wanted.provider_name},
        lead=_("Your signature makes it the choice: the price is promised and everybody is told."),
        button=_("Sign it"),
        back=reverse("comparison", args=[job_id]),
        trail=paper.title,
        warning=_("A choice cannot be taken back."),
        facts=_facts(wanted),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: sign_choice(
            actor=request.user, wanted_id=wanted.wanted_id, at=request.received_at
        ),
        told=_("Signed. Everybody has been told."),
    )


class BackForm(PageForm):
    """What speaks against it."""

    reason = WordsField(label=gettext_lazy("What speaks against it"), rows=3)


@PAGE
@login_required
def send_back(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Send a choice back to the head who would make it."""
    paper, wanted = _wanted(request, job_id)
    act = Act(
        title=_("Send the choice of %(name)s back") % {"name": wanted.provider_name},
        lead=_("The head may name a bid again."),
        button=_("Send it back"),
        back=reverse("comparison", args=[job_id]),
        trail=paper.title,
        facts=_facts(wanted),
    )
    return answer(
        request,
        act,
        BackForm(sent(request)),
        do=lambda typed: send_choice_back(
            actor=request.user, wanted_id=wanted.wanted_id, at=request.received_at, **typed
        ),
        told=_("Sent back. They have been told."),
    )


def _wanted(request: SignedIn, job_id: UUID) -> tuple[Comparison, WantedChoice]:
    paper = comparison(actor=request.user, job_id=job_id, at=request.received_at)
    if paper.stage.wanted is None:
        raise Unknown("No choice waits for a signature.")
    return paper, paper.stage.wanted


def _facts(wanted: WantedChoice) -> tuple[tuple[str, Any], ...]:
    return (
        (_("Who would choose it"), wanted.wanted_by),
        (_("Since"), formats.moment(wanted.wanted_at)),
        (_("Why"), wanted.reason),
    )


def _called(bid: Any) -> str:
    return f"{bid.provider_name}, {formats.money(bid.quoted)}"
