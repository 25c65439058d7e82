"""Who asks: a person's session, or a token that stands for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from marketplace.callers import caller_of

if TYPE_CHECKING:
    from marketplace.models.people import User
    from marketplace.project.clock import ReceivedRequest

KEYWORD = b"bearer"
REFUSED = "This token opens nothing: it is mistyped, has ended, or was revoked."


class AskedTooOften(Throttled):
    """A token asks so often a minute, and no more; in words that are said in each language."""

    default_detail = "This token has asked too often."
    extra_detail_singular = extra_detail_plural = "Ask again after {wait} s."


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer cb_…`. The token's scopes become `request.auth`."""

    def authenticate(self, request: Request) -> tuple[User, frozenset[str]] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD:
            return None
        if len(words) != 2:
            raise AuthenticationFailed(REFUSED)
        received = cast("ReceivedRequest", request)
        # Outside the verb's transaction: what is refused is counted, too.
        caller = caller_of(secret=words[1].decode("latin-1"), at=received.received_at)
        if caller is None:
            raise AuthenticationFailed(REFUSED)
        if caller.wait_seconds:
            raise AskedTooOften(caller.wait_seconds)
        return caller.user, caller.scopes

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="choicebook"'
