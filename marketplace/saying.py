"""
What the domain says, in the language of whoever reads it.

A refusal, a notice, an open item is written once, in English, where its rule stands: so the record,
the log and the outbox hold one text, whoever reads it. Here it is said again from the catalogues
`said.mo`: a text is found by its words, what stands in its gaps is carried over. A text that no
catalogue knows stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import read_mo
from babel.numbers import format_decimal
from django.conf import settings
from django.utils import translation

_GAP = re.compile(r"%\((\w+)\)s")
_SENTENCES = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“])")
_MONEY = re.compile(r"(-?[\d,]+(?:\.\d+)?) ([A-Z]{3})")
_MOMENT = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Gaps that hold what the domain says itself, and not what somebody wrote.
_SAID_TOO = {"text", "waits", "missing", "capacity", "out_because", "label", "label2", "kind"}
_SAID_TOO |= {"get_kind_display", "get_rule_display", "get_control_display", "how", "why", "word"}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with gaps: how it is recognised, and how it is said in the other language."""

    shape: re.Pattern[str]
    telling: str  # its longest part without a gap: what lacks that is not this sentence
    names: tuple[str, ...]
    told: str
    weight: int


def said(text: str, language: str | None = None) -> str:
    """Return what the domain says in the reader's language, or in the one named."""
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    base = language.partition("-")[0]
    if not text or base == settings.LANGUAGE_CODE:
        return text
    whole = _whole(text, base)
    if whole is not None:
        return whole
    parts = _SENTENCES.split(text)
    told = [_whole(part, base) for part in parts] if len(parts) > 1 else []
    return " ".join(part for part in told if part) if told and all(told) else text


def _whole(text: str, language: str) -> str | None:
    exact, patterns = _catalogue(language)
    bare = text.strip()
    told = exact.get(bare) or _filled(bare, patterns, language)
    return text.replace(bare, told, 1) if told else None


def _filled(text: str, patterns: Iterable[_Pattern], language: str) -> str | None:
    for pattern in patterns:
        if pattern.telling in text and (hit := pattern.shape.fullmatch(text)):
            values = zip(pattern.names, hit.groups(), strict=True)
            return pattern.told % {name: _value(name, value, language) for name, value in values}
    return None


def _value(name: str, value: str, language: str) -> str:
    """Return what stands in a gap, its amounts and days written as the language writes them."""
    if name in _SAID_TOO:
        return said(value, language)
    locale = Locale.parse(language)
    if hit := _MONEY.fullmatch(value):
        digits = Decimal(hit[1].replace(",", ""))
        places = -int(digits.as_tuple().exponent)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return f"{hit[2]}\N{NO-BREAK SPACE}{format_decimal(digits, pattern, locale)}"
    if _MOMENT.fullmatch(value):
        at = datetime.strptime(value, "%d %B %Y, %H:%M UTC")  # noqa: DTZ007 - the zone is said
        return format_datetime(at, "d. MMMM y, HH:mm 'UTC'", locale=locale)
    if _DAY.fullmatch(value):
        return format_date(date.fromisoformat(value), "d. MMMM y", locale=locale)
    return value


@cache
def _catalogue(language: str) -> tuple[dict[str, str], list[_Pattern]]:
    """Return the texts without a gap, and those with gaps, the most telling first."""
    exact: dict[str, str] = {}
    patterns = []
    for folder in settings.LOCALE_PATHS:
        path = Path(folder) / language / "LC_MESSAGES" / "said.mo"
        if not path.exists():
            continue
        with path.open("rb") as file:
            for message in read_mo(file):
                text, told = str(message.id), str(message.string)
                if not text or not told:
                    continue
                if _GAP.search(text):
                    patterns.append(_pattern(text, told))
                else:
                    exact[text] = told
    return exact, sorted(patterns, key=lambda pattern: -pattern.weight)


def _pattern(text: str, told: str) -> _Pattern:
    parts = _GAP.split(text)
    plain = [part.replace("%%", "%") for part in parts[::2]]
    shape = "(.+?)".join(re.escape(part) for part in plain)
    return _Pattern(
        shape=re.compile(shape, re.DOTALL),
        telling=max(plain, key=len),
        names=tuple(parts[1::2]),
        told=told,
        weight=sum(map(len, plain)),
    )
