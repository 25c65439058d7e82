"""The line with which a program pulls its first report, ready to be copied."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.utils import timezone

# What each scope opens that everybody who signed in may read: the first that the token has.
FIRST = {
    "reports:read": "/api/v1/reports/choices/?period={month}",
    "jobs:read": "/api/v1/me/",
}


def first_call(*, at: datetime, scopes: Collection[str] = ("reports:read",)) -> str:
    """Return a line for a terminal, or nothing where no such scope is among those given."""
    month = timezone.localtime(at).strftime("%Y-%m")
    for scope, address in FIRST.items():
        if scope in scopes:
            where = settings.SITE_URL + address.format(month=month)
            return f"curl -H 'Authorization: Bearer cb_…' '{where}'"
    return ""
