"""The keyboard in a real browser: the palette goes and finds, and single keys can be turned off."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests.builders import a_published_job
from tests.cast import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def maya(founded: Cast, site: str, page: Page) -> Page:
    client = Client()
    client.force_login(founded.maya)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": kept, "url": site}])
    a_published_job(founded)
    page.goto(f"{site}/")
    expect(page.locator("h1")).to_have_text("What needs you")
    return page


def test_the_palette_goes_to_a_place_finds_a_job_and_keys_turn_off(maya: Page) -> None:
    complaints: list[str] = []
    maya.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    palette = maya.locator("dialog.palette")

    maya.keyboard.press("Control+k")
    expect(palette).to_be_visible()
    maya.keyboard.type("state")
    maya.keyboard.press("Enter")
    expect(maya.locator("h1")).to_contain_text("Marketing")

    maya.keyboard.press("Control+k")
    maya.keyboard.type("sumer party")
    expect(palette.get_by_role("link", name="Summer party for 200 guests")).to_be_visible()
    maya.keyboard.press("ArrowDown")
    maya.keyboard.press("Enter")
    expect(maya.locator("h1")).to_contain_text("Summer party")

    maya.keyboard.press("Control+k")
    maya.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    maya.keyboard.press("/")
    expect(maya.locator("#search-box")).to_be_focused()
    maya.locator("body").click(position={"x": 5, "y": 400})
    maya.keyboard.press("?")
    expect(maya.locator("h1")).to_have_text("Keyboard")

    maya.get_by_role("button", name="Turn single keys off").click()
    expect(maya.get_by_role("button", name="Turn single keys on")).to_be_visible()
    maya.keyboard.press("/")
    expect(maya.locator("#search-box")).not_to_be_focused()
    maya.keyboard.press("Control+k")
    expect(palette).to_be_visible()
    assert complaints == []
