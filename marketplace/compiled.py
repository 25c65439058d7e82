"""
Questions to the database whose SQL is written once, and then asked with other values each time.

Django writes the SQL of a query anew at every call, and works out anew how rows become objects.
That costs several times what PostgreSQL needs to answer, and every verb begins by finding rows.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join

from marketplace.among import Found
from marketplace.prepared import answered

Row = TypeVar("Row")
Shape = tuple[object, ...]

EVERY_COLUMN = (frozenset[str](), True)

# What stands for a value while the SQL is written, so that its place is found again. The n-th of
# a kind; none is ever sent, and each fits the narrowest column of its kind.
MARKS: dict[type, Callable[[int], Any]] = {
    UUID: lambda n: UUID(int=n),
    str: lambda n: f"\x00{n}",
    int: lambda n: 32_000 + n,
    date: lambda n: date(1, 1, 1 + n),
    datetime: lambda n: datetime(1, 1, 1 + n, tzinfo=UTC),
    list: lambda n: [UUID(int=n)],  # ids, compared by `among`
    Found: lambda n: [UUID(int=n)],
}
PLACE = re.compile(r"(?<!%)((?:%%)*)%s")


class Statement:
    """The SQL of one question on one connection, and how its rows become objects."""

    def __init__(self, queryset: models.QuerySet[Any, Any], query: Query, marks: Sequence[Any]):
        self.connection, self.db = connections[queryset.db], queryset.db
        self.compiler: Any = query.get_compiler(self.db)
        self.is_fit, self.locks = True, query.select_for_update
        try:
            self.text, params = self.compiler.as_sql()
        except EmptyResultSet:
            self.is_fit = False
            return
        self.params = list(params)
        self.places = [
            (place, number, None if type(param) is type(mark) else type(param))
            for place, param in enumerate(self.params)
            for number, mark in enumerate(marks)
            if isinstance(param, type(mark)) and param == mark
        ]
        # A value that Django worked into another form has no place: asked as any other query.
        self.is_fit = {number for _, number, _ in self.places} == set(range(len(marks)))
        columns = [each[0] for each in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)
        self.make = self._maker(getattr(queryset, "_iterable_class", ModelIterable))

    def rows(self, values: Sequence[Any]) -> list[Any]:
        """Return what is found for these values, in the order of the marks."""
        text, params = self.text, list(self.params)
        for place, number, kind in reversed(self.places):
            value = values[number]
            if isinstance(value, Found):
                inner, more = value.sql()
                text, params[place : place + 1] = _put(text, place, inner), more
            else:
                params[place] = value if kind is None else kind(value)
        found: Any = answered(text, params)
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        return [self.make(row) for row in found]

    def _maker(self, iterable: type) -> Callable[[Sequence[Any]], Any]:
        """Return what makes one result of one row, as Django's own iterables do."""
        info = self.compiler.klass_info
        if iterable is FlatValuesListIterable:
            return lambda row: row[0]
        if info is None or iterable is ValuesListIterable:
            return tuple
        self.is_fit = self.is_fit and iterable is ModelIterable
        start, end = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [each[0].target.attname for each in self.compiler.select[start:end]]
        related = get_related_populators(info, self.compiler.select, self.db)  # type: ignore[call-arg]
        annotated = list((self.compiler.annotation_col_map or {}).items())
        model, db = info["model"], self.db

        def make(row: Sequence[Any]) -> Any:
            made = model.from_db(db, names, row[start:end])
            for each in related:
                each.populate(row, made)
            for name, place in annotated:
                setattr(made, name, row[place])
            return made

        return make


def _put(text: str, place: int, inner: str) -> str:
    """Return the SQL with another in place of its n-th value."""
    sign = next(islice(PLACE.finditer(text), place, None))
    return f"{text[: sign.end() - 2]}{inner}{text[sign.end() :]}"


class _Kept(threading.local):
    """A connection belongs to one thread, and so do the statements made for it."""

    def __init__(self) -> None:
        self.statements: dict[Shape, Statement] = {}


kept = _Kept()


class Kept(Generic[Row]):
    """
    A question whose SQL is kept: it decorates a function that returns a queryset, whose arguments
    are values to compare with, and nothing that makes another SQL of it.

        @Kept
        def bids_of(job: UUID, provider: UUID) -> QuerySet[Bid]: ...

        bids_of.all(job.pk, provider.pk)
    """

    def __init__(self, ask: Callable[..., models.QuerySet[Any, Row]]) -> None:
        self.ask = ask

    def all(self, *values: Any) -> list[Row]:
        """Return every row."""
        statement = self._statement("all", values, lambda found: found.query)
        return list(self.ask(*values)) if statement is None else statement.rows(values)

    def first(self, *values: Any) -> Row | None:
        """Return the first row, in the order of the question or else of the key, if any."""
        statement = self._statement("first", values, lambda found: _one(found).query)
        if statement is None:
            return self.ask(*values).first()
        rows = statement.rows(values)
        return rows[0] if rows else None

    def exists(self, *values: Any) -> bool:
        """Whether there is any row."""
        statement = self._statement("exists", values, lambda found: found.query.exists())
        return self.ask(*values).exists() if statement is None else bool(statement.rows(values))

    def _statement(
        self, how: str, values: Sequence[Any], query: Callable[[Any], Query]
    ) -> Statement | None:
        # A missing value makes another SQL, and so may a kind of value that has no mark.
        kinds = tuple(map(type, values))
        if not all(kind in MARKS for kind in kinds):
            return None
        key = (self, how, kinds)
        statement = kept.statements.get(key)
        if statement is None or statement.connection is not connections[statement.db]:
            marks = [MARKS[kind](number) for number, kind in enumerate(kinds)]
            found = self.ask(*marks)
            statement = kept.statements[key] = Statement(found, query(found), marks)
        if not statement.is_fit:
            return None
        # Outside a transaction nothing is locked: Django says so.
        if statement.locks and not statement.connection.in_atomic_block:
            return None
        return statement


def _one(queryset: models.QuerySet[Any, Any]) -> models.QuerySet[Any, Any]:
    return (queryset if queryset.ordered else queryset.order_by("pk"))[:1]


def statement_for(queryset: models.QuerySet[Any]) -> Statement | None:
    """Return the statement that finds one of these rows by its id, or None: theirs is not kept."""
    shape = _shape_of(queryset)
    connection = connections[queryset.db]
    if shape is None:
        return None
    if queryset.query.select_for_update and not connection.in_atomic_block:
        return None  # Django says what is wrong with that
    statement = kept.statements.get(shape)
    if statement is None or statement.connection is not connection:
        mark = MARKS[UUID](0)
        query = queryset.order_by().filter(pk=mark).query
        statement = kept.statements[shape] = Statement(queryset, query, [mark])
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
