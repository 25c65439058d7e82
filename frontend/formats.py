"""How figures, moments and spans of time are written for the reader of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Protocol

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, parse_pattern
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from ledger.periods import ADJUSTING
from marketplace import saying

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"

# The house's own order of day, month and clock, per language; others read what Babel knows of them.
_DAY = {"en": "EEE d MMM y", "de": "EEE, d. MMM y"}
_DAY_SHORT = {"en": "EEE d MMM", "de": "EEE, d. MMM"}
_MONTH = {"en": "MMMM y", "de": "MMMM y"}

Words = Mapping[str, Callable[[int], str]]  # by unit; the one that fits alone is looked up

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY_SECONDS = 24 * _HOUR


class Amount(Protocol):
    """Anything that is so many minor units of a currency."""

    @property
    def minor(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def exponent(self) -> int: ...


def reader_locale() -> Locale:
    """Return the Babel locale of the language that the page is written in."""
    return _locale_of(translation.get_language() or "en")


@cache
def _locale_of(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def digits(amount: Amount) -> str:
    """Return the digits of an amount, without its currency: `−1,450.00`."""
    return number(Decimal(amount.minor).scaleb(-amount.exponent), places=amount.exponent)


def money(amount: Amount) -> str:
    """Return an amount with its ISO code where the reader looks for it: `EUR 1,450.00`."""
    code, figures = amount.currency, digits(amount)
    return NO_BREAK.join((figures, code) if code_follows() else (code, figures))


def signed_money(amount: Amount) -> str:
    """Return a difference with its ISO code, and a plus or a true minus: `EUR +50.00`."""
    code, figures = amount.currency, digits(amount)
    told = figures if figures.startswith(MINUS) else f"+{figures}"
    return NO_BREAK.join((told, code) if code_follows() else (code, told))


def code_follows() -> bool:
    """Whether the reader writes a currency behind its digits: `1.450,00 EUR`."""
    return saying.code_follows(reader_locale())


def number(value: Decimal | float, *, places: int = 0) -> str:
    """Return a plain figure in the reader's digits, rounded to so many places."""
    told: str = _pattern_of(places).apply(value, reader_locale())
    return told.replace("-", MINUS)


@cache
def _pattern_of(places: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * places if places else ""))


def fraction(part: int, whole: int) -> str:
    """Return a share as people count it, never as a lone percentage: `17 of 18`."""
    return gettext("%(part)s of %(whole)s") % {
        "part": number(part),
        "whole": number(whole),
    }


def day(on: date) -> str:
    """Return a date with its weekday and year."""
    locale = reader_locale()
    return _date(on, _DAY.get(locale.language, "full"), locale)


def day_short(on: date) -> str:
    """Return a date for a list, where the year is plain from what stands around it."""
    locale = reader_locale()
    return _date(on, _DAY_SHORT.get(locale.language, "medium"), locale)


def month(on: date) -> str:
    """Return the name of a month of the books."""
    locale = reader_locale()
    return _date(on, _MONTH.get(locale.language, "MMMM y"), locale)


# A list says the same few days again and again, and Babel reads its pattern each time.
@lru_cache(maxsize=4096)
def _date(on: date, pattern: str, locale: Locale) -> str:
    return format_date(on, format=pattern, locale=locale)


@lru_cache(maxsize=4096)
def _time(at: time, pattern: str, locale: Locale) -> str:
    return format_time(at, format=pattern, locale=locale)


def book_month(period: int) -> str:
    """Return what people call a month of the books within a sentence; 202611 is November 2026."""
    year, number = divmod(period, 100)
    if number == ADJUSTING:
        return gettext("adjusting period %(year)s") % {"year": year}
    return month(date(year, number, 1))


def month_short(on: date) -> str:
    """Return the name of a month where a drawing has little room and says the year elsewhere."""
    return _date(on, "LLL", reader_locale())


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return the time of day in the reader's zone."""
    local = timezone.localtime(at).time().replace(microsecond=0)
    if seconds:
        return _time(local, "HH:mm:ss", reader_locale())
    return _time(local.replace(second=0), "HH:mm", reader_locale())


