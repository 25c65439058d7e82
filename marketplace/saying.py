"""
What the domain says, in the language of whoever reads it.

A refusal, a notice, an open item is written once, in English, where its rule stands: so the record,
the log and the outbox hold one text, whoever reads it. Here it is said again from the catalogues
`said.mo`: a text is found by its words, what stands in its gaps is carried over: amounts, days and
months of the books as the reader writes them, all else as it is. A text that no catalogue knows
stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import read_mo
from babel.numbers import format_decimal, list_currencies
from django.conf import settings
from django.utils import translation

from marketplace.money import Money
from marketplace.refusals import Refusal

ADJUSTING = "-13"  # after the twelve months of a year
_GAP = re.compile(r"%\((\w+)\)s|(?<!\{)\{(\w+)\}(?!\})")
_SENTENCES = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“])")
_MONEY = re.compile(r"(-?\d[\d,]*(?:\.\d+)?) ([A-Z]{3})")
_MOMENT = re.compile(r"(\d{1,2} [A-Z][a-z]+ \d{4})(, \d\d:\d\d)?( UTC)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTHS = re.compile(r"\d{4}-(?:0[1-9]|1[0-3])(?:, \d{4}-(?:0[1-9]|1[0-3]))*")
# What makes an English sentence worth finding: only then is anything in it written otherwise.
_FIGURES = re.compile(rf"{_MONEY.pattern}|{_DAY.pattern}|{_MONTHS.pattern}")
# No sentence, but the name of something and its amount: `Gather, 5,968.00 EUR`.
_PRICED = re.compile(r"(.+[,:] )(-?\d[\d,]*(?:\.\d+)? [A-Z]{3})(, .+)?", re.DOTALL)
# Gaps that hold what the domain says itself, and not what somebody wrote.
_SAID_TOO = {"happened", "waits", "missing", "capacity", "out_because", "label", "label2", "kind"}
_SAID_TOO |= {
    "get_kind_display",
    "get_rule_display",
    "get_control_display",
    "how",
    "why",
    "word",
    "changed",
}
# Gaps that hold what somebody wrote, or a name: not a letter of it is written otherwise.
_TYPED = {"text", "reason", "answer", "title", "refused", "no", "actor", "name", "name2", "person"}
_TYPED |= {"team", "provider", "department", "to_department", "payer", "payee", "award"}
_TYPED |= {"wanted_by", "taken_by", "answered_by"}
FEW_SIGNS = 12  # a sentence of fewer is known only with words of ours in its gaps


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with gaps: how it is recognised, and how it is said in the other language."""

    parts: tuple[str, ...]  # what stands before, between and behind the gaps
    telling: str  # the longest of them: what lacks that is not this sentence
    names: tuple[str, ...]
    told: str
    weight: int

    def gaps(self, text: str) -> list[str] | None:
        """
        Return what stands in the gaps, or nothing where this is another sentence. It goes through
        the text once: people's own words in a gap must not keep a reader waiting.
        """
        first, *between, last = self.parts
        at, end = len(first), len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        found = []
        for part in between:
            here = text.find(part, at + 1, end)
            if here < 0:
                return None
            found.append(text[at:here])
            at = here + len(part)
        return [*found, text[at:end]] if at < end else None

    def is_quoted(self, gap: int) -> bool:
        """Whether somebody's own word stands there: a title, a name, a number of a document."""
        return self.parts[gap].endswith("“") and self.parts[gap + 1].startswith("”")


def said(text: str, language: str | None = None, *, exact: bool = False) -> str:
    """
    Return what the domain says in the reader's language, or in the one named.

    :param exact: for programs: what is read in English stays to the letter as the record has it.
    """
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    base = language.partition("-")[0]
    if not text or (_is_ours(base) and (exact or not _FIGURES.search(text))):
        return text
    whole = _whole(text, base)
    if whole is not None:
        return whole
    parts = _SENTENCES.split(text)
    told = [_whole(part, base) for part in parts] if len(parts) > 1 else []
    if told and all(told):
        return " ".join(part for part in told if part)
    if hit := _PRICED.fullmatch(text):
        name, amount, rest = hit.groups(default="")
        return f"{name}{_written(amount, base)}{rest and ', ' + said(rest[2:], language)}"
    return text


def _whole(text: str, language: str) -> str | None:
    exact, patterns = _catalogue(language)
    bare = text.strip()
    told = exact.get(bare) or _filled(bare, patterns, language)
    return text.replace(bare, told, 1) if told else None


