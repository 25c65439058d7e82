"""How the reader wants the pages: theme, language and time zone, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

THEME_COOKIE: Final = "theme"
KEYS_COOKIE: Final = "keys"
ZONE_COOKIE: Final = "zone"
THEMES: Final = ("light", "dark")
_KEPT_FOR = timedelta(days=365)


def theme_of(request: HttpRequest) -> str:
    """Return `light` or `dark`, or an empty text where the system decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def keys_are_on(request: HttpRequest) -> bool:
    """Return whether single keys act; everybody may turn them off (WCAG 2.1.4)."""
    return request.COOKIES.get(KEYS_COOKIE) != "off"


def keep(response: HttpResponse, name: str, value: str, *, secure: bool) -> None:
    """Let the reader's browser remember a choice for a year; an empty one is forgotten."""
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(
        name, value, max_age=_KEPT_FOR, secure=secure, httponly=True, samesite="Lax"
    )


class ZoneMiddleware:
    """Writes times in the reader's zone: the one they chose, else their account's, else ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(ZONE_COOKIE) or getattr(request.user, "time_zone", "")
        known = name if name in _zones() else settings.TIME_ZONE
        with timezone.override(ZoneInfo(known)):
            return self.get_response(request)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
