"""The form in which a provider offers: the same for teams and vendors. Shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from frontend import wording
from frontend.forms import DayField, MoneyField, PageForm, WordsField, count_in
from marketplace.catalogue import CriterionText
from marketplace.money import Money


class BidForm(PageForm):
    """Everything but the lines of the price and the parts of the work."""

    approach = WordsField(
        rows=8,
        max_length=20_000,
        required=False,
        label=gettext_lazy("Your approach"),
        help_text=gettext_lazy("What you would do, and why it serves the need."),
    )
    starts_on = DayField(required=False, label=gettext_lazy("You start"))
    finishes_on = DayField(required=False, label=gettext_lazy("You finish"))
    valid_until_on = DayField(required=False, label=gettext_lazy("This offer is valid until"))
    tax = MoneyField(
        required=False,
        label=gettext_lazy("Recoverable tax on top"),
        help_text=gettext_lazy("It is no part of the price that bids are compared by."),
    )

    def __init__(
        self, *args: Any, criteria: tuple[CriterionText, ...], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        count_in(self, "tax", currency)
        self.answer_names = [answer_name(criterion) for criterion in criteria]
        for criterion, name in zip(criteria, self.answer_names, strict=True):
            self.fields[name] = WordsField(
                rows=4,
                max_length=20_000,
                required=False,
                label=criterion.name,
                help_text=criterion.question,
            )

    def answers(self) -> list[forms.BoundField]:
        """Return the fields in which the criteria are answered."""
        return [self[name] for name in self.answer_names]


class RowForm(PageForm):
    """One row of several; rows left empty mean nothing."""

    amount = MoneyField(required=False, label=gettext_lazy("Amount"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        count_in(self, "amount", currency)
        self.currency = currency

    def is_left_empty(self) -> bool:
        """Return whether nothing was typed into the row."""
        names = [name for name, field in self.fields.items() if not field.required]
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in names)

    def amount_minor(self) -> int:
        """Return the amount that was typed; one still left open counts as nothing."""
        amount: Money | None = self.cleaned_data["amount"]
        return 0 if amount is None else amount.minor


class LineForm(RowForm):
    """One line of the price."""

    kind = forms.ChoiceField(choices=wording.choices("line_kinds"), label=gettext_lazy("Kind"))
    text = forms.CharField(required=False, max_length=200, label=gettext_lazy("What for"))
    field_order = ("kind", "text", "amount")


class PartForm(RowForm):
    """One part of the work that is delivered, accepted and charged by itself."""

    title = forms.CharField(required=False, max_length=200, label=gettext_lazy("Milestone"))
    due_on = DayField(required=False, label=gettext_lazy("Due"))
    field_order = ("title", "due_on", "amount")


def answer_name(criterion: CriterionText) -> str:
    """Return the name of the field in which a criterion is answered."""
    return f"answer-{criterion.id}"
