"""Rating finished work: one screen, eight taps; then both ratings, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.acts import sent
from frontend.forms import PageForm, WordsField
from frontend.pages.drafts import PAGE
from frontend.questionnaire import AGAIN, DOES_NOT_APPLY, Asked, asked_of
from frontend.rendering import page, refused
from frontend.requests import SignedIn
from ledger.rating import rate as rate_award
from ledger.reports.rating_paper import GivenRating, rating_paper
from marketplace.refusals import Refusal

TEMPLATE = "frontend/pages/work/rate.html"


class RatingForm(PageForm):
    """The questions of one side, one choice of again, and one free text."""

    def __init__(self, *args: Any, asked: tuple[Asked, ...]) -> None:
        super().__init__(*args)
        self.asked = asked
        for question in asked:
            points = [(str(place), word) for place, word in enumerate(question.points, start=1)]
            self.fields[question.code] = forms.ChoiceField(
                choices=[*points, (DOES_NOT_APPLY, gettext_lazy("Doesn’t apply"))],
                widget=forms.RadioSelect,
                label=str(question.name),
                error_messages={
                    "required": _("Say something to “%(name)s”, or that it doesn’t apply.")
                    % {"name": question.name}
                },
            )
        self.fields["again"] = forms.ChoiceField(
            choices=AGAIN,
            widget=forms.RadioSelect,
            label=gettext_lazy("Again"),
            error_messages={"required": _("Say whether you would work with them again.")},
        )
        self.fields["text"] = WordsField(
            required=False, label=gettext_lazy("Anything they should know")
        )

    def questions(self) -> list[tuple[forms.BoundField, str]]:
        """Return the fields of the questions, each with its sentence."""
        return [(self[question.code], str(question.text)) for question in self.asked]

    def points(self) -> dict[str, int]:
        """Return the points given; a question that does not apply is left out."""
        given = {question.code: self.cleaned_data[question.code] for question in self.asked}
        return {code: int(point) for code, point in given.items() if point != DOES_NOT_APPLY}


@dataclass(frozen=True, slots=True)
class Said:
    """One side's rating in words: of whom, and what; `given` is None where nothing can be read."""

    rater: str
    rated: str
    given: GivenRating | None
    answers: tuple[tuple[str, str, int | None], ...]  # question, word, point


@PAGE
@login_required
def rate(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Ask one side about the other, once; then show what each said of the other."""
    paper = rating_paper(actor=request.user, job_id=job_id, at=request.received_at)
    side = "provider" if paper.side == "provider" else "department"
    form = RatingForm(sent(request), asked=asked_of(side))
    names = (paper.department_name, paper.provider_name)
    own, other = names if side == "department" else reversed(names)
    context = {
        "paper": paper,
        "form": form,
        "other": other,
        "side": side,
        "said": (_said(paper.own, own, other), _said(paper.other, other, own)),
    }
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    try:
        rate_award(
            actor=request.user,
            award_id=paper.award_id,
            side=side,
            points=form.points(),
            again=form.cleaned_data["again"],
            text=form.cleaned_data["text"],
            at=request.received_at,
        )
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    messages.success(request, _("Thank you. Your rating is in."))
    return HttpResponseRedirect(reverse("rate", args=[job_id]))


def _said(given: GivenRating | None, rater: str, rated: str) -> Said:
    if given is None:
        return Said(rater, rated, None, ())
    points = dict(given.points)
    return Said(
        rater,
        rated,
        given,
        tuple(
            (str(one.name), "" if point is None else str(one.points[point - 1]), point)
            for one in asked_of(given.side)
            for point in [points.get(one.code)]
        ),
    )
