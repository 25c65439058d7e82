"""The columns of a paper, declared beside it: the same in a page's CSV, an API's CSV and XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from marketplace.money import Money

Row = TypeVar("Row")
Cell = str | int | bool | Decimal | Money | date | datetime | UUID | None


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its name, and what a row has to say there."""

    name: str
    value: Callable[[Row], Cell]
    is_summed: bool = True  # an amount is; a balance that runs from row to row is not


def columns(*names: str, **values: Callable[[Row], Cell]) -> tuple[Column[Row], ...]:
    """Return a column for each attribute named, then one for each value given by name."""
    plain: tuple[Column[Row], ...] = tuple(Column(name, attrgetter(name)) for name in names)
    return plain + tuple(Column(name, value) for name, value in values.items())


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The sum of one column in one currency."""

    column: str
    sum: Money


@dataclass(frozen=True, slots=True)
class Control:
    """What all rows of a paper come to, so that a reader sees whether all of them arrived."""

    rows: int
    totals: tuple[ControlTotal, ...]


def control_of(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Control:
    """Return the number of rows, and the sum of each column of amounts in each currency."""
    count = 0
    sums: dict[tuple[int, str], int] = {}
    for row in rows:
        count += 1
        for place, column in enumerate(columns):
            cell = column.value(row)
            if isinstance(cell, Money) and column.is_summed:
                key = (place, cell.currency)
                sums[key] = sums.get(key, 0) + cell.minor
    totals = (
        ControlTotal(columns[place].name, Money(minor, currency))
        for (place, currency), minor in sorted(sums.items())
    )
    return Control(count, tuple(totals))
