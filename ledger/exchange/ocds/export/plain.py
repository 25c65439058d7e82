"""Values as OCDS writes them. Nothing empty is written: what is not stated is left out."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from marketplace.money import Money

Plain = dict[str, Any]

# An amount is a JSON number, digit for digit: a float would round the large ones. JSON's writer
# knows no decimals, so they travel as marked texts. No text of the database holds a NUL.
MARK = "\x00"
MARKED = re.compile(r'"\\u0000([^"]*)"')


def value(money: Money | None) -> Plain | None:
    """Return an amount with its currency."""
    return None if money is None else {"amount": money.amount, "currency": money.currency}


def moment(at: datetime | None) -> str | None:
    """Return a moment in UTC, with a fraction only where it has one."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    """Return a day as the moment at which it begins: OCDS knows moments only."""
    return None if on is None else moment(datetime.combine(on, time.min, UTC))


def reference(id: str, name: str) -> Plain:
    """Return what points to an organisation of `parties`."""
    return {"id": id, "name": name}


def tidy(told: Any) -> Any:
    """Return the same without anything that is empty."""
    if isinstance(told, dict):
        kept = {key: tidy(item) for key, item in told.items()}
        return {key: item for key, item in kept.items() if not _is_empty(item)}
    if isinstance(told, list | tuple):
        return [item for item in map(tidy, told) if not _is_empty(item)]
    return told


def as_json(told: Any) -> str:
    """Return a value as one line of JSON, amounts exact."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return MARKED.sub(r"\1", text)


def _marked(told: Any) -> str:
    if isinstance(told, Decimal):
        return f"{MARK}{told:f}"
    raise TypeError(f"{type(told).__name__} is not told in OCDS")


def _is_empty(told: Any) -> bool:
    return told is None or told in ("", [], {})