def zone(at: datetime) -> str:
    """Return the short name of the reader's zone at that moment: `CET`, or `UTC+03`."""
    name = timezone.localtime(at).strftime("%Z")
    return f"UTC{name}" if name[:1] in "+-" else name


def moment(at: datetime, *, seconds: bool = False) -> str:
    """Return a moment in full, zone named: `Thu 3 Dec 2026, 17:00 CET`."""
    return f"{day(timezone.localtime(at).date())}, {clock(at, seconds=seconds)} {zone(at)}"


def moment_short(at: datetime, *, now: datetime) -> str:
    """Return a moment for a list: `Thu 3 Dec, 17:00`; of another year than now's, with its year."""
    on = timezone.localtime(at).date()
    is_of_this_year = on.year == timezone.localtime(now).year
    return f"{day_short(on) if is_of_this_year else day(on)}, {clock(at)}"


def span(length: timedelta) -> str:
    """Return how long something is in the one unit that fits: `3 hours`, `2 days`."""
    count, unit = _in_one_unit(length)
    words: Words = {
        "minute": lambda n: ngettext("%(n)d minute", "%(n)d minutes", n),
        "hour": lambda n: ngettext("%(n)d hour", "%(n)d hours", n),
        "day": lambda n: ngettext("%(n)d day", "%(n)d days", n),
        "month": lambda n: ngettext("%(n)d month", "%(n)d months", n),
        "year": lambda n: ngettext("%(n)d year", "%(n)d years", n),
    }
    return words[unit](count) % {"n": count}


def late(due_at: datetime, *, now: datetime) -> str:
    """Return how long a date is over: `3 days late`."""
    count, unit = _in_one_unit(max(now - due_at, timedelta(seconds=_MINUTE)))
    words: Words = {
        "minute": lambda n: ngettext("%(n)d minute late", "%(n)d minutes late", n),
        "hour": lambda n: ngettext("%(n)d hour late", "%(n)d hours late", n),
        "day": lambda n: ngettext("%(n)d day late", "%(n)d days late", n),
        "month": lambda n: ngettext("%(n)d month late", "%(n)d months late", n),
        "year": lambda n: ngettext("%(n)d year late", "%(n)d years late", n),
    }
    return words[unit](count) % {"n": count}


def relative(at: datetime, *, now: datetime) -> str:
    """Return how far a moment is from now: `in 2 days`, `3 hours ago`, `now`."""
    ahead = at - now
    if abs(ahead) < timedelta(seconds=_MINUTE):
        return gettext("now")
    count, unit = _in_one_unit(abs(ahead))
    # Each direction is a sentence of its own, because other languages bend the noun by it.
    if ahead > timedelta(0):
        words: Words = {
            "minute": lambda n: ngettext("in %(n)d minute", "in %(n)d minutes", n),
            "hour": lambda n: ngettext("in %(n)d hour", "in %(n)d hours", n),
            "day": lambda n: ngettext("in %(n)d day", "in %(n)d days", n),
            "month": lambda n: ngettext("in %(n)d month", "in %(n)d months", n),
            "year": lambda n: ngettext("in %(n)d year", "in %(n)d years", n),
        }
    else:
        words = {
            "minute": lambda n: ngettext("%(n)d minute ago", "%(n)d minutes ago", n),
            "hour": lambda n: ngettext("%(n)d hour ago", "%(n)d hours ago", n),
            "day": lambda n: ngettext("%(n)d day ago", "%(n)d days ago", n),
            "month": lambda n: ngettext("%(n)d month ago", "%(n)d months ago", n),
            "year": lambda n: ngettext("%(n)d year ago", "%(n)d years ago", n),
        }
    return words[unit](count) % {"n": count}


def _in_one_unit(length: timedelta) -> tuple[int, str]:
    """Return the count and the unit: days up to two months, because people plan in days."""
    seconds = abs(length.total_seconds())
    if seconds < 90 * _MINUTE:
        return max(1, round(seconds / _MINUTE)), "minute"
    if seconds < 36 * _HOUR:
        return round(seconds / _HOUR), "hour"
    days = round(seconds / _DAY_SECONDS)
    if days < 61:
        return days, "day"
    if days < 730:
        return round(days / 30.44), "month"
    return round(days / 365.25), "year"
