"""
Who calls with a token. One statement finds the person, notes the use to the minute, and counts the
request: so many a minute. A request that is then refused was a request, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings

from marketplace.models.people import User
from marketplace.tokens import digest_of, looks_like_a_token

WINDOW = timedelta(minutes=1)
# Counted by one statement: two requests at once cannot both take the last place. Noting every use
# would make each read a second write.
CALL = """
WITH token AS MATERIALIZED (
    SELECT t.id, t.user_id, t.scopes
    FROM marketplace_token AS t JOIN marketplace_user AS u ON u.id = t.user_id AND u.is_active
    WHERE t.digest = %(digest)s AND t.revoked_at IS NULL AND t.expires_at > %(at)s
), counted AS (
    INSERT INTO marketplace_requestcount AS c (token_id, since, used)
    SELECT id, %(at)s, 1 FROM token
    ON CONFLICT (token_id) DO UPDATE SET
        used = CASE WHEN c.since <= %(at)s - interval '1 minute' THEN 1 ELSE c.used + 1 END,
        since = CASE WHEN c.since <= %(at)s - interval '1 minute' THEN %(at)s ELSE c.since END
    RETURNING since, used
), noted AS (
    UPDATE marketplace_token AS t SET used_at = %(at)s FROM token
    WHERE t.id = token.id
        AND (t.used_at IS NULL OR t.used_at < %(at)s::timestamptz - interval '1 minute')
)
SELECT u.*, token.scopes AS call_scopes, counted.since AS call_since, counted.used AS call_used
FROM token JOIN marketplace_user AS u ON u.id = token.user_id CROSS JOIN counted
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """The person that a token stands for, its scopes, and in how many seconds to come again."""

    user: User
    scopes: frozenset[str]
    wait_seconds: int  # 0: now is right


def caller_of(*, secret: str, at: datetime) -> Caller | None:
    """Count a request made with this token, and say whose it is; None when it opens nothing."""
    if not looks_like_a_token(secret):
        return None
    for user in User.objects.raw(CALL, {"at": at, "digest": digest_of(secret)}):
        said: Any = user
        wait = _seconds_to_wait(said.call_since, said.call_used, at)
        return Caller(user, frozenset(said.call_scopes), wait)
    return None


def _seconds_to_wait(since: datetime, used: int, at: datetime) -> int:
    if used <= settings.API_REQUESTS_PER_MINUTE:
        return 0
    return max(1, ceil((since + WINDOW - at).total_seconds()))
