"""A value inside a release, with the way to it: asks for what it should be, and never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from babel import Locale

from marketplace.money import Money, exponent_of

CURRENCIES = frozenset(Locale("en").currencies)
LARGEST_MINOR = 10**16  # a thousand such amounts still add up in one column
FIRST_YEAR, LAST_YEAR = 1990, 2100
NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(slots=True)
class Notes:
    """What was found wrong, in the order it was met; the same remark once."""

    remarks: dict[tuple[str, str], None] = field(default_factory=dict)

    def add(self, where: str, why: str) -> None:
        self.remarks[where, why] = None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.remarks)


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a release, its JSON pointer, and where remarks on it go."""

    value: object
    pointer: str
    notes: Notes

    def at(self, *keys: str) -> Place:
        """Return the place under these keys; nothing is there when one of them is missing."""
        here = self
        for key in keys:
            here = here._member(key)
        return here

    def first(self, *keys: str) -> Place:
        """Return the first of these members that holds anything."""
        members = [self.at(key) for key in keys]
        return next((member for member in members if member), members[0])

    def items(self) -> list[Place]:
        """Return the members of a list; one lone object counts as a list of itself."""
        if isinstance(self.value, list):
            return [
                Place(value, f"{self.pointer}/{position}", self.notes)
                for position, value in enumerate(self.value)
            ]
        if isinstance(self.value, dict):
            self.remark("an object where a list belongs; read as a list of one")
            return [self]
        if self.value not in (None, ""):
            self.remark("not a list; left out")
        return []

    def objects(self) -> list[Place]:
        """Return the members of a list that are objects; others are remarked upon."""
        found = []
        for item in self.items():
            if isinstance(item.value, dict):
                found.append(item)
            elif item.value is not None:
                item.remark("not an object; left out")
        return found

    def text(self, limit: int = 2000) -> str:
        """Return printable text without margins, at most so long; empty when there is none."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | Decimal):
            self.remark("not a text; left out")
            return ""
        if isinstance(self.value, int) and abs(self.value) > 10**40:
            self.remark("a number too long to be an identifier; left out")
            return ""
        return " ".join(UNPRINTABLE.sub(" ", str(self.value)).split())[:limit]

    def moment(self) -> datetime | None:
        """Return the moment written here; without a zone it is UTC."""
        written = self.text(60)
        if not written:
            return None
        try:
            moment = datetime.fromisoformat(written)
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.remark("not a date; taken as not stated")
            return None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.remark(f"the year {moment.year} cannot be meant; taken as not stated")
            return None
        return moment

    def money(self, currency: str) -> Money | None:
        """Return the value here; it is in `currency` where it states none itself."""
        amount = self.at("amount") if isinstance(self.value, dict | list) else self
        number = amount.number()
        if number is None:
            return None
        stated = self.currency() or currency
        if not stated:
            self.remark("an amount without a currency; left out")
            return None
        # Compared by its exponent first: 1e999999 as a whole number would fill the memory.
        if number.adjusted() + exponent_of(stated) > len(str(LARGEST_MINOR)):
            amount.remark("larger than can be booked; left out")
            return None
        unit = Decimal(1).scaleb(-exponent_of(stated))
        exact = number.quantize(unit)
        if exact != number:
            amount.remark(f"{stated} has {exponent_of(stated)} decimals; rounded")
        if exact < 0:
            amount.remark("a negative amount; left out")
            return None
        minor = int(exact.scaleb(exponent_of(stated)))
        if minor > LARGEST_MINOR:
            amount.remark("larger than can be booked; left out")
            return None
        return Money(minor, stated)

    def currency(self) -> str:
        """Return the ISO code that a value states; empty when it states none that exists."""
        if not isinstance(self.value, dict):
            return ""
        place = self.at("currency")
        code = place.text(10).upper()
        if code and code not in CURRENCIES:
            place.remark("not an ISO 4217 code")
            return ""
        return code

    def number(self) -> Decimal | None:
        """Return the number here, also when it is written as plain text."""
        value = self.value
        if value is None or value == "":
            return None
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            self.remark("a number written as text; read as a number")
        elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self.remark("not a number; left out")
            return None
        try:
            number = Decimal(str(value).strip())
        except (InvalidOperation, ValueError):
            number = Decimal("NaN")
        if not number.is_finite():
            self.remark("not a number; left out")
            return None
        return number

    def remark(self, why: str) -> None:
        """Note that something here is not kept as it stands."""
        self.notes.add(self.pointer or "/", why)

    def _member(self, key: str) -> Place:
        escaped = key.replace("~", "~0").replace("/", "~1")
        value = self.value
        if isinstance(value, dict):
            return Place(value.get(key), f"{self.pointer}/{escaped}", self.notes)
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            self.remark("a list where an object belongs; its first object is read")
            position = next(n for n, item in enumerate(value) if isinstance(item, dict))
            inside = Place(value[position], f"{self.pointer}/{position}", self.notes)
            return inside._member(key)
        if value is not None and value != []:
            self.remark("not an object; left out")
        return Place(None, f"{self.pointer}/{escaped}", self.notes)

    def __bool__(self) -> bool:
        return self.value not in (None, "", [], {})


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the earliest of the moments that are known."""
    return min((moment for moment in moments if moment), default=None)
