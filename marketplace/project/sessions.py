"""A session ends an hour after the last request and twelve hours after signing in."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from marketplace.project.clock import ReceivedRequest

# Writing the session at every request would turn every read into a write.
REFRESH_AFTER_SECONDS = 5 * 60


class SessionAgeMiddleware:
    """Sign people out when their session is too old; prolong it when they are active."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = cast(ReceivedRequest, request).received_at.timestamp()
        session = request.session
        began = session.setdefault("began_at", now)
        if now - began > settings.SESSION_AGE_MAX_SECONDS:
            logout(request)
        elif now - session.get("seen_at", 0) > REFRESH_AFTER_SECONDS:
            session["seen_at"] = now
