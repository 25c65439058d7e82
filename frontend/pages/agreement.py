"""The sheet on which a panel agrees, after each has judged alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.agreeing import agree_score, consent
from bids.sheet import Sheet, SheetBid, SheetCriterion, SheetPlace, sheet
from frontend import wording
from frontend.acts import Act, answer, sent
from frontend.forms import PageForm, WordsField, offer
from frontend.pages.drafts import PAGE
from frontend.rendering import only_known, page, refused
from frontend.requests import SignedIn
from marketplace.refusals import Refusal, Unknown

TEMPLATE = "frontend/pages/panels/agreement.html"


@PAGE
@login_required
def show(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show the sheet: what each said alone once all are in, and what all say."""
    only_known(request, "names")
    paper = _sheet(request, job_id)
    rows = [
        (one, [(bid, place) for bid, place in zip(paper.bids, one.places, strict=True)])
        for one in paper.criteria
    ]
    context = {"paper": paper, "rows": rows, "hidden": _hidden(request)}
    return page(request, TEMPLATE, context)


class AgreedForm(PageForm):
    """One score that all stand behind."""

    quarters = forms.TypedChoiceField(
        coerce=int, widget=forms.RadioSelect, label=gettext_lazy("The level you agree on")
    )
    reason = WordsField(
        rows=3,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The bidder reads it; at least 30 characters."),
    )
    was_talked_over = forms.BooleanField(
        required=False, label=gettext_lazy("We talked about why our scores lie so far apart.")
    )

    def __init__(self, *args: Any, criterion: SheetCriterion, place: SheetPlace, **kwargs: Any):
        super().__init__(*args, **kwargs)
        levels = [
            (quarters, f"{wording.LEVELS[quarters]}: {criterion.levels[quarters]}")
            for quarters in range(4, -1, -1)
        ]
        offer(self, "quarters", levels)
        if not place.needs_talk:
            del self.fields["was_talked_over"]


@PAGE
@login_required
def agree(request: SignedIn, job_id: UUID, bid_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Note what the panel says together of one bid on one criterion."""
    only_known(request, "names")
    paper = _sheet(request, job_id)
    bid, criterion, place = _place(paper, bid_id, criterion_id)
    initial = {
        "quarters": place.agreed if place.agreed is not None else _same(place),
        "reason": place.reason,
        "was_talked_over": place.was_talked_over,
    }
    form = AgreedForm(sent(request), criterion=criterion, place=place, initial=initial)
    context = {
        "paper": paper,
        "bid": bid,
        "criterion": criterion,
        "place": place,
        "form": form,
        "hidden": _hidden(request),
    }
    template = "frontend/pages/panels/agree.html"
    if not (request.method == "POST" and form.is_valid()):
        return page(request, template, context)
    try:
        agree_score(
            actor=request.user,
            bid_id=bid_id,
            criterion_id=criterion_id,
            at=request.received_at,
            **form.cleaned_data,
        )
    except Refusal as refusal:
        return refused(request, template, context, refusal=refusal)
    messages.success(request, _("Noted: “%(name)s”.") % {"name": criterion.name})
    address = reverse("agreement", args=[job_id])
    return HttpResponseRedirect(f"{address}?names=hidden" if _hidden(request) else address)


class ConsentForm(PageForm):
    """To which sheet."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


@PAGE
@login_required
def say_yes(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Say yes to the sheet as it was read."""
    paper = _sheet(request, job_id)
    waiting = [one.name for one in paper.members if not one.has_consented]
    act = Act(
        title=_("Agree to the whole sheet"),
        lead=_("When the last of you has, quality is not judged again."),
        button=_("I agree to all of it"),
        back=reverse("agreement", args=[job_id]),
        trail=paper.title,
        warning=_("After the last yes no score changes any more."),
        facts=((_("Still to agree"), ", ".join(waiting) or _("nobody")),),
    )
    return answer(
        request,
        act,
        ConsentForm(sent(request), initial={"digest": paper.digest}),
        do=lambda typed: consent(
            actor=request.user,
            job_id=job_id,
            digest=bytes.fromhex(typed["digest"]),
            at=request.received_at,
        ),
        told=_("You agreed to the sheet."),
    )


def _sheet(request: SignedIn, job_id: UUID) -> Sheet:
    return sheet(actor=request.user, job_id=job_id, hide_names=_hidden(request))


def _hidden(request: SignedIn) -> bool:
    return request.GET.get("names") == "hidden"


def _same(place: SheetPlace) -> int | None:
    """Return the level that all gave; None where they differ."""
    given = {one.quarters for one in place.alone}
    return given.pop() if len(given) == 1 else None


def _place(
    paper: Sheet, bid_id: UUID, criterion_id: UUID
) -> tuple[SheetBid, SheetCriterion, SheetPlace]:
    for criterion in paper.criteria:
        for bid, place in zip(paper.bids, criterion.places, strict=True):
            if (place.bid_id, criterion.criterion_id) == (bid_id, criterion_id):
                return bid, criterion, place
    raise Unknown("There is no such place on the sheet.")
