"""Amounts, moments and words as machines read and write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.file_kinds import LARGEST_BYTES
from marketplace.money import Money
from marketplace.refusals import Refusal

ID_LENGTH, MOMENT_LENGTH = 36, 40
AMOUNT_LENGTH = 23  # of which seventeen figures before the point, and four behind it
AMOUNT = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,4})?")
MONEY_SCHEMA = {
    "type": "object",
    "description": "An amount in the major unit, as a text so that no client rounds it.",
    "properties": {
        "amount": {
            "type": "string",
            "pattern": f"^{AMOUNT.pattern}$",
            "maxLength": AMOUNT_LENGTH,
            "examples": ["1234.50"],
        },
        "currency": {
            "type": "string",
            "pattern": "^[A-Z]{3}$",
            "maxLength": 3,
            "examples": ["EUR"],
        },
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
}


@extend_schema_field(MONEY_SCHEMA)
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """`{"amount": "1234.50", "currency": "EUR"}`."""

    default_error_messages = {
        "shape": 'Write an amount like {{"amount": "1234.50", "currency": "EUR"}}.',
        "currency": "“{currency}” is no currency code; write it like EUR.",
        "sign": "The amount must not be negative.",
    }

    def __init__(self, *, allow_negative: bool = False, **options: Any) -> None:
        self.allow_negative = allow_negative
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Money:
        if not isinstance(data, Mapping) or set(data) != {"amount", "currency"}:
            self.fail("shape")
        amount, currency = data["amount"], data["currency"]
        # A number would already be rounded by whoever wrote it.
        if not isinstance(amount, str) or not isinstance(currency, str):
            self.fail("shape")
        if not AMOUNT.fullmatch(amount):
            self.fail("shape")
        if len(currency) != 3 or not currency.isascii() or not currency.isupper():
            self.fail("currency", currency=currency)
        try:
            money = Money.of(amount, currency)
        except Refusal as refusal:
            raise serializers.ValidationError(refusal.text, refusal.code) from None
        if money.minor < 0 and not self.allow_negative:
            self.fail("sign")
        return money

    def to_representation(self, value: Money) -> dict[str, str]:
        return {"amount": f"{value.amount:f}", "currency": value.currency}


class MomentField(serializers.DateTimeField):
    """An instant: RFC 3339, always in UTC, ending in Z; read only with a zone."""

    default_error_messages = {
        "zone": "Say the time zone, like 2026-11-21T09:00:00Z.",
        "long": "Write a moment like 2026-11-21T09:00:00Z.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str) and len(value) > MOMENT_LENGTH:
            self.fail("long")
        if isinstance(value, str) and _has_no_zone(value):
            self.fail("zone")
        return super().to_internal_value(value).astimezone(UTC)

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class IdField(serializers.UUIDField):
    """An id, written as this API writes it; the framework would read a number, too."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, UUID) and not (isinstance(data, str) and len(data) == ID_LENGTH):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class WordField(serializers.CharField):
    """Free text that somebody writes: bounded, and without the one sign a database cannot hold."""

    def __init__(self, *, max_length: int = 10_000, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)


@extend_schema_field({"type": "string", "format": "binary", "maxLength": LARGEST_BYTES})
class SentFile(serializers.FileField):
    """A file in a form. Whether it is too large, and of which kind, the verb says."""


def _has_no_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.strip()).tzinfo is None
    except ValueError:
        return False  # the field itself says what is wrong
