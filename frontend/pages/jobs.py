"""The list of jobs: its filters stand in the address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend import wording
from frontend.forms import PageForm, offer
from frontend.rendering import only_known, page
from frontend.requests import SignedIn
from frontend.tables import csv_answer
from ledger.reports.paging import PAGE_MAX
from ledger.reports.register import COLUMNS, JobRow, register
from marketplace.directory import categories

FILTERS = ("q", "state", "category", "mine", "order")

# The views that most people want, as places. A state chosen here can be changed in the form.
VIEWS = (
    ("any_open", _("Under way")),
    ("open", _("Open for bids")),
    ("to_choose", _("To choose")),
    ("in_delivery", _("In delivery")),
    ("to_rate", _("To rate")),
    ("finished", _("Finished")),
    ("", _("All")),
)


class JobFilters(PageForm):
    """What the list can be narrowed by."""

    q = forms.CharField(required=False, max_length=200, label=_("Words in the title"))
    state = forms.ChoiceField(required=False, label=_("State"))
    category = forms.ChoiceField(required=False, label=_("Kind of work"))
    mine = forms.ChoiceField(
        required=False,
        label=_("Whose"),
        choices=[("", _("all I may see")), ("yes", _("mine"))],
    )
    order = forms.ChoiceField(
        required=False,
        label=_("Order"),
        choices=[("", _("newest first")), ("deadline", _("next date first"))],
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]]) -> None:
        super().__init__(*args)
        states = [("", _("any")), ("any_open", _("under way")), *wording.STATES.items()]
        offer(self, "state", states)
        offer(self, "category", [("", _("any")), *kinds])
        self.fields["q"].widget.attrs |= {"type": "search"}


class Chosen(TypedDict):
    """The filters as the paper takes them."""

    search: str
    state: str
    category: str
    mine: bool
    order: str


@require_safe
@login_required
def jobs(request: SignedIn) -> HttpResponse:
    """Show the jobs that the person may see, fifty at a time."""
    only_known(request, *FILTERS, "cursor")
    form = _filters(request)
    chosen = _chosen(form)
    rows = register(
        actor=request.user,
        at=request.received_at,
        cursor=request.GET.get("cursor", ""),
        **chosen,
    )
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "rows": rows,
        "filters": form,
        "views": VIEWS,
        "state": request.GET.get("state", ""),
        "is_filtered": any(request.GET.get(name) for name in ("q", "category", "mine", "state")),
        "query": query.urlencode(),
    }
    return page(request, "frontend/pages/jobs/list.html", context)


@require_safe
@login_required
def jobs_csv(request: SignedIn) -> StreamingHttpResponse:
    """Give the same list, all of it, as a file."""
    only_known(request, *FILTERS)
    chosen = _chosen(_filters(request))

    def rows() -> Iterator[JobRow]:
        cursor: str | None = ""
        while cursor is not None:
            part = register(
                actor=request.user,
                at=request.received_at,
                cursor=cursor,
                limit=PAGE_MAX,
                **chosen,
            )
            yield from part.items
            cursor = part.next

    return csv_answer("jobs", COLUMNS, rows())


def _filters(request: SignedIn) -> JobFilters:
    kinds = [(kind.code, kind.name) for kind in categories()]
    return JobFilters(request.GET, kinds=kinds)


def _chosen(form: JobFilters) -> Chosen:
    """Return what was chosen; what is none of the choices is left out."""
    form.is_valid()
    kept = form.cleaned_data
    return {
        "search": kept.get("q", ""),
        "state": kept.get("state", ""),
        "category": kept.get("category", ""),
        "mine": kept.get("mine") == "yes",
        "order": kept.get("order") or "newest",
    }
