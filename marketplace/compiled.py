"""
Statements that find one row by its id, compiled once and then asked with another id each time.

Django writes the SQL of a query anew at every call. For a wide row with its relations that costs
several times what PostgreSQL needs to answer, and every verb begins by finding rows.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections, models
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull
from django.db.models.query import ModelIterable
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join

Row = TypeVar("Row", bound=models.Model)
Shape = tuple[object, ...]

EVERY_COLUMN = (frozenset[str](), True)


class Statement(SQLCompiler):
    """The SQL for one row of one shape, on one connection; it stands for the query it came from."""

    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        self.model, self.db = queryset.model, queryset.db
        query = queryset.order_by().filter(pk=UUID(int=0)).query
        super().__init__(query, connections[self.db], self.db)
        self.text, params = super().as_sql()
        self.is_fit = list(params) == [UUID(int=0)]
        self.id: UUID | None = None

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return the same text as ever, and the id that is asked for now."""
        return self.text, (self.id,)

    def row(self, id: UUID) -> Any:
        """Return the row with this id. :raises ObjectDoesNotExist: there is none."""
        self.id = id
        rows: Any = ModelIterable(_Asked(self))  # type: ignore[arg-type]
        for row in rows:
            return row
        raise self.model.DoesNotExist


class _Asked:
    """What `ModelIterable` needs to know of a queryset."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, statement: Statement) -> None:
        self.query, self.db, self.model = self, statement.db, statement.model
        self.statement = statement

    def get_compiler(self, using: str) -> Statement:
        return self.statement


class _Kept(threading.local):
    """A connection belongs to one thread, and so do the statements made for it."""

    def __init__(self) -> None:
        self.statements: dict[Shape, Statement] = {}


kept = _Kept()


def statement_for(queryset: models.QuerySet[Any]) -> Statement | None:
    """Return the statement that finds one of these rows, or None where theirs is not kept."""
    shape = _shape_of(queryset)
    connection = connections[queryset.db]
    if shape is None:
        return None
    if queryset.query.select_for_update and not connection.in_atomic_block:
        return None  # Django says what is wrong with that
    statement = kept.statements.get(shape)
    if statement is None or statement.connection is not connection:
        statement = kept.statements[shape] = Statement(queryset)
    return statement if statement.is_fit else None


def _shape_of(queryset: models.QuerySet[Any]) -> Shape | None:
    """
    Return what makes one query's SQL another's, or None for any that compares with a value: those
    values would have to be told apart, and a person who sees less must never get another's SQL.
    """
    rows: Any = queryset
    query: Query = queryset.query
    if (
        rows._iterable_class is not ModelIterable  # noqa: SLF001 - Django has no public name
        or rows._known_related_objects  # noqa: SLF001
        or rows._prefetch_related_lookups  # noqa: SLF001
        or query.annotations
        or query.extra
        or query.distinct
        or query.combinator
        or query.is_sliced
        or query.deferred_loading != EVERY_COLUMN
        or query.where.negated
    ):
        return None
    conditions: list[Shape] = []
    children: list[Any] = query.where.children
    for condition in children:
        if not isinstance(condition, IsNull) or type(condition.lhs) is not Col:
            return None
        column = condition.lhs
        conditions.append((type(condition), column.alias, column.target.column, condition.rhs))
    joins = [join for join in query.alias_map.values() if isinstance(join, Join)]
    if any(join.filtered_relation for join in joins):
        return None
    return (
        queryset.db,
        queryset.model,
        tuple((join.table_alias, join.parent_alias, join.join_cols) for join in joins),
        repr(query.select_related),
        query.where.connector,
        tuple(conditions),
        query.select_for_update,
        query.select_for_update_of,
        query.select_for_update_nowait,
        query.select_for_update_skip_locked,
        query.select_for_no_key_update,
    )
