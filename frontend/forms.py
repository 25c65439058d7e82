"""The shape of what people type. A form here checks shape only; the rules are the verbs'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone, to_current_timezone
from django.utils.translation import gettext_lazy as _

from frontend import formats
from frontend.amounts import read_amount
from marketplace.money import Money, NotAnAmount
from marketplace.saying import said


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the summary on top: what is wrong, and the field it leads to."""

    anchor: str
    text: str


class PageForm(forms.Form):
    """A form of a page: checked on submit only, and everything typed is kept."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if (
                field.error_messages.get("required")
                == forms.Field.default_error_messages["required"]
            ):
                label = field.label or name.replace("_", " ").capitalize()
                field.error_messages["required"] = _("“%(name)s” is missing.") % {"name": label}

    def problems(self) -> list[Problem]:
        """Return what is wrong, in the order of the page; the same words stand at the fields."""
        return problems_of(self)


OF_NO_FIELD = {"max_value", "min_value", "max_length", "invalid_choice"}  # Django's own words


def problems_of(form: forms.BaseForm) -> list[Problem]:
    """Return what is wrong with any form, another's too, in the order of its fields."""
    found = [Problem("main", str(text)) for text in form.non_field_errors()]
    for field in form:
        # A group of choices has no label of its own; its first choice is where a link can go.
        target = field.id_for_label or f"{field.auto_id}_0"
        found += [Problem(target, text) for text in _told(form, field)]
    return found


def _told(form: forms.BaseForm, field: forms.BoundField) -> list[str]:
    """Return the words of a field's errors; what any field could have said names the field."""
    found = []
    for error in form.errors.as_data().get(field.name, []):
        general = error.code in OF_NO_FIELD or isinstance(field.field, forms.IntegerField)
        text = " ".join(str(one) for one in error.messages)
        found.append(f"{field.label}: {text}" if general and field.label else text)
    return found


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Let a field be chosen from what is there now."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def count_in(form: forms.BaseForm, name: str, currency: str) -> None:
    """Say in which currency an amount is typed."""
    field = form.fields[name]
    assert isinstance(field, MoneyField)
    field.currency = currency


class MoneyField(forms.CharField):
    """An amount in one currency, typed the reader's way; gives a Money."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount"}
    )

    def __init__(self, *, currency: str = "EUR", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> Any:
        """Return the Money, or None for an optional one left empty."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return read_amount(typed, currency=self.currency)
        except NotAnAmount as refusal:
            raise ValidationError(said(refusal.text), code=refusal.code) from None

    def prepare_value(self, value: Any) -> Any:
        """Show a Money in the reader's digits, and what was typed as it was typed."""
        return formats.digits(value) if isinstance(value, Money) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown, not what it stands for."""
        return super().has_changed(self.prepare_value(initial), data)


class MomentField(forms.DateTimeField):
    """A moment in the reader's zone, to the minute; gives an aware datetime."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        formats_read = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        kwargs.setdefault("error_messages", {}).setdefault(
            "invalid", _("Give a date and a time, like 2026-12-03 17:00.")
        )
        super().__init__(**{"input_formats": formats_read, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Show a moment on the reader's clock."""
        return to_current_timezone(value) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment, or None for an optional one left empty."""
        read = super().to_python(value)
        if read is None or read.tzinfo is not None:
            return read
        return from_current_timezone(read)


class DayField(forms.DateField):
    """A day; gives a date."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault(
            "invalid", _("Give a day, like 2026-12-03.")
        )
        super().__init__(**{"input_formats": ["%Y-%m-%d"], **kwargs})


class WordsField(forms.CharField):
    """Something said in sentences."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 4000, **kwargs})
        self.widget.attrs["rows"] = rows
