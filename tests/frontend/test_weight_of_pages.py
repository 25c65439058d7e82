"""What a page weighs: every byte comes from this house, compressed as it is sent."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from frontend.static_bundle import joined_script, joined_stylesheet

KB = 1024
MOST_TOGETHER, MOST_SCRIPT, MOST_STYLE, MOST_PAGE, MOST_REQUESTS = 150, 40, 25, 30, 12


def sent(content: bytes) -> float:
    """Return how many kilobytes are sent."""
    return len(gzip.compress(content)) / KB


def asked_by(page: str) -> list[str]:
    """Return what a browser asks for when it shows this page."""
    found = re.findall(r"<(?:script|img)[^>]+src=\"([^\"]+)\"", page)
    return found + re.findall(r"<link[^>]+rel=\"(?:stylesheet|icon)\"[^>]+href=\"([^\"]+)\"", page)


@pytest.mark.django_db
def test_a_page_is_light(maya: Client) -> None:
    for path in ("/", "/jobs/", "/jobs/new/", "/statement/", "/choices/", "/help/components/"):
        answer = maya.get(path)
        things = asked_by(answer.content.decode())

        assert answer.status_code == 200
        assert sent(answer.content) <= MOST_PAGE, path
        assert 1 + len(things) <= MOST_REQUESTS, path
        assert all(one.startswith("/static/") for one in things), path
        weights = [sent(_static(one)) for one in things]
        assert sent(answer.content) + sum(weights) <= MOST_TOGETHER, path
        scripts = [sent(_static(one)) for one in things if one.endswith(".js")]
        assert sum(scripts) <= MOST_SCRIPT, path


def test_scripts_and_styles_are_small() -> None:
    assert sent(joined_stylesheet().encode()) <= MOST_STYLE
    assert sent(joined_script().encode()) <= MOST_SCRIPT


def _static(address: str) -> bytes:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found).read_bytes()
