"""One person with a browser, who opens every address there is and watches what the page does."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from marketplace.models.people import User
from tests.frontend.addresses import addresses, filled

WIDTHS = (320, 1280)
THEMES = ("light", "dark")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What the content policy refuses, and what moves after it was shown, says so only while it happens.
WATCH = """
    window.refusedHere = []; window.movedHere = 0;
    document.addEventListener("securitypolicyviolation", e =>
        window.refusedHere.push(`${e.violatedDirective} ${e.blockedURI}`));
    new PerformanceObserver(list => list.getEntries().forEach(one => {
        if (!one.hadRecentInput) window.movedHere += one.value;
    })).observe({type: "layout-shift", buffered: true});
"""
LOOK = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(found =>
    found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"""
MOST_REQUESTS = 12
MOST_MOVED = 0.02
MOST_PAGE_BYTES = 30 * 1024  # compressed


def own_addresses() -> list[str]:
    """Return the addresses of pages and files; those of machines are another list."""
    return [one for one in addresses() if not one.startswith(("api/", "accounts/sign-out"))]


@dataclass
class Walk:
    """What was opened, and what was wrong with it."""

    opened: Counter[int] = field(default_factory=Counter)  # by the answer's status
    looked_at: int = 0  # pages × themes × widths that axe looked at
    wrong: list[str] = field(default_factory=list)


class Walker:
    """Opens addresses as one person, or as nobody."""

    def __init__(self, browser: Browser, site: str, person: User | None) -> None:
        self.site, self.walk = site, Walk()
        self.client = Client(raise_request_exception=False)
        self.context = browser.new_context(
            viewport={"width": WIDTHS[-1], "height": 900}, reduced_motion="reduce"
        )
        if person is not None:
            self.client.force_login(person)
            kept = self.client.cookies[settings.SESSION_COOKIE_NAME].value
            self.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": kept, "url": site}]
            )
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.seen: set[str] = set()  # what axe looked at

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that refuses answers so, which a browser notes; all else is a complaint.
        if message.type == "error" and not re.search(r"status of 4\d\d", message.text):
            self.said.append(message.text)

    def open_every(self, situations: list[dict[str, Any]]) -> Walk:
        """Open each address where the person finds something there, or else what refuses them."""
        for route in own_addresses():
            path, is_page = self._best(route, situations)
            if is_page:
                self.open(path)
        return self.walk

    def _best(self, route: str, situations: list[dict[str, Any]]) -> tuple[str, bool]:
        """Return the address with the things of the first situation that answers it."""
        paths = list(dict.fromkeys(filled(route, ids) for ids in situations))
        first, is_page = paths[0], True
        for number, path in enumerate(paths):
            answer = self.client.get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[arg-type]
            if answer.status_code >= 500:
                self.walk.wrong.append(f"{path} answers {answer.status_code}")
            shows = "html" in answer.get("Content-Type", "")
            if answer.status_code == 200:
                self.walk.opened[200] += not shows
                if shows and len(gzip.compress(answer.content)) > MOST_PAGE_BYTES:
                    self.walk.wrong.append(f"{path} weighs {len(answer.content)} bytes")
                return path, shows
            if number == 0:  # an address that only takes what is sent has no page
                is_page = answer.status_code != 405 and (shows or answer.status_code < 400)
                self.walk.opened[answer.status_code] += not is_page
        return first, is_page

    def open(self, path: str) -> None:
        """Open one page in the browser, and look at it in every theme and width."""
        self.requests.clear()
        answer: Response | None = self.page.goto(self.site + path, wait_until="load")
        status = answer.status if answer else 0
        self.walk.opened[status] += 1
        self._note(path, list(self._unwell(status)))
        # Each kind of refusal is one page, looked at once; so is the sign-in that many lead to.
        what = self.page.url.split("?")[0] if status == 200 else str(status)
        if what not in self.seen:
            self.seen.add(what)
            self._note(path, list(self.look()))

    def _unwell(self, status: int) -> Iterator[str]:
        if status >= 500 or not status:
            yield f"answers {status}"
        foreign = [url for url in self.requests if not url.startswith((self.site, "data:"))]
        yield from (f"asks {url}" for url in foreign)
        if len(self.requests) > MOST_REQUESTS:
            yield f"asks for {len(self.requests)} things"
        if (moved := self.page.evaluate("window.movedHere")) > MOST_MOVED:
            yield f"moves by {moved:.3f} after it was shown"

    def look(self) -> Iterator[str]:
        """Let axe look at what is open, and see that nothing is cut off or refused."""
        self.page.evaluate(AXE.read_text())
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"scrolls sideways on {width} px"
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                found: list[str] = self.page.evaluate(LOOK, RULES)
                yield from (f"({theme}, {width} px) {one}" for one in found)
                self.walk.looked_at += 1
        yield from self.page.evaluate("window.refusedHere")
        yield from self.said
        self.said.clear()

    def _note(self, path: str, found: list[str]) -> None:
        self.walk.wrong += [f"{path} {one}" for one in found]
