"""
The one clock. A request is stamped once, at the door, and everything below takes that moment.

What may write takes the database's clock, so that all web processes agree on who was in time.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ReceivedRequest(HttpRequest):
    """A request as every view gets it: with the moment of its arrival."""

    received_at: datetime


def database_now() -> datetime:
    """Return the moment by the database's clock, also in the middle of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return cast(datetime, moment).astimezone(UTC)


def process_now() -> datetime:
    return datetime.now(UTC)


class ReceivedAtMiddleware:
    """Stamp `request.received_at`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        received = cast(ReceivedRequest, request)
        received.received_at = process_now() if request.method in SAFE else database_now()
        return self.get_response(request)
