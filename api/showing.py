"""
How a paper becomes an answer. The framework copies every field of a paper for each answer, and
looks for each value anew in several ways; what it finds is the same each time, so it is worked
out once for each paper and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from operator import attrgetter
from typing import Any

from rest_framework import serializers
from rest_framework.fields import ListField
from rest_framework.serializers import ListSerializer, Serializer

Show = Callable[[Any], Any]


@cache
def shower(paper: type[Serializer[Any]]) -> Show:
    """Return what shows one of these papers: an object, or a mapping, becomes plain data."""
    return _of(paper())


def _of(field: Any) -> Show:
    """Return what shows a value of this field; one that has its own way keeps it."""
    kind = type(field)
    if kind.to_representation is Serializer.to_representation:
        return _of_fields(field)
    if kind.to_representation is ListSerializer.to_representation:
        shown = _of(field.child)
        return lambda values: [shown(value) for value in values]
    if kind.to_representation is ListField.to_representation:
        inner = _none_aside(_of(field.child))
        return lambda values: [inner(value) for value in values]
    own: Show = field.to_representation
    return own


def _of_fields(paper: Any) -> Show:
    parts = [
        (name, _getter(field), _none_aside(_of(field)))
        for name, field in paper.fields.items()
        if not field.write_only
    ]

    def show(value: Any) -> Any:
        if not isinstance(value, Mapping):
            with suppress(AttributeError):  # what may be left out, the framework leaves out
                return {name: shown(get(value)) for name, get, shown in parts}
        return paper.to_representation(value)

    return show


def _getter(field: Any) -> Callable[[Any], Any]:
    """Return what reads a field's value of an object, as `source` says."""
    if type(field).get_attribute is not serializers.Field.get_attribute:
        own: Callable[[Any], Any] = field.get_attribute
        return own
    if not field.source_attrs:
        return lambda value: value
    read = attrgetter(".".join(field.source_attrs))

    def called(value: Any) -> Any:
        found = read(value)
        return found() if callable(found) else found

    return called


def _none_aside(shown: Show) -> Show:
    return lambda value: None if value is None else shown(value)
