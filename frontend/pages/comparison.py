"""The bids on one job, side by side, and the scores that they are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bids.scoring import score_bid
from frontend import wording
from frontend.charts.spread import Priced, SpreadChart, price_spread
from frontend.forms import PageForm, WordsField, offer
from frontend.rendering import only_known, page, refused
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.comparison import (
    COLUMNS,
    ComparedBid,
    ComparedCriterion,
    ComparedScore,
    Comparison,
    comparison,
)
from ledger.reports.past_ratings import PastRating
from marketplace.details import PAST_RATINGS
from marketplace.money import Money
from marketplace.refusals import Refusal, Unknown
from marketplace.saying import said

MANY = 4  # bids that fit side by side


@dataclass(frozen=True, slots=True)
class KindCell:
    """What one bid asks for one kind of line."""

    amount: Money | None
    texts: tuple[str, ...]
    is_in_price: bool  # an outside price is one figure; it has no such line


@dataclass(frozen=True, slots=True)
class CriterionCell:
    """What one bid answered to one criterion, and how that was judged."""

    answer: str
    scores: tuple[ComparedScore, ...]
    past: PastRating | None  # where the record speaks instead of judges
    points: Decimal | None  # what it gives, of the criterion's weight


@require_safe
@login_required
def compare(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show every opened bid in a column of its own; the number advises, the head chooses."""
    only_known(request, "bid", "names")
    paper = _paper(request, job_id)
    context = {
        "paper": paper,
        "hidden": _hidden(request),
        "lines": line_rows(paper),
        "criteria": criterion_rows(paper),
        "flags": [(bid, _flags_of(paper, bid)) for bid in paper.bids],
        "shown": _shown(request.GET.get("bid", ""), paper),
        "is_many": len(paper.bids) > MANY,
        "valid": sum(1 for bid in paper.bids if not bid.disqualified),
        "spread": _spread(paper),
        "leaders": _names(paper, paper.leader_ids),
        "spent_leaders": _names(paper, paper.spent_leader_ids),
    }
    return page(request, "frontend/pages/comparison/comparison.html", context)


@require_safe
@login_required
def comparison_csv(request: SignedIn, job_id: UUID) -> StreamingHttpResponse:
    """Give the figures of the comparison as a file, one row a bid."""
    paper = comparison(actor=request.user, job_id=job_id, at=request.received_at)
    return csv_answer(f"comparison-{paper.reference}", COLUMNS, paper.bids)


def _spread(paper: Comparison) -> SpreadChart | None:
    """Return the prices as a drawing; one price alone has no spread."""
    priced = [bid for bid in paper.bids if bid.quoted is not None]
    if len(priced) < 2:
        return None
    middle = next(
        (bid.quoted - bid.to_median for bid in priced if bid.quoted and bid.to_median is not None),
        None,
    )
    prices = [
        Priced(bid.provider_name, bid.quoted, not bid.disqualified) for bid in priced if bid.quoted
    ]
    return price_spread(prices, ceiling=paper.ceiling, median=middle)


def line_rows(paper: Comparison) -> list[tuple[str, list[KindCell]]]:
    """Return a row for each kind of price line that any bid has, with a cell for each bid."""
    kinds = [
        kind
        for kind in wording.LINE_KINDS
        if any(line.kind == kind for bid in paper.bids for line in bid.lines)
    ]
    return [(kind, [_kind_cell(bid, kind, paper.currency) for bid in paper.bids]) for kind in kinds]


def criterion_rows(paper: Comparison) -> list[tuple[ComparedCriterion, list[CriterionCell]]]:
    """Return a row for each criterion, with what each bid answered and how it was judged."""
    rows = []
    for criterion in paper.criteria:
        cells = []
        for bid in paper.bids:
            answers = dict(bid.answers)
            scores = tuple(s for s in bid.scores if s.criterion_id == criterion.criterion_id)
            past = bid.past_rating if criterion.kind == PAST_RATINGS else None
            points = past.points(criterion.weight) if past else None
            answer = answers.get(criterion.criterion_id, "")
            cells.append(CriterionCell(answer, scores, past, points))
        rows.append((criterion, cells))
    return rows


def _kind_cell(bid: ComparedBid, kind: str, currency: str) -> KindCell:
    lines = [line for line in bid.lines if line.kind == kind]
    if not lines:
        return KindCell(None, (), is_in_price=not bid.is_in_house and kind == "overhead")
    amount = Money(sum(line.amount.minor for line in lines), currency)
    return KindCell(amount, tuple(line.text for line in lines if line.text), is_in_price=False)


