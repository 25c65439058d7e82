"""The rows of what was spent, kept as the columns in which they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from ledger.reports.columns import Column, Control, ControlTotal, columns
from marketplace.money import Money

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class SpendRow:
    """One group in one currency."""

    keys: tuple[str, ...]  # one per group asked for: an id, a code, 2026-11
    labels: tuple[str, ...]
    amount: Money
    count: int  # of postings


class Spent(Sequence[SpendRow]):
    """
    The rows of the paper, kept as the columns in which they came: of thousands of rows, only
    those that somebody looks at are made.
    """

    def __init__(
        self,
        words: Sequence[tuple[Words, Words]] = (),
        minors: Sequence[int] = (),
        currencies: Sequence[str] = (),
        counts: Sequence[int] = (),
    ) -> None:
        self._words, self._minors, self._currencies = words, minors, currencies
        self._counts = counts

    def __len__(self) -> int:
        return len(self._counts)

    @overload
    def __getitem__(self, at: int) -> SpendRow: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[SpendRow]: ...
    def __getitem__(self, at: int | slice) -> SpendRow | Sequence[SpendRow]:
        if isinstance(at, slice):
            return tuple(map(self._row, range(*at.indices(len(self)))))
        return self._row(range(len(self))[at])

    def _row(self, nth: int) -> SpendRow:
        return SpendRow(
            tuple([keys[nth] for keys, _ in self._words]),
            tuple([labels[nth] for _, labels in self._words]),
            Money(self._minors[nth], self._currencies[nth]),
            self._counts[nth],
        )

    @property
    def control(self) -> Control:
        """What all rows come to; the same as `control_of` these rows."""
        sums: dict[str, int] = {}
        for minor, currency in zip(self._minors, self._currencies, strict=True):
            sums[currency] = sums.get(currency, 0) + minor
        totals = [
            ControlTotal("amount", Money(sums[currency], currency)) for currency in sorted(sums)
        ]
        return Control(len(self), tuple(totals))


class At(Sequence[str]):
    """Words that are told once, and then by their place; nothing where nothing is named."""

    def __init__(self, places: Sequence[int | None], words: Words) -> None:
        self._places, self._words = places, words

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[nth] for nth in range(*at.indices(len(self)))]
        place = self._places[at]
        return "" if place is None else self._words[place]


def columns_of(group_by: Sequence[str]) -> tuple[Column[SpendRow], ...]:
    """Return the columns of such a paper: each group, then the sum."""
    named = [Column(name, _label_at(place)) for place, name in enumerate(group_by)]
    return (
        *named,
        *columns("count", currency=lambda row: row.amount.currency, amount=lambda row: row.amount),
    )


def _label_at(place: int) -> Callable[[SpendRow], str]:
    return lambda row: row.labels[place]
