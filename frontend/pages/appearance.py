"""The switches at the foot of every page: a plain form that posts and comes back."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from frontend.appearance import KEYS_COOKIE, THEME_COOKIE, THEMES, keep
from marketplace.people import choose_reading


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen (theme, language, keys), and go back to the page it was chosen on."""
    response = HttpResponseRedirect(_back(request))
    secure = request.is_secure()
    theme = request.POST.get("theme")
    if theme is not None:
        keep(response, THEME_COOKIE, theme if theme in THEMES else "", secure=secure)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        person = request.user
        if person.is_authenticated:  # mails and notices speak the same language from then on
            choose_reading(actor=person, language=language, time_zone=person.time_zone)
        keep(response, settings.LANGUAGE_COOKIE_NAME, language, secure=secure)
    keys = request.POST.get("keys")
    if keys is not None:
        keep(response, KEYS_COOKIE, "off" if keys == "off" else "", secure=secure)
    return response


def _back(request: HttpRequest) -> str:
    # Only to a page of ours: an address from elsewhere would make this an open door.
    back = request.POST.get("back", "")
    allowed = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if allowed else "/"
