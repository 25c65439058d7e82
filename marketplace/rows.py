"""
Writing rows whose SQL is kept. `save` works out anew each time what it writes, and asks signals,
parents and defaults of the database that no row of this house has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, connection, models

from marketplace.prepared import answered, written

Row = TypeVar("Row", bound=models.Model)
Spell = Callable[[Any], Any] | None

# Values of these the driver spells as they are; the others are asked to prepare theirs.
PLAIN = (
    *(models.UUIDField, models.CharField, models.TextField, models.BooleanField),
    *(models.DateTimeField, models.DateField, models.BinaryField),
)


def insert(row: Row) -> Row:
    """Write a new row, as `save(force_insert=True)` does, and return it."""
    statement, columns, made = _insertion(type(row))
    values = [_value(row, name, spell) for name, spell in columns]
    if not made:
        written(statement, values)
    else:
        for name, value in zip(made, answered(statement, values)[0], strict=True):
            setattr(row, name, value)
    _is_stored(row)
    return row


def insert_all(rows: Iterable[Row]) -> list[Row]:
    """Write new rows of one kind with one statement, in their order, and return them."""
    found = list(rows)
    if len(found) == 1:
        return [insert(found[0])]
    if found:
        statement, columns = _insertion_of_many(type(found[0]))
        written(statement, [[_value(row, *column) for row in found] for column in columns])
    for row in found:
        _is_stored(row)
    return found


def change(row: models.Model, *names: str) -> None:
    """
    Write some fields of a row, as `save(update_fields=names)` does.

    :raises DatabaseError: there is no such row any more.
    """
    statement, columns = _update(type(row), names)
    if not written(statement, [_value(row, name, spell) for name, spell in columns]):
        raise DatabaseError(f"There is no row to change: {row!r}.")


def _is_stored(row: models.Model) -> None:
    state = row._state  # noqa: SLF001 - what the ORM does after its own INSERT
    state.adding, state.db = False, connection.alias


def _value(row: models.Model, name: str, spell: Spell) -> Any:
    value = getattr(row, name)
    return value if spell is None or value is None else spell(value)


@cache
def _insertion(model: type[models.Model]) -> tuple[str, list[tuple[str, Spell]], list[str]]:
    """Return the statement, what each of its values is, and what the database makes itself."""
    options = model._meta
    made = [each for each in options.local_concrete_fields if _is_made(each)]
    fields = [each for each in options.local_concrete_fields if each not in made]
    assert not options.parents
    names = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(_place(field) for field in fields)
    statement = f"INSERT INTO {_quoted(options.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    if made:
        statement += f" RETURNING {', '.join(_quoted(field.column) for field in made)}"
    columns = [(field.attname, _spelling(field)) for field in fields]
    return statement, columns, [field.attname for field in made]


@cache
def _insertion_of_many(model: type[models.Model]) -> tuple[str, list[tuple[str, Spell]]]:
    """Return a statement of one text for any number of rows: each value is a whole column."""
    _, columns, made = _insertion(model)
    if made:
        raise TypeError(
            f"The database fills in {made} of each {model.__name__}: insert one by one."
        )
    options = model._meta
    fields = [field for field in options.local_concrete_fields if not _is_made(field)]
    if any(hasattr(field, "base_field") for field in fields):
        raise TypeError(f"{model.__name__} has arrays, which do not stand in a column: one by one.")
    names = ", ".join(_quoted(field.column) for field in fields)
    # Without the length of a text: a cast would cut it off, and never refuse it.
    kinds = [str(field.db_type(connection)).split("(")[0] for field in fields]
    places = ", ".join(f"%s::{kind}[]" for kind in kinds)
    table = _quoted(options.db_table)
    return f"INSERT INTO {table} ({names}) SELECT * FROM unnest({places})", columns  # noqa: S608


def _is_made(field: Any) -> bool:
    """Whether the database makes the value: a key that counts, a moment, a sum."""
    return bool(field is field.model._meta.auto_field or field.generated or field.has_db_default())


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    options = model._meta
    fields: list[Any] = [options.get_field(name) for name in names]
    assert options.pk is not None
    columns = ", ".join(f"{_quoted(field.column)} = {_place(field)}" for field in fields)
    statement = (
        f"UPDATE {_quoted(options.db_table)} SET {columns}"  # noqa: S608 - names of our own
        f" WHERE {_quoted(options.pk.column)} = %s"
    )
    return statement, [(field.attname, _spelling(field)) for field in [*fields, options.pk]]


def _quoted(name: str | None) -> str:
    assert name, "abstract models have no rows"
    return connection.ops.quote_name(name)


def _place(field: Any) -> str:
    """Return the placeholder of a value; that of an array names its kind."""
    if hasattr(field, "get_placeholder"):
        return str(field.get_placeholder(None, None, connection))
    return "%s"


def _spelling(field: Any) -> Spell:
    kind = getattr(field, "target_field", field)  # of a foreign key, what it points at
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        raise TypeError(f"{field} is filled in by Django alone.")
    if isinstance(kind, PLAIN):
        return None
    return lambda value: field.get_db_prep_save(value, connection)
