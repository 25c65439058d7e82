"""How often a token may ask: so many requests a minute, counted by one statement."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import connection

from marketplace.tokens import digest_of

WINDOW = timedelta(minutes=1)
# Read and written in one statement: two requests at once cannot both take the last place.
COUNT = """
INSERT INTO marketplace_requestcount AS c (token_id, since, used)
SELECT id, %(at)s, 1 FROM marketplace_token WHERE digest = %(digest)s
ON CONFLICT (token_id) DO UPDATE SET
    used = CASE WHEN c.since <= %(at)s - interval '1 minute' THEN 1 ELSE c.used + 1 END,
    since = CASE WHEN c.since <= %(at)s - interval '1 minute' THEN %(at)s ELSE c.since END
RETURNING since, used
"""


def seconds_to_wait(*, secret: str, at: datetime) -> int:
    """Count a request made with this token; return 0, or in how many seconds to come again."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"at": at, "digest": digest_of(secret)})
        counted = cursor.fetchone()
    if counted is None or counted[1] <= settings.API_REQUESTS_PER_MINUTE:
        return 0
    since: datetime = counted[0]
    return max(1, ceil((since + WINDOW - at).total_seconds()))
