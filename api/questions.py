"""What reports may be asked: a span of days, a department, a currency; by the API's names."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.bodies import Strict
from api.fields import MomentField
from ledger.periods import ADJUSTING, days_of, periods_between
from ledger.reports.known import NOW, Known
from marketplace.log.checkpoints import checkpoint_at
from marketplace.refusals import Unknown

SIZE_DIGITS_MAX = 16
PERIOD = re.compile(r"(20[0-9]{2})-?(0[1-9]|1[0-3])")


@extend_schema_field(
    {
        "type": "string",
        "pattern": f"^{PERIOD.pattern}$",
        "maxLength": 7,
        "description": "A month, like 2026-11.",
        "examples": ["2026-11"],
    }
)
class PeriodField(serializers.CharField):
    """A month: 2026-11, or as the books name it, 202611; 13 is a year's adjusting period."""

    default_error_messages = {"period": "Write a month like 2026-11."}

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="A month, like 2026-11.", **options)

    def to_internal_value(self, data: Any) -> Any:
        found = PERIOD.fullmatch(str(data))
        if found is None:
            self.fail("period")
        return int(found[1] + found[2])


class CurrencyField(serializers.RegexField):
    """An ISO 4217 code."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"max_length": 3, "help_text": "A code like EUR."}
        super().__init__(r"^[A-Z]{3}$", **(usual | options))


class CodeField(serializers.SlugField):
    """The code of a kind of work."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"max_length": 60, "help_text": "The code of a kind of work."}
        super().__init__(**(usual | options))


class _Span(Strict):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        period = attrs.pop("period", None)
        if period is not None:
            if "since_on" in attrs or "until_on" in attrs:
                message = "Ask for a period, or from one day to another; not for both."
                raise serializers.ValidationError({"period": [message]}, "period_and_days")
            attrs["since_on"], attrs["until_on"] = days_of(period)
        since, until = attrs.get("since_on"), attrs.get("until_on")
        if since and until and since > until:
            message = "The last day is before the first."
            raise serializers.ValidationError({"to": [message]}, "days_reversed")
        return attrs


# `from` is a word of Python's; hence not written as a class body.
SpanQuery = type(
    "SpanQuery",
    (_Span,),
    {
        "__doc__": "From one day to another, both included, or a whole month.",
        "from": serializers.DateField(required=False, source="since_on"),
        "to": serializers.DateField(required=False, source="until_on"),
        "period": PeriodField(required=False),
    },
)


class DepartmentQuery(Strict):
    """One department, with those below it if asked for."""

    department = serializers.UUIDField(required=False, source="department_id")
    include_children = serializers.BooleanField(required=False)


class CurrencyQuery(Strict):
    """One currency."""

    currency = CurrencyField(required=False)


def days_asked(query: dict[str, Any], *, today: date) -> dict[str, date]:
    """Return the span that was asked for; where an end is open, that of today's month."""
    first, last = days_of(today.year * 100 + today.month)
    return {
        "since_on": query.get("since_on") or first,
        "until_on": query.get("until_on") or last,
    }


def periods_meant(query: dict[str, Any]) -> tuple[int, int] | None:
    """
    Return the first and the last period that a question is about, by any of the names that it may
    have them under.
    """
    known = query.get("known", NOW)
    month = query.get("period") or query.get("period_id") or query.get("since_period")
    if query.get("since_on") and query.get("until_on"):
        return periods_between(query["since_on"], query["until_on"])
    if month:
        return month, query.get("until_period") or month
    if year := query.get("fiscal_year"):
        return year * 100 + 1, year * 100 + ADJUSTING
    return (
        periods_between(known.as_of.replace(month=1, day=1), known.as_of) if known.as_of else None
    )


@extend_schema_field(
    {
        "type": "string",
        "maxLength": 40,
        "pattern": r"^(\d{1,15}|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))$",
        "examples": ["2026-11-21T09:00:00Z"],
    }
)
class KnownAtField(serializers.CharField):
    """A moment, or the size of a checkpoint."""


class KnownQuery(Strict):
    """As it was: effective up to a day, booked up to a moment or a checkpoint of the record."""

    as_of = serializers.DateField(required=False, help_text="What took effect up to this day.")
    known_at = KnownAtField(
        required=False,
        max_length=40,
        help_text="A moment like 2026-11-21T09:00:00Z, or the size of a checkpoint.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        as_of, told = attrs.pop("as_of", None), attrs.pop("known_at", "")
        if as_of or told:
            attrs["known"] = Known(as_of, _moment_of(told) if told else None)
        return attrs


def _moment_of(told: str) -> datetime:
    if told.isascii() and told.isdigit() and len(told) < SIZE_DIGITS_MAX:
        try:
            return checkpoint_at(size=int(told)).made_at
        except Unknown as refusal:
            raise serializers.ValidationError({"known_at": [refusal.text]}, "unknown") from None
    try:
        return MomentField().to_internal_value(told)
    except serializers.ValidationError as wrong:
        raise serializers.ValidationError({"known_at": wrong.detail}) from None
