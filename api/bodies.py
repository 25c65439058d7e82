"""What somebody sends, by its shape alone. Whether it is allowed, the verbs say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from api.fields import ID_LENGTH, WordField

Serializer = serializers.Serializer[Any]


class Strict(Serializer):
    """A shape that refuses a name it does not know, rather than pass over it."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                known = ", ".join(self.fields) or "nothing"
                message = f"There is no such name here. There is: {known}."
                raise serializers.ValidationError(
                    {name: [message] for name in unknown}, "unknown_name"
                )
            self._refuse_misspelt_ids(data)
        return super().to_internal_value(data)

    def _refuse_misspelt_ids(self, data: Mapping[str, Any]) -> None:
        """An id is written in one way: the framework would read numbers and names of it, too."""
        for name, field in self.fields.items():
            said = data.get(name)
            if not isinstance(field, serializers.UUIDField) or said in (None, ""):
                continue
            if not isinstance(said, str) or len(said) != ID_LENGTH:
                message = "An id has 36 signs, like 3f0a1c52-6f0e-4d0b-9a53-0d6b5b1f7c11."
                raise serializers.ValidationError({name: [message]}, "invalid")


def refuse_empty_and_twofold(shape: Serializer, question: QueryDict) -> None:
    """
    Refuse a name of a question that says nothing, or that is said twice: the framework would take
    the first as not asked and the last of the others, and answer something else than was meant.
    """
    wrong: dict[str, list[str]] = {}
    for name, field in shape.fields.items():
        said = question.getlist(name)
        if len(said) > 1 and not isinstance(field, serializers.MultipleChoiceField):
            wrong[name] = ["Say it once."]
        elif "" in said and not getattr(field, "allow_blank", False):
            wrong[name] = ["Say something, or leave it out."]
    if wrong:
        raise serializers.ValidationError(wrong, "empty_or_twofold")


class Nothing(Strict):
    """An empty body."""


class Reason(Strict):
    """Why, in a sentence."""

    reason = WordField()


class ProviderOf(Strict):
    """Which of your providers this is for."""

    provider_id = serializers.UUIDField()


class FieldsQuery(Strict):
    """Which of the fields; all of them unless said."""

    fields_ = serializers.CharField(
        required=False,
        max_length=1_000,
        help_text="Names of the fields to answer with, separated by commas.",
    )

    def get_fields(self) -> dict[str, Any]:
        # The framework keeps its own things under the name that the question has here.
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class FormatQuery(Strict):
    """JSON, or the same rows as a file."""

    format = serializers.ChoiceField(
        ["json", "ndjson", "csv", "xlsx", "pdf", "parquet"],
        required=False,
        help_text="Says the same as an Accept header, and wins over it.",
    )


def several(of: type[Serializer], *, at_most: int, **options: Any) -> Any:
    """Return the field for a list of these. Typed loosely: the stubs know no length of it."""
    shape: Any = of
    return shape(many=True, max_length=at_most, **options)
