"""How figures, moments and spans of time are written for the reader of a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
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
    try:
        return Locale.parse((translation.get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def digits(amount: Amount) -> str:
    """Return the digits of an amount, without its currency: `−1,450.00`."""
    pattern = "#,##0" + ("." + "0" * amount.exponent if amount.exponent else "")
    value = Decimal(amount.minor).scaleb(-amount.exponent)
    return format_decimal(value, format=pattern, locale=reader_locale()).replace("-", MINUS)


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
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, format=pattern, locale=reader_locale()).replace("-", MINUS)


def fraction(part: int, whole: int) -> str:
    """Return a share as people count it, never as a lone percentage: `17 of 18`."""
    return gettext("%(part)s of %(whole)s") % {
        "part": number(part),
        "whole": number(whole),
    }


def day(on: date) -> str:
    """Return a date with its weekday and year."""
    locale = reader_locale()
    return format_date(on, format=_DAY.get(locale.language, "full"), locale=locale)


def day_short(on: date) -> str:
    """Return a date for a list, where the year is plain from what stands around it."""
    locale = reader_locale()
    return format_date(on, format=_DAY_SHORT.get(locale.language, "medium"), locale=locale)


def month(on: date) -> str:
    """Return the name of a month of the books."""
    locale = reader_locale()
    return format_date(on, format=_MONTH.get(locale.language, "MMMM y"), locale=locale)


def book_month(period: int) -> str:
    """Return what people call a month of the books within a sentence; 202611 is November 2026."""
    year, number = divmod(period, 100)
    if number == ADJUSTING:
        return gettext("adjusting period %(year)s") % {"year": year}
    return month(date(year, number, 1))


def month_short(on: date) -> str:
    """Return the name of a month where a drawing has little room and says the year elsewhere."""
    return format_date(on, format="LLL", locale=reader_locale())


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return the time of day in the reader's zone."""
    pattern = "HH:mm:ss" if seconds else "HH:mm"
    return format_datetime(timezone.localtime(at), format=pattern, locale=reader_locale())


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
    words = {
        "minute": ngettext("%(n)d minute", "%(n)d minutes", count),
        "hour": ngettext("%(n)d hour", "%(n)d hours", count),
        "day": ngettext("%(n)d day", "%(n)d days", count),
        "month": ngettext("%(n)d month", "%(n)d months", count),
        "year": ngettext("%(n)d year", "%(n)d years", count),
    }
    return words[unit] % {"n": count}


def late(due_at: datetime, *, now: datetime) -> str:
    """Return how long a date is over: `3 days late`."""
    count, unit = _in_one_unit(max(now - due_at, timedelta(seconds=_MINUTE)))
    words = {
        "minute": ngettext("%(n)d minute late", "%(n)d minutes late", count),
        "hour": ngettext("%(n)d hour late", "%(n)d hours late", count),
        "day": ngettext("%(n)d day late", "%(n)d days late", count),
        "month": ngettext("%(n)d month late", "%(n)d months late", count),
        "year": ngettext("%(n)d year late", "%(n)d years late", count),
    }
    return words[unit] % {"n": count}


def relative(at: datetime, *, now: datetime) -> str:
    """Return how far a moment is from now: `in 2 days`, `3 hours ago`, `now`."""
    ahead = at - now
    if abs(ahead) < timedelta(seconds=_MINUTE):
        return gettext("now")
    count, unit = _in_one_unit(abs(ahead))
    # Each direction is a sentence of its own, because other languages bend the noun by it.
    if ahead > timedelta(0):
        words = {
            "minute": ngettext("in %(n)d minute", "in %(n)d minutes", count),
            "hour": ngettext("in %(n)d hour", "in %(n)d hours", count),
            "day": ngettext("in %(n)d day", "in %(n)d days", count),
            "month": ngettext("in %(n)d month", "in %(n)d months", count),
            "year": ngettext("in %(n)d year", "in %(n)d years", count),
        }
    else:
        words = {
            "minute": ngettext("%(n)d minute ago", "%(n)d minutes ago", count),
            "hour": ngettext("%(n)d hour ago", "%(n)d hours ago", count),
            "day": ngettext("%(n)d day ago", "%(n)d days ago", count),
            "month": ngettext("%(n)d month ago", "%(n)d months ago", count),
            "year": ngettext("%(n)d year ago", "%(n)d years ago", count),
        }
    return words[unit] % {"n": count}


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
