"""
What answers look like. A paper is declared by the names of the fields it shows, one by one:
a field that a read grows later stays hidden until somebody names it here.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from rest_framework import serializers

from api.fields import MomentField, MoneyField
from marketplace.money import Money

Field = serializers.Field[Any, Any, Any, Any]
Serializer = serializers.Serializer[Any]


class FigureField(serializers.DecimalField):
    """A figure as a text, with the digits it has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **options)


PLAIN: dict[type, type[Field]] = {
    str: serializers.CharField,
    int: serializers.IntegerField,
    bool: serializers.BooleanField,
    UUID: serializers.UUIDField,
    datetime: MomentField,
    date: serializers.DateField,
    Money: MoneyField,
    Decimal: FigureField,
}
_papers: dict[type, type[Serializer]] = {}


def paper(of: type, *names: str, title: str = "", **own: Field) -> type[Serializer]:
    """
    Return the serializer that shows these fields of a read's dataclass, with their types.

    A dataclass within it must have its own paper already. `own` fields are added as they are.
    """
    hints = get_type_hints(of)
    known = {field.name for field in fields(of)}
    unknown = set(names) - known
    if unknown:
        raise TypeError(f"{of.__name__} has no {', '.join(sorted(unknown))}.")
    members: dict[str, Any] = {name: _field(hints[name], name, of) for name in names}
    members |= own | {"__doc__": of.__doc__}
    made = type(f"{title or of.__name__}Out", (serializers.Serializer,), members)
    _papers.setdefault(of, made)
    return made


def _field(hint: Any, name: str, of: type, **options: Any) -> Field:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (plain,) = (part for part in inside if part is not NoneType)
        return _field(plain, name, of, allow_null=True, **options)
    if origin in {tuple, list, frozenset}:
        return _list(inside, name, of, **options)
    if isinstance(hint, type) and issubclass(hint, Enum):
        values = [member.value for member in hint]
        return serializers.ChoiceField(values, read_only=True, **options)
    made = PLAIN.get(hint) or _papers.get(hint)
    if made is None:
        raise TypeError(f"{of.__name__}.{name}: {hint} has no paper yet.")
    return made(read_only=True, **options)


def _list(inside: tuple[Any, ...], name: str, of: type, **options: Any) -> Field:
    if len(inside) == 2 and inside[1] is not Ellipsis:
        raise TypeError(f"{of.__name__}.{name}: say with pairs() what the two are.")
    if inside[0] in _papers:
        return _papers[inside[0]](many=True, read_only=True, **options)
    return serializers.ListField(child=_field(inside[0], name, of), read_only=True, **options)


def pairs(title: str, **parts: Field) -> Field:
    """Return a field for a list of tuples, each shown as an object with these names."""
    field: Field = type(f"{title}Out", (_Pair,), dict(parts))(many=True, read_only=True)
    return field


class _Pair(Serializer):
    def to_representation(self, instance: tuple[Any, ...]) -> dict[str, Any]:
        return super().to_representation(dict(zip(self.fields, instance, strict=True)))
