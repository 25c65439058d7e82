"""The form of one criterion of a job: its name, its weight, and words for each level."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from frontend import wording
from frontend.forms import PageForm, WordsField
from frontend.levels import as_kept, told
from marketplace.catalogue import CriterionText
from marketplace.drafting import DEFAULT_LEVELS, CriterionDraft
from marketplace.templates import TemplateCriterion

LEVEL_FIELDS = tuple(f"level_{quarters}" for quarters in range(5))


class CriterionForm(PageForm):
    """One thing that bids are judged on, with words for each level."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Criterion"))
    weight = forms.IntegerField(
        min_value=1,
        max_value=100,
        label=gettext_lazy("Weight"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "amount"}),
    )
    question = WordsField(
        rows=1,
        required=False,
        label=gettext_lazy("What every bidder answers to it"),
    )

    knock_out = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", gettext_lazy("Nothing puts a bid out")),
            *(
                (n, format_lazy(gettext_lazy("Below {mark}, a bid is out"), mark=wording.LEVELS[n]))
                for n in range(1, 5)
            ),
        ],
        label=gettext_lazy("Knock-out"),
        help_text=gettext_lazy("A bid judged below it cannot be chosen. Bidders read it."),
    )

    level_names = LEVEL_FIELDS[::-1]  # the best level stands first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, empty_permitted=True, **kwargs)
        for quarters, name in enumerate(LEVEL_FIELDS):
            self.fields[name] = WordsField(
                rows=1,
                required=False,
                label=wording.LEVELS[quarters],
                initial=told(DEFAULT_LEVELS[quarters]),
            )

    def is_left_empty(self) -> bool:
        """Return whether no criterion was meant: its name is empty."""
        return not self.data.get(self.add_prefix("name"), "").strip()

    def has_changed(self) -> bool:
        """Return whether a criterion was meant: an empty row stands there only to be filled."""
        return not self.is_left_empty()

    def draft(self) -> CriterionDraft:
        """Return what was typed; a level without words keeps the usual ones."""
        typed = self.cleaned_data
        levels = [
            as_kept(typed[name]) or usual
            for name, usual in zip(LEVEL_FIELDS, DEFAULT_LEVELS, strict=True)
        ]
        return CriterionDraft(
            name=typed["name"],
            weight=typed["weight"],
            question=typed["question"],
            levels=levels,
            knock_out=typed["knock_out"],
        )


def criterion_initial(criterion: CriterionText | TemplateCriterion) -> dict[str, Any]:
    """Return what the form shows of one criterion."""
    return {
        "name": criterion.name,
        "weight": criterion.weight,
        "question": criterion.question,
        "knock_out": criterion.knock_out,
        **dict(zip(LEVEL_FIELDS, map(told, criterion.levels), strict=True)),
    }
