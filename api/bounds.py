"""
How large anything may be, as the description says it. What is sent has the limits of its own
field, which refuses what is larger; what is answered is never larger than is said here.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from api.fields import ID_LENGTH, MOMENT_LENGTH

INTEGER_MAX = 2**63 - 1  # what a column of the database holds
LENGTHS = {"uuid": ID_LENGTH, "date": 10, "date-time": MOMENT_LENGTH}
PLACE_LENGTH = 60  # of a name in an address: there is nothing at a longer one
# Of answers alone. A text here has limits of its own far below it; of a file's size nothing is
# promised but that it is one.
ANSWERS = {"text": 100_000, "binary": 2_000_000_000, "list": 1_000_000}


class Described(AutoSchema):
    """Says of a list how long it may be, where the describing library leaves it out."""

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Any:
        described: Any = super()
        schema = described._map_serializer_field(field, direction, bypass_extensions)  # noqa: SLF001
        longest = getattr(field, "max_length", None)
        several = (serializers.ListSerializer, serializers.MultipleChoiceField)
        if isinstance(field, several) and longest is not None:
            schema = schema | {"maxItems": longest}
        return schema


def with_bounds(result: dict[str, Any]) -> None:
    """Add the bounds that follow from the kind of a thing."""
    shapes = result.get("components", {}).get("schemas", {})
    for name, shape in shapes.items():
        _bound(shape, is_sent=name.endswith("Request"))
    for operations in result["paths"].values():
        for told in operations.values():
            for part, node in told.items():
                _bound(node, is_sent=part in ("parameters", "requestBody"))
            for one in told.get("parameters", ()):
                if one["in"] == "path" and one["schema"]["type"] == "string":
                    one["schema"].setdefault("maxLength", PLACE_LENGTH)


def _bound(node: Any, *, is_sent: bool) -> None:
    if isinstance(node, dict):
        kinds = node.get("type", ())
        for kind in (kinds,) if isinstance(kinds, str) else kinds:
            _bound_one(node, kind, is_sent=is_sent)
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _bound(one, is_sent=is_sent)


def _bound_one(schema: dict[str, Any], kind: Any, *, is_sent: bool) -> None:
    format = schema.get("format", "")
    if kind == "integer":
        for name, usual in (
            *(("format", "int64"), ("minimum", -INTEGER_MAX), ("maximum", INTEGER_MAX)),
        ):
            schema.setdefault(name, usual)
    elif kind == "string" and format in LENGTHS:
        schema.setdefault("maxLength", LENGTHS[format])
    elif kind == "string" and not is_sent and not {"enum", "const"} & schema.keys():
        schema.setdefault("maxLength", ANSWERS.get(format, ANSWERS["text"]))
    elif kind == "array" and not is_sent:
        schema.setdefault("maxItems", ANSWERS["list"])
