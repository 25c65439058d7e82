"""What people type into the pages, and what the pages say."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from tests.cast import Cast


def typed(cast: Cast, closes_at: datetime, **changes: Any) -> dict[str, Any]:
    """What Maya types into the form of a job."""
    return {
        "title": "Summer party for 200 guests",
        "department": str(cast.marketing.pk),
        "category": str(cast.events.pk),
        "need": "Food, music and a rain plan.",
        "ceiling": "10,000.00",
        "shows_ceiling": "yes",
        "point": "75",
        "mode": "quality_to_price",
        "procedure": "quick",
        "invited": [str(cast.events_team.pk), str(cast.vera_co.pk)],
        "closes_at": f"{timezone.localtime(closes_at):%Y-%m-%dT%H:%M}",
        "bids_wanted": "2",
        "too_few_rule": "go_on",
        "rows": "2",
        "criterion-0-name": "Idea",
        "criterion-0-weight": "60",
        "criterion-1-name": "Care",
        "criterion-1-weight": "40",
        **changes,
    }


def said(answer: HttpResponse) -> str:
    """The page's words, without their markup."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def without_chance(answer: HttpResponse) -> str:
    return re.sub(
        r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode()
    )
