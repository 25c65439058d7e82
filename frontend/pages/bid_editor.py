"""Writing a bid: saved over and over, sealed all the while, then checked and submitted."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bids.content import BidContent, canonical, price_facts, quality_facts
from bids.discarding import discard_bid_draft, discarded_bid_draft, restore_bid_draft
from bids.drafts import bid_draft, draft_faults, save_bid_draft
from bids.files import attached_files
from bids.offers import MyBid, my_bids
from bids.reading import my_bid
from bids.submission import submit_bid
from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent, undone
from frontend.asked import id_asked
from frontend.bid_sheet import BidSheet, sum_of
from frontend.forms import Problem
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, page, refused
from frontend.requests import SignedIn
from marketplace.catalogue import CriterionText, JobText, MySeat, job_text
from marketplace.directory import ProviderFacts, provider
from marketplace.refusals import Refusal, Unknown
from marketplace.saying import said
from marketplace.together import together

TEMPLATE = "frontend/pages/bids/edit.html"
ROWS = {"lines": "line", "milestones": "part"}  # the prefix of their fields
PARTS = {
    "milestones": "parts",
    "finishes_on": "dates",
    "approach": "approach",
    "answers": "answers",
}


@dataclass(frozen=True, slots=True)
class Lacking:
    """All that keeps a draft from being submitted; behaves as a form towards the summary."""

    errors: list[Problem]

    def problems(self) -> list[Problem]:
        """Return each with the field, on the page where it is written, that it leads to."""
        return self.errors


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before somebody who writes a bid."""

    job: JobText
    seat: MySeat
    facts: ProviderFacts
    standing: MyBid | None


