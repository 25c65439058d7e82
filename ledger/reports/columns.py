"""The columns of a paper, declared beside it: the same in a page's CSV, an API's CSV and XLSX."""

from __future__ import annotations

from collections.abc import Callable
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


def columns(*names: str, **values: Callable[[Row], Cell]) -> tuple[Column[Row], ...]:
    """Return a column for each attribute named, then one for each value given by name."""
    plain: tuple[Column[Row], ...] = tuple(Column(name, attrgetter(name)) for name in names)
    return plain + tuple(Column(name, value) for name, value in values.items())
