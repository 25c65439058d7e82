"""
One of these: a comparison whose SQL is the same however many there are, so that it can be kept
and prepared. Django's `in` writes one sign for each value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Lookup

Sql: TypeAlias = tuple[str, Sequence[Any]]


class Found:
    """The ids that a query finds, as a value to compare with; they are found first, and once."""

    def __init__(self, rows: models.QuerySet[Any]) -> None:
        self.rows = rows

    def sql(self) -> Sql:
        """Return what finds them, as an array."""
        try:
            text, values = self.rows.values("pk").query.get_compiler(self.rows.db).as_sql()
        except EmptyResultSet:
            return "ARRAY[]::uuid[]", ()
        return f"ARRAY({text})", values


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(Lookup):
    """`job__among=ids`: the ids as a list, or `Found`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison with an array."""
        left, values = self.process_lhs(compiler, connection)
        text, more = self.rhs.sql() if isinstance(self.rhs, Found) else ("%s", [list(self.rhs)])
        return f"{left} = ANY({text})", (*values, *more)