@PAGE
@login_required
def edit(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Go on writing a bid. The same address saves it by itself while it is written."""
    here = desk_of(request, job_id, provider_id)
    if not here.job.accepts_bids:
        return redirect("job", job_id)
    ours: dict[str, Any] = {"job_id": job_id, "provider_id": provider_id}
    ours |= {"actor": request.user, "at": request.received_at}
    draft, files, discarded = together(
        lambda: bid_draft(**ours),
        lambda: attached_files(actor=request.user, job_id=job_id, provider_id=provider_id),
        lambda: discarded_bid_draft(**ours),
    )
    content = draft or _submitted(request, here)
    sheet = BidSheet(sent(request), job=here.job, provider=here.facts, content=content)
    if request.method == "POST":
        return _save(request, here, sheet, has_draft=draft is not None)
    context = _context(here, sheet, content, has_draft=draft is not None)
    context["files"] = files
    if draft is None:
        context["discarded"] = discarded
    return page(request, TEMPLATE, context)


def _save(request: SignedIn, here: Desk, sheet: BidSheet, *, has_draft: bool) -> HttpResponse:
    content: BidContent | None = None
    if sheet.is_valid():
        content = sheet.content()
        try:
            save_bid_draft(
                actor=request.user,
                job_id=here.job.id,
                provider_id=here.seat.provider_id,
                content=content,
                at=request.received_at,
            )
        except Refusal as refusal:
            if not request.htmx:
                context = _context(here, sheet, content, has_draft=has_draft)
                return refused(request, TEMPLATE, context, refusal=refusal)
            sheet.add_error(None, said(refusal.text))
        else:
            if not request.htmx:
                return _go_on(request, here)
    context = _context(here, sheet, content, has_draft=has_draft)
    if request.htmx:
        # Only what changed beside the form: what is being typed is never replaced.
        return render(request, "frontend/pages/bids/saved.html", context)
    return page(request, TEMPLATE, context)


def _go_on(request: SignedIn, here: Desk) -> HttpResponse:
    address = (here.job.id, here.seat.provider_id)
    if request.POST.get("go") in ("check", "files"):
        return redirect("bid-submit" if request.POST["go"] == "check" else "bid-files", *address)
    told = _("Draft saved %(time)s.") % {"time": formats.clock(request.received_at)}
    messages.success(request, told)
    return redirect("bid-edit", *address)


@PAGE
@fresh_sign_in
def submit(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Show all that will be sealed, say what that means, and submit it."""
    here = desk_of(request, job_id, provider_id)
    ours: dict[str, Any] = {"job_id": job_id, "provider_id": provider_id}
    ours |= {"actor": request.user, "at": request.received_at}
    content, faults = together(lambda: bid_draft(**ours), lambda: draft_faults(**ours))
    if content is None or not here.job.accepts_bids:
        return redirect("bid-edit", job_id, provider_id)
    template = "frontend/pages/bids/submit.html"
    form = NothingAsked(sent(request))
    seen = _digest(content)
    context = {**_context(here, None, content, has_draft=True), "form": form, "seen": seen}
    if request.method != "POST":
        context["lacking"] = Lacking([Problem(_anchor(one), one.text) for one in faults])
        return page(request, template, context)
    if request.POST.get("seen") != seen:
        form.add_error(None, _("Somebody of yours changed the draft meanwhile. Check it again."))
        return page(request, template, context)
    try:
        bid = submit_bid(**ours, content=content)
    except Refusal as refusal:
        return refused(request, template, context, refusal=refusal)
    return redirect("bid-receipt", bid.pk)


def _anchor(fault: Refusal) -> str:
    """Return where on the form it is mended: the row that it names, else the part of the page."""
    number, prefix = getattr(fault, "number", None), ROWS.get(fault.field or "")
    if number is not None and prefix is not None:
        return f"id_{prefix}-{number - 1}-amount"
    return PARTS.get(fault.field or "", "price")


@PAGE
@login_required
def discard(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Throw the draft of a bid away; a bid that was submitted stays."""
    here = desk_of(request, job_id, provider_id)

    def back_again(draft: Any) -> str:
        if draft is None or not here.job.accepts_bids:
            return ""
        address = reverse("bid-restore", args=[job_id, provider_id])
        return f"{address}?{urlencode({'draft': draft.pk})}"  # this one, whatever comes after it

    act = Act(
        title=_("Throw the draft away?"),
        lead=_("A bid that was submitted stays as it is."),
        button=_("Throw it away"),
        back=reverse("job", args=[job_id]),
        trail=here.job.title,
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: discard_bid_draft(
            actor=request.user, job_id=job_id, provider_id=provider_id, at=request.received_at
        ),
        told=_("The draft was thrown away."),
        undo=back_again,
    )


@require_POST
@login_required
def restore(request: SignedIn, job_id: UUID, provider_id: UUID) -> HttpResponse:
    """Have the draft back that was thrown away last, or the one that the button is about."""
    desk_of(request, job_id, provider_id)
    back = reverse("bid-edit", args=[job_id, provider_id])

    def again() -> str:
        restore_bid_draft(
            actor=request.user,
            job_id=job_id,
            provider_id=provider_id,
            at=request.received_at,
            draft_id=id_asked(request, "draft"),
        )
        return back

    return undone(request, again, told=_("The draft is back, sealed."), otherwise=back)


def desk_of(request: SignedIn, job_id: UUID, provider_id: UUID) -> Desk:
    """Return a job with one of the reader's invited providers. :raises Unknown: not theirs."""
    job, own, paper = together(
        lambda: job_text(actor=request.user, job_id=job_id, at=request.received_at),
        lambda: my_bids(actor=request.user, at=request.received_at, job_id=job_id),
        lambda: provider(request.user, provider_id),
    )
    seat = next((one for one in job.my_providers if one.provider_id == provider_id), None)
    if seat is None:
        raise Unknown("There is no such invitation.")
    standing = [bid for bid in own if bid.provider_id == provider_id and bid.is_standing]
    return Desk(job, seat, paper.facts, standing[0] if standing else None)


def _submitted(request: SignedIn, here: Desk) -> BidContent | None:
    """Return what stands already, to be replaced; reading it is written in its access log."""
    if here.standing is None:
        return None
    paper = my_bid(actor=request.user, bid_id=here.standing.bid_id, at=request.received_at)
    return paper.content


def _context(
    here: Desk, sheet: BidSheet | None, content: BidContent | None, *, has_draft: bool
) -> dict[str, Any]:
    return {
        "form": sheet,
        "job": here.job,
        "seat": here.seat,
        "provider": here.facts,
        "standing": here.standing,
        "content": content,
        "sum": None if content is None else sum_of(content),
        "has_draft": has_draft,
        "answers": answered(here.job, content),
    }


def answered(job: JobText, content: BidContent | None) -> list[tuple[CriterionText, str]]:
    """Return the criteria of a job, each with what a bid says to it."""
    said = {} if content is None else content.answers
    return [(one, said.get(one.id, "")) for one in job.asked]


def _digest(content: BidContent) -> str:
    """Return a mark of what was shown, so that nothing else is submitted."""
    return sha256(canonical({**quality_facts(content), **price_facts(content)})).hexdigest()
