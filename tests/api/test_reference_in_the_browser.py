"""The browsable reference in a real browser, under our own content policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.api.conftest import DAY, NOW
from tests.cast import PASSWORD, assemble

pytestmark = pytest.mark.browser


def test_the_reference_can_be_browsed_and_nothing_is_blocked(site: str, page: Page, as_role):
    as_role("replay")
    assemble(at=NOW - DAY)
    as_role("web")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    page.goto(f"{site}/api/v1/reference/")
    page.fill("[name=login]", "adam@house.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")

    page.get_by_role("link", name="jobs", exact=True).click(timeout=30_000)
    expect(page.get_by_text("Submit a bid")).to_be_visible()
    page.get_by_role("link", name="years", exact=True).click()  # the last of them
    expect(page.get_by_text("End a year")).to_be_visible()
    page.get_by_role("link", name="reports", exact=True).click()
    page.get_by_text("Report choices").click()
    expect(page.get_by_text("One row a choice, newest first")).to_be_visible()
    assert complaints == []