def _flags_of(paper: Comparison, bid: ComparedBid) -> list[str]:
    return [said(flag.text) for flag in paper.flags if bid.bid_id in flag.bid_ids]


def _paper(request: SignedIn, job_id: UUID) -> Comparison:
    return comparison(
        actor=request.user,
        job_id=job_id,
        at=request.received_at,
        hide_names=_hidden(request),
    )


def _hidden(request: SignedIn) -> bool:
    return request.GET.get("names") == "hidden"


def _names(paper: Comparison, ids: tuple[UUID, ...]) -> str:
    return ", ".join(bid.provider_name for bid in paper.bids if bid.bid_id in ids)


def _shown(asked: str, paper: Comparison) -> int:
    """Return which column a phone shows first: the one asked for in the address, else the first."""
    return int(asked) if asked.isdecimal() and 1 <= int(asked) <= len(paper.bids) else 1


class ScoreForm(PageForm):
    """One judgement: a level in the words of the criterion, and why."""

    criterion_id = forms.UUIDField(widget=forms.HiddenInput)
    quarters = forms.TypedChoiceField(
        coerce=int, widget=forms.RadioSelect, label=gettext_lazy("Level")
    )
    reason = WordsField(
        rows=2,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("What in the bid shows it; at least 30 characters."),
    )

    def __init__(self, *args: Any, criterion: ComparedCriterion, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"c{criterion.criterion_id}", **kwargs)
        self.criterion = criterion
        levels = [
            (quarters, f"{wording.LEVELS[quarters]}: {wording.word('levels', words)}")
            for quarters, words in reversed(list(enumerate(criterion.levels)))
        ]
        offer(self, "quarters", levels)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def score(request: SignedIn, job_id: UUID, bid_id: UUID) -> HttpResponse:
    """Judge one bid, one criterion at a time, in the words that were fixed beforehand."""
    only_known(request, "names")
    paper = _paper(request, job_id)
    bid = next((bid for bid in paper.bids if bid.bid_id == bid_id), None)
    if bid is None:
        raise Unknown("There is no such bid.")
    sent = request.POST if request.method == "POST" else None
    judged = [one for one in paper.criteria if one.kind != PAST_RATINGS]
    shown = [_score_form(request, criterion, bid, sent) for criterion in judged]
    context = {
        "paper": paper,
        "bid": bid,
        "forms": shown,
        "hidden": _hidden(request),
        "so_far": _so_far(judged, bid, request.user.pk),
    }
    template = "frontend/pages/comparison/score.html"
    form = next((form for form in shown if form.is_bound), None)
    if form is None:
        return page(request, template, context)
    context["form"] = form
    if not form.is_valid():
        return page(request, template, context)
    try:
        score_bid(actor=request.user, bid_id=bid_id, at=request.received_at, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, template, context, refusal=refusal)
    messages.success(request, _("Noted: “%(name)s”.") % {"name": form.criterion.name})
    names = "?names=hidden" if _hidden(request) else ""
    return HttpResponseRedirect(f"{reverse('score', args=[job_id, bid_id])}{names}#next")


def _so_far(
    judged: list[ComparedCriterion], bid: ComparedBid, reader: UUID
) -> tuple[str, Decimal, int] | None:
    """Return how the reader's own levels add up: the sum written out, its value, of how many."""
    own = {one.criterion_id: one.quarters for one in bid.scores if one.scorer_id == reader}
    given = [(one.weight, own[one.criterion_id]) for one in judged if one.criterion_id in own]
    if not given:
        return None
    written = " + ".join(f"{weight} × {wording.LEVELS[quarters]}" for weight, quarters in given)
    total = sum((Decimal(weight * quarters) / 4 for weight, quarters in given), Decimal(0))
    return written, total, sum(weight for weight, _ in given)


def _score_form(
    request: SignedIn, criterion: ComparedCriterion, bid: ComparedBid, sent: Any
) -> ScoreForm:
    """Return the form of one criterion, filled with what this person judged before."""
    own = next(
        (
            noted
            for noted in bid.scores
            if noted.criterion_id == criterion.criterion_id and noted.scorer_id == request.user.pk
        ),
        None,
    )
    initial = {
        "criterion_id": criterion.criterion_id,
        "quarters": None if own is None else own.quarters,
        "reason": "" if own is None else own.reason,
    }
    is_this = request.POST.get("criterion") == str(criterion.criterion_id)
    return ScoreForm(sent if is_this else None, criterion=criterion, initial=initial)
