"""How the reader wants the pages: theme, language and time zone, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

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


class AppearanceMiddleware:
    """
    Writes pages in the reader's language and times in their zone.

    What this browser remembers comes first, then what the account says; else the language is the
    browser's own and the zone is the company's. Programs say their language with each request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if language and not chosen and not request.path_info.startswith("/api/"):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        name = request.COOKIES.get(ZONE_COOKIE) or getattr(request.user, "time_zone", "")
        known = name if name in _zones() else settings.TIME_ZONE
        with timezone.override(ZoneInfo(known)):
            return self.get_response(request)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