def _filled(text: str, patterns: Iterable[_Pattern], language: str) -> str | None:
    for pattern in patterns:
        if pattern.telling not in text or (gaps := pattern.gaps(text)) is None:
            continue
        values = {}
        for number, (name, value) in enumerate(zip(pattern.names, gaps, strict=True)):
            values[name] = told = value
            if not (name in _TYPED or pattern.is_quoted(number)):
                ours = name in _SAID_TOO
                values[name] = told = said(value, language) if ours else _written(value, language)
                if ours and told == value and pattern.weight < FEW_SIGNS:
                    break
        else:
            return pattern.told % values
    return None


def _written(value: str, language: str) -> str:
    """Return an amount, a moment or a day as the language writes it, and all else as it is."""
    try:
        return _formatted(value, Locale.parse(language))
    except (ValueError, ArithmeticError):  # it looked like one
        return value


def code_follows(locale: Locale) -> bool:
    """Whether a language writes a currency behind its digits: `1.450,00 EUR`."""
    return str(locale.currency_formats["standard"].pattern).endswith("\N{CURRENCY SIGN}")


def _formatted(value: str, locale: Locale) -> str:
    if hit := _MONEY.fullmatch(value):
        digits = Decimal(hit[1].replace(",", ""))
        if hit[2] not in _currencies() or not _is_as_we_write(digits, hit[2], value):
            return value  # somebody's own words
        places = -int(digits.as_tuple().exponent)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        figures = format_decimal(digits, pattern, locale)
        return "\N{NO-BREAK SPACE}".join(
            (figures, hit[2]) if code_follows(locale) else (hit[2], figures)
        )
    day_first = "d MMMM y" if _is_ours(locale.language) else "d. MMMM y"
    if hit := _MOMENT.fullmatch(value):
        # The zone is said beside it.
        day = datetime.strptime(hit[1], "%d %B %Y").date()  # noqa: DTZ007
        return format_date(day, day_first, locale=locale) + (hit[2] or "") + (hit[3] or "")
    if _DAY.fullmatch(value):
        return format_date(date.fromisoformat(value), day_first, locale=locale)
    if _MONTHS.fullmatch(value):
        return ", ".join(_month(label, locale) for label in value.split(", "))
    return value


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _is_as_we_write(amount: Decimal, currency: str, text: str) -> bool:
    """Whether a text is an amount as the house writes it: there is one way."""
    try:
        return str(Money.of(amount, currency)) == text
    except Refusal:  # it has more decimals than the currency
        return False


def _month(label: str, locale: Locale) -> str:
    if not label.endswith(ADJUSTING):
        return format_date(date.fromisoformat(f"{label}-01"), "MMMM y", locale=locale)
    with translation.override(str(locale)):
        return translation.gettext("adjusting period %(year)s") % {"year": label[:4]}


def _is_ours(language: str) -> bool:
    """Whether it is the language that the domain itself speaks."""
    return language == settings.LANGUAGE_CODE.partition("-")[0]


@cache
def _catalogue(language: str) -> tuple[dict[str, str], list[_Pattern]]:
    """
    Return the texts without a gap, and those with gaps, the most telling first. The domain's own
    language has no catalogue: its texts are what the others translate, and they say themselves.
    """
    exact: dict[str, str] = {}
    patterns = {}
    ours = _is_ours(language)
    for text, translated in _messages("*" if ours else language):
        told = text if ours else translated
        if _GAP.search(text):
            patterns[text] = _pattern(text, told)
        else:
            exact[_bare(text)] = _bare(told)
    return exact, sorted(patterns.values(), key=lambda pattern: -pattern.weight)


def _messages(language: str) -> Iterator[tuple[str, str]]:
    """Return each text that was translated, and its translation."""
    for folder in settings.LOCALE_PATHS:
        for path in sorted(Path(folder).glob(f"{language}/LC_MESSAGES/said.mo")):
            with path.open("rb") as file:
                for message in read_mo(file):
                    if message.id and message.string:
                        yield str(message.id), str(message.string)


def _pattern(text: str, told: str) -> _Pattern:
    pieces = _GAP.split(text)  # a part, its gap as %(gap)s or {gap}, a part, …
    plain = tuple(_bare(part) for part in pieces[::3])
    names = tuple(one or other for one, other in zip(pieces[1::3], pieces[2::3], strict=True))
    if "%(" not in told:
        told = _GAP.sub(r"%(\2)s", told.replace("%", "%%")).replace("{{", "{").replace("}}", "}")
    return _Pattern(plain, max(plain, key=len), names, told, sum(map(len, plain)))


def _bare(part: str) -> str:
    return part.replace("%%", "%").replace("{{", "{").replace("}}", "}")
