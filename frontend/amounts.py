"""Reading an amount as people type it: `1,234.50`, `1.234,50`, `1 234,5`, `EUR 99`."""

from __future__ import annotations

import re

from django.utils.translation import gettext

from frontend import formats
from marketplace.money import Money, NotAnAmount

_SPACES = re.compile(r"[\s\u00a0\u202f'’_]")
_PLAIN = re.compile(r"-?\d+(\.\d+)?")


def read_amount(text: str, *, currency: str) -> Money:
    """
    Return the amount that somebody typed, in the reader's or in the other way of writing.

    :raises NotAnAmount: it is none, has too many decimals, or names another currency.
    """
    typed = text.strip().replace(formats.MINUS, "-")
    code = re.search(r"(?i)^[a-z]{3}\b|\b[a-z]{3}$", typed)
    if code and re.search(r"\d", typed):
        if code.group().upper() != currency:
            raise NotAnAmount(
                gettext("This is in %(currency)s; leave the currency out.") % {"currency": currency}
            )
        typed = typed.replace(code.group(), "")
    bare = _decimal_point(_SPACES.sub("", typed))
    if bare is None or not _PLAIN.fullmatch(bare):
        raise NotAnAmount(
            gettext("“%(text)s” is not an amount; write it like %(example)s.")
            % {"text": text.strip(), "example": example(currency)}
        )
    try:
        return Money.of(bare, currency)
    except NotAnAmount:
        raise NotAnAmount(
            gettext("“%(text)s” cannot be booked; write it like %(example)s.")
            % {"text": text.strip(), "example": example(currency)}
        ) from None


def example(currency: str) -> str:
    """Return an amount of this currency as the reader would write it."""
    return formats.digits(Money.of(1234, currency))


def _decimal_point(text: str) -> str | None:
    """Return the text with a point before its decimals and no grouping; None if it is unclear."""
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return text
    last = marks[-1]
    other = "," if last == "." else "."
    if marks.count(last) == 1 and (other in marks or last == _reader_point()):
        # Both marks are there, or the reader's own decimal mark: the last one ends the units.
        units, _, rest = text.rpartition(last)
        return _ungrouped(units, other, rest)
    if other in marks:
        return None
    if _is_grouped(text, last):
        return text.replace(last, "")
    # `12,5` typed by a reader of points: only grouping by three could mean anything else.
    return text.replace(last, ".") if marks.count(last) == 1 else None


def _ungrouped(units: str, mark: str, rest: str) -> str | None:
    if mark in units and not _is_grouped(units, mark):
        return None
    return f"{units.replace(mark, '')}.{rest}"


def _is_grouped(text: str, mark: str) -> bool:
    head, *groups = text.lstrip("-").split(mark)
    return (
        1 <= len(head) <= 3
        and all(len(group) in (2, 3) for group in groups[:-1])
        and (len(groups[-1]) == 3)
    )


def _reader_point() -> str:
    return str(formats.reader_locale().number_symbols["latn"]["decimal"])
