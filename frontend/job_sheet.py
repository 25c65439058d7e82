"""The forms of one job together: what is wanted, and one form for each criterion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.acts import sent
from frontend.criterion_form import CriterionForm, criterion_initial
from frontend.forms import Problem, problems_of
from frontend.job_form import (
    JobForm,
    details,
    initial_of,
    initial_of_template,
)
from frontend.requests import SignedIn
from marketplace.catalogue import JobText
from marketplace.details import PAST_RATINGS
from marketplace.directory import Seat, categories, departments, providers, seats
from marketplace.drafting import JobDetails
from marketplace.offering import OfferedPolicy, offered_policies
from marketplace.readiness import Missing, lacking_at_first, propose_point
from marketplace.refusals import Forbidden
from marketplace.templates import TemplatePaper

ROWS_OF_A_NEW_JOB = 3
ROWS_MAX = 20
DEFAULTS = {
    "policy_code": "standard",
    "procedure": "quick",
    "mode": "quality_to_price",
    "shows_ceiling": "yes",
    "bids_wanted": 2,
    "too_few_rule": "go_on",
}
# What a copy does not take over: these belong to the time of the earlier job.
NOT_COPIED = dict.fromkeys(("closes_at", "questions_until", "starts_on", "ends_on", "waiver"))


class JobSheet:
    """Behaves as one form towards the page: its fields are the job's, its problems are all."""

    def __init__(
        self,
        request: SignedIn,
        *,
        job: JobText | None = None,
        copied: JobText | None = None,
        begun: TemplatePaper | None = None,
    ):
        own = list(seats(request.user).departments)
        if not own:
            raise Forbidden(_("Only members of a department post jobs."))
        shown = job or copied
        initial = {"department": str(own[0].id), **DEFAULTS}
        if shown is not None:
            initial |= initial_of(shown)
        if job is None:
            initial |= NOT_COPIED if copied else {}
            initial |= initial_of_template(begun) if begun else {}
        data = sent(request)
        self.currency = _currency(request, own, shown)
        self.job = JobForm(
            data,
            initial=initial,
            kinds=categories(),
            invitable=[
                one
                for one in providers(request.user)
                if one.suspended_at is None and one.approved_at
            ],
            departments=own,
            currency=self.currency,
            limits_in=_limits_in(request, own, shown),
            rules=_rules(request, shown),
        )
        model = shown or begun
        judged = [one for one in model.criteria if one.kind != PAST_RATINGS] if model else []
        drawn = [criterion_initial(one) for one in judged]
        spare = 1 if drawn else ROWS_OF_A_NEW_JOB
        rows = len(drawn) + spare if data is None else _rows_sent(data)
        self.criteria = [
            CriterionForm(
                data,
                prefix=f"criterion-{row}",
                initial=drawn[row] if row < len(drawn) else None,
            )
            for row in range(rows)
        ]

    @property
    def fields(self) -> dict[str, Any]:
        return self.job.fields

    @property
    def errors(self) -> list[Problem]:
        """What is wrong anywhere on the sheet; asking for it checks the sheet."""
        return self.problems() if self.job.is_bound else []

    def problems(self) -> list[Problem]:
        """Return what is wrong, in the order of the page."""
        found = problems_of(self.job)
        for one in self.meant():
            found += problems_of(one)
        return found

    def is_valid(self) -> bool:
        """Return whether all that was typed has the right shape."""
        return self.job.is_bound and not self.problems()

    def first_look(self) -> list[Missing]:
        """Return what was sent empty, so that it is told together with what was typed wrongly."""
        typed = self.job.data
        found = lacking_at_first(
            title=typed.get("title", "").strip(),
            need=typed.get("need", "").strip(),
            closes_at=typed.get("closes_at"),
            criteria=self.meant() or typed.get("mode") == "lowest_cost",
            invited=typed.get("invited"),
        )
        return [one for one in found if one.field not in self.job.errors]

    def add_error(self, field: str | None, text: str) -> None:
        """Note what a rule said, beside its field or on top."""
        self.job.add_error(field, text)

    def meant(self) -> list[CriterionForm]:
        """Return the criteria that have a name; the others are empty rows."""
        return [one for one in self.criteria if one.is_bound and not one.is_left_empty()]

    def department_id(self) -> UUID:
        """Return the department that posts the job."""
        return UUID(self.job.cleaned_data["department"])

    def policy_code(self) -> str:
        """Return the rules that the job is written under."""
        return str(self.job.cleaned_data["policy_code"] or DEFAULTS["policy_code"])

    def details(self) -> JobDetails:
        """Return what was typed, as the verbs take it."""
        found = details(self.job, self.meant(), currency=self.currency)
        # With a hidden ceiling, the proposal would tell it: there it has to be typed.
        ranks_by_it = found.mode == "quality_to_price" and found.shows_ceiling
        if found.point is None and found.ceiling is not None and ranks_by_it:
            return replace(found, point=propose_point(found.ceiling))
        return found


def _currency(request: SignedIn, own: list[Seat], shown: JobText | None) -> str:
    """Return the currency of the job, which is that of the department that posts it."""
    if shown is not None and "department" not in request.POST:
        return shown.currency
    chosen = request.POST.get("department", str(own[0].id))
    known = {str(one.id): one.currency for one in departments(request.user)}
    return known.get(chosen, known.get(str(own[0].id), "EUR"))


def _limits_in(request: SignedIn, own: list[Seat], shown: JobText | None) -> str:
    """Return the currency of the department that posts it: in that the house's limits are."""
    posts = str(shown.department_id if shown is not None else own[0].id)
    known = {str(one.id): one.currency for one in departments(request.user)}
    return known.get(request.POST.get("department", posts), known.get(posts, "EUR"))


def _rules(request: SignedIn, shown: JobText | None) -> list[OfferedPolicy]:
    """Return the rules that may be chosen: those on offer; and the draft's own, to be replaced."""
    found = offered_policies(actor=request.user, on=timezone.localdate(request.received_at))
    own = shown.policy_code if shown is not None and shown.published_at is None else ""
    return [one for one in found if one.is_offered or one.code == own]


def _rows_sent(data: Any) -> int:
    """Return how many rows of criteria were sent; a wrong figure makes no endless page."""
    told = data.get("rows", "")
    return min(int(told), ROWS_MAX) if told.isdecimal() else ROWS_OF_A_NEW_JOB
