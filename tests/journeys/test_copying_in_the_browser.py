"""Long texts are copied at one press, said to be copied, and selected by hand without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.builders import NOON
from tests.cast import assemble
from tests.journeys.test_books_in_the_browser import signed_in

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def test_the_line_for_a_terminal_is_copied_by_the_keyboard(
    committed: str, as_role: Callable[[str], None], site: str, browser: Browser
) -> None:
    as_role("replay")
    cast = assemble(at=NOON)
    as_role("web")
    seat = signed_in(browser, site, cast.maya, permissions=["clipboard-read", "clipboard-write"])
    page = seat.new_page()
    page.goto(f"{site}/help/reports/")
    line = page.locator("pre", has_text="curl").inner_text()

    page.get_by_role("button", name="Copy the line").focus()
    page.keyboard.press("Enter")

    expect(page.locator("main [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == line


def test_without_a_script_no_button_promises_what_it_cannot_do(
    committed: str, as_role: Callable[[str], None], site: str, browser: Browser
) -> None:
    as_role("replay")
    cast = assemble(at=NOON)
    as_role("web")
    page = signed_in(browser, site, cast.maya, java_script_enabled=False).new_page()
    page.goto(f"{site}/help/reports/")

    expect(page.locator("pre", has_text="curl")).to_be_visible()
    expect(page.locator("[data-copy]")).to_be_hidden()
