"""What a provider's people type and send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from marketplace.models.jobs import Job
from tests.builders import DAY, NOON
from tests.cast import Cast

NOW: datetime = NOON + DAY  # the day after the job was published


@contextmanager
def it_is(moment: datetime) -> Iterator[None]:
    """Let every clock say so, and nobody's sign-in be old."""
    with (
        patch("marketplace.project.clock.database_now", return_value=moment),
        patch("marketplace.project.clock.process_now", return_value=moment),
        patch("frontend.rendering._signed_in_lately", return_value=True),
    ):
        yield


def typed(job: Job, **changes: str) -> dict[str, str]:
    """Return what Pia types: two lines of a price, one milestone."""
    return {
        "lines": "3",
        "parts": "1",
        "line-0-kind": "labour",
        "line-0-text": "Four people, two days",
        "line-0-amount": "2,000.00",
        "line-1-kind": "materials",
        "line-1-text": "Tables, lights",
        "line-1-amount": "760",
        "line-2-kind": "labour",
        "line-2-text": "",
        "line-2-amount": "",
        "part-0-title": "The party",
        "part-0-due_on": "2026-06-20",
        "part-0-amount": "3000",
        "approach": "A long table under the lindens.",
        **{f"answer-{one.pk}": f"Our {one.name}." for one in job.criteria.all()},
        **changes,
    }


def address(name: str, cast: Cast, job: Job) -> str:
    return reverse(name, args=[job.pk, cast.events_team.pk])


def send(client: Client, path: str, data: dict[str, str] | None = None, **words: Any) -> Any:
    """Send a form."""
    return client.post(path, data or {}, **words)


def check_and_submit(client: Client, cast: Cast, job: Job) -> HttpResponse:
    path = address("bid-submit", cast, job)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(path).content.decode())
    assert seen
    answer: HttpResponse = send(client, path, {"seen": seen[1]})
    return answer
