"""What stands in an address: an id, a month, a day. What is none of these is no such page."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from marketplace.refusals import Unknown


def id_asked(request: HttpRequest, name: str) -> UUID | None:
    """Return the id that was asked for, None without one. :raises Unknown: it is no id."""
    told = request.GET.get(name)
    if not told:
        return None
    try:
        return UUID(told)
    except ValueError:
        raise Unknown("There is no such thing.") from None


def month_asked(request: HttpRequest, name: str, *, otherwise: date) -> date:
    """Return the first day of the month asked for (2026-11). :raises BadRequest: it is none."""
    told = request.GET.get(name)
    if not told:
        return otherwise.replace(day=1)
    try:
        return date.fromisoformat(f"{told}-01")
    except ValueError:
        raise BadRequest("Write a month like 2026-11.") from None


def day_asked(request: HttpRequest, name: str) -> date | None:
    """Return the day asked for, None without one. :raises BadRequest: it is none."""
    told = request.GET.get(name)
    if not told:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise BadRequest("Write a day like 2026-11-30.") from None


def number_asked(request: HttpRequest, name: str) -> int | None:
    """Return the whole number asked for, None without one. :raises BadRequest: it is none."""
    told = request.GET.get(name)
    if not told:
        return None
    if not told.isdecimal() or len(told) > 9:
        raise BadRequest("Write a whole number.")
    return int(told)


def year_asked(request: HttpRequest, name: str, *, otherwise: date) -> int:
    """Return the year asked for. :raises BadRequest: it is none of this century."""
    year = number_asked(request, name) or otherwise.year
    if not 2000 <= year <= 2100:
        raise BadRequest("Write a year like 2026.")
    return year


def last_of(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def next_to(month: date, *, by: int) -> date:
    """Return the first day of a month so many months away."""
    months = month.year * 12 + month.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)
