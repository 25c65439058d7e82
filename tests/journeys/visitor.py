"""Somebody of the cast in a real browser, who leaves a picture of each step."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.cast import PASSWORD

PICTURES = Path(__file__).parents[2] / ".local" / "screenshots"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 720}
TABLET = {"width": 768, "height": 1024}


class Album:
    """The pictures of one story, numbered in its order."""

    def __init__(
        self, folder: Path = PICTURES, *, is_whole: bool = False, is_dark: bool = False
    ) -> None:
        self.folder = folder
        self.is_whole = is_whole  # on a tablet too, and all of it again in the dark
        self.is_dark = is_dark or is_whole
        self.numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()

    def keep(self, page: Page, name: str) -> None:
        """Keep the whole page, as it stands on a desk and on a phone, and let axe look at it."""
        called = f"{next(self.numbers):02}-{name}"
        self._look(page, called)
        if self.is_dark:
            page.emulate_media(color_scheme="dark")
            self._look(page, f"{called}-dark")
            page.emulate_media(color_scheme="light")

    def _look(self, page: Page, called: str) -> None:
        sizes = [("desk", WIDE), ("phone", PHONE), *([("tablet", TABLET)] * self.is_whole)]
        for size, viewport in sizes:
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            page.screenshot(path=self.folder / f"{called}-{size}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], (
                f"{called} scrolls sideways on a {size}"
            )
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        wrong = [one["help"] for one in Axe().run(page).response["violations"]]
        assert not wrong, f"{called}: {wrong}"


class Visitor:
    """One person with a browser of their own, signed in by hand."""

    def __init__(
        self,
        browser: Browser,
        site: str,
        name: str,
        album: Album,
        *,
        at: str = "house.example",
        password: str = PASSWORD,
    ) -> None:
        self.site, self.name, self.album = site, name, album
        context = browser.new_context(viewport=WIDE, reduced_motion="reduce")  # type: ignore[arg-type]
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{site}/")
        self.page.fill("[name=login]", f"{name.lower()}@{at}")
        self.page.fill("[name=password]", password)
        self.press("Sign in")
        expect(self.page.locator("h1")).to_have_text("What needs you")

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that refuses answers 409 or 422, which a browser notes; all else is a complaint.
        if message.type == "error" and not re.search(r"status of 4(09|22)", message.text):
            self.complaints.append(message.text)

    def go(self, words: str) -> None:
        """Follow the first link with these words."""
        self.page.get_by_role("link", name=words).first.click()

    def press(self, words: str) -> None:
        """Press the button with these words."""
        self.page.locator("main").get_by_role("button", name=words, exact=True).first.click()

    def fill(self, **typed: str) -> None:
        """Type into the fields of these names."""
        for name, text in typed.items():
            field = self.page.locator(f'[name="{name.replace("__", "-")}"]')
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=text)
            else:
                field.fill(text)

    def tick(self, *labels: str) -> None:
        """Choose what these labels name."""
        for label in labels:
            self.page.get_by_label(label, exact=False).first.check()

    def sees(self, *words: str) -> None:
        """Check that the page says this."""
        for text in words:
            expect(self.page.locator("main")).to_contain_text(text)

    def sees_no(self, *words: str) -> None:
        """Check that the page says nothing of this."""
        for text in words:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def picture(self, name: str) -> None:
        """Keep what is seen now."""
        self.album.keep(self.page, f"{self.name.lower()}-{name}")
