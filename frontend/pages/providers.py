"""Providers: the list, the profile of one, and what its own people read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import wording
from frontend.asked import id_asked
from frontend.charts.needs import Need, NeedsChart, needs_profile
from frontend.charts.reasons import Reason, wins_and_losses
from frontend.charts.share import ShareChart, SharePoint, share_over_time
from frontend.forms import PageForm, offer
from frontend.questionnaire import OF_THE_DEPARTMENT
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.company import PROVIDER_COLUMNS
from ledger.reports.my_team import REASON_COLUMNS, my_team
from ledger.reports.scorecard import QUARTER_COLUMNS, NeedFigure, Scorecard, scorecard
from marketplace.directory import ProviderFacts, categories, provider, providers, seats
from marketplace.refusals import Unknown
from marketplace.seats import Seat
from marketplace.together import together

FILTERS = ("q", "kind", "category")
KINDS = [("", _("any")), ("team", _("In-house")), ("vendor", _("Outside"))]
RESULT = "result"  # the seventh question is none of the six needs


class ProviderFilters(PageForm):
    """What the list can be narrowed by."""

    q = forms.CharField(required=False, max_length=200, label=_("Part of the name"))
    kind = forms.ChoiceField(required=False, label=_("Kind"), choices=KINDS)
    category = forms.ChoiceField(required=False, label=_("Kind of work"))

    def __init__(self, request: SignedIn) -> None:
        super().__init__(request.GET)
        kinds = [(one.code, one.name) for one in categories()]
        offer(self, "category", [("", _("any")), *kinds])
        self.fields["q"].widget.attrs |= {"type": "search"}


@require_safe
@login_required
def index(request: SignedIn) -> HttpResponse:
    """Show the teams and vendors that the person may see."""
    only_known(request, *FILTERS)
    context = {
        "providers": _chosen(request),
        "query": request.GET.urlencode(),
        "filters": ProviderFilters(request),
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "is_administrator": seats(request.user).is_administrator,
    }
    return page(request, "frontend/pages/company/providers.html", context)


@require_safe
@login_required
def index_csv(request: SignedIn) -> HttpResponseBase:
    """Give the same list as a file."""
    only_known(request, *FILTERS)
    return csv_answer("providers", PROVIDER_COLUMNS, _chosen(request))


def _chosen(request: SignedIn) -> list[ProviderFacts]:
    return providers(
        request.user,
        kind=request.GET.get("kind") or None,
        category=request.GET.get("category") or None,
        search=request.GET.get("q", ""),
    )


@require_safe
@login_required
def show(request: SignedIn, provider_id: UUID) -> HttpResponse:
    """Show the profile of a provider: what it does, and what the record says of it."""
    card, paper, held = together(
        lambda: scorecard(actor=request.user, provider_id=provider_id, at=request.received_at),
        lambda: provider(request.user, provider_id),
        lambda: seats(request.user),
    )
    context = {
        "card": card,
        "paper": paper,
        "needs": profile(card.needs),
        "promises": promises_over_time(card),
        "result": next((one for one in card.needs if one.code == RESULT), None),
        "reads_vendor": not card.is_in_house and (bool(held.offices) or card.is_mine),
    }
    return page(request, "frontend/pages/company/provider.html", context)


@require_safe
@login_required
def team(request: SignedIn) -> HttpResponse:
    """Show a provider's own people how they fare: would they be chosen?"""
    only_known(request, "provider")
    own = seats(request.user).providers
    asked = _asked_or_first(request, own)
    paper = my_team(actor=request.user, provider_id=asked, at=request.received_at)
    contests = [SharePoint(one.label, one.chosen, one.contests) for one in paper.contests]
    context = {
        "paper": paper,
        "card": paper.scorecard,
        "needs": profile(paper.scorecard.needs),
        "promises": promises_over_time(paper.scorecard),
        "reasons": wins_and_losses(
            [
                Reason(wording.word("reasons", one.reason_code), one.won, one.lost)
                for one in paper.reasons
            ]
        ),
        "share": share_over_time(contests) if contests else None,
        "last": contests[-1] if contests else None,
        "own": own,
        "reads_income": bool(paper.income),
    }
    return page(request, "frontend/pages/company/team.html", context)


@require_safe
@login_required
def promises_csv(request: SignedIn, provider_id: UUID) -> HttpResponseBase:
    """Give the promised dates of a provider, by quarter, as a file."""
    only_known(request)
    card = scorecard(actor=request.user, provider_id=provider_id, at=request.received_at)
    return csv_answer("promises", QUARTER_COLUMNS, card.dates_by_quarter)


@require_safe
@login_required
def reasons_csv(request: SignedIn) -> HttpResponseBase:
    """Give a provider's wins and losses by reason as a file."""
    only_known(request, "provider")
    asked = _asked_or_first(request, seats(request.user).providers)
    paper = my_team(actor=request.user, provider_id=asked, at=request.received_at)
    return csv_answer("reasons", REASON_COLUMNS, paper.reasons)


def _asked_or_first(request: SignedIn, own: Sequence[Seat]) -> UUID:
    """Return the provider that was asked for, or else the first of one's own."""
    asked = id_asked(request, "provider") or (own[0].id if own else None)
    if asked is None:
        raise Unknown("There is no such provider.")
    return asked


def promises_over_time(card: Scorecard) -> ShareChart | None:
    """Return the promised dates that were met, by quarter; None where none fell due."""
    points = [
        SharePoint(f"{one.key[5:]} {one.key[:4]}", one.part, one.whole)
        for one in card.dates_by_quarter
    ]
    return share_over_time(points) if points else None


def profile(figures: tuple[NeedFigure, ...]) -> NeedsChart:
    """Return the six needs as a drawing."""
    names = {asked.code: str(asked.name) for asked in OF_THE_DEPARTMENT}
    return needs_profile(
        [
            Need(
                names[one.code],
                None if one.mean is None else float(one.mean),
                None if one.market is None else float(one.market),
            )
            for one in figures
            if one.code != RESULT
        ]
    )
