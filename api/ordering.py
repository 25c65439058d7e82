"""In which order a list comes, and only what changed since: by the names of what its rows show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from rest_framework import serializers

from api.fields import MomentField, MoneyField
from marketplace.money import Money

Serializer = serializers.Serializer[Any]
PLAIN = (
    *(serializers.CharField, serializers.IntegerField, serializers.DecimalField),
    *(serializers.BooleanField, serializers.UUIDField, serializers.DateField),
    *(serializers.ChoiceField, MomentField, MoneyField),
)


@dataclass(frozen=True, slots=True)
class Updated:
    """Only rows of which one of these moments is not before one."""

    names: tuple[str, ...]
    since: datetime


class OrderingField(serializers.RegexField):
    """A field of the rows, with a sign before it for the other way round."""

    default_error_messages = {"invalid": "Name one field that the rows show, or -name."}


@cache
def order_query(answers: type[Serializer], orders: tuple[str, ...]) -> type[Serializer]:
    """Return the question of a list: by which of its fields, or in which of its own orders."""
    if orders:
        field: Any = serializers.ChoiceField(list(orders), required=False)
    else:
        names = "|".join(orderable(answers))
        field = OrderingField(
            f"^-?(?:{names})$",
            required=False,
            max_length=60,
            help_text="A field of the rows; with “-” before it from the last to the first.",
        )
    return type("OrderQuery", (serializers.Serializer,), {"ordering": field})


@cache
def orderable(answers: type[Serializer]) -> tuple[str, ...]:
    """Return the fields by which rows can be put in order: single values under their own name."""
    fields = answers().fields.items()
    return tuple(n for n, one in fields if isinstance(one, PLAIN) and one.source == n)


class UpdatedQuery(serializers.Serializer[Any]):
    """Since when."""

    updated_since = MomentField(required=False, help_text="Only what changed from then on.")


def in_order(
    items: Sequence[Any], ordering: str = "", updated: Updated | None = None
) -> Sequence[Any]:
    """Return the rows as they were asked for; what has no value comes last either way."""
    if updated is not None:
        items = [one for one in items if _moved_since(one, updated)]
    if not ordering:
        return items
    name = ordering.removeprefix("-")
    told = [(_value(one, name), one) for one in items]
    known = [pair for pair in told if pair[0] is not None]
    known.sort(key=lambda pair: _key(pair[0]), reverse=ordering.startswith("-"))
    return [one for _, one in known] + [one for value, one in told if value is None]


def _moved_since(row: Any, updated: Updated) -> bool:
    moments = (_value(row, name) for name in updated.names)
    return any(moment >= updated.since for moment in moments if moment is not None)


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)


def _key(value: Any) -> Any:
    if isinstance(value, Money):
        return value.currency, value.minor
    return value.casefold() if isinstance(value, str) else value
