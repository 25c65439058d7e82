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
from tests.frontend.addresses import PART, WORDS, addresses, filled

WIDTHS = (320, 1280)
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
LOOK = """asked => axe.run(document, {resultTypes: ["violations"], ...asked}).then(found =>
    found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"""
# Another theme changes colours and nothing else.
ASKED = {
    "light": {"runOnly": RULES},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "preload": False},
}
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


@dataclass(frozen=True)
class Answer:
    """What an address answers, and what it is drawn with."""

    path: str
    status: int
    is_page: bool
    drawn_with: frozenset[str] = frozenset()


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
        self.seen: set[str] = set()  # the templates that axe looked at

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that refuses answers so, which a browser notes; all else is a complaint.
        if message.type == "error" and not re.search(r"status of 4\d\d", message.text):
            self.said.append(message.text)

    def open_every(self, situations: list[dict[str, Any]]) -> Walk:
        """Open each address where the person finds something there, or else what refuses them."""
        for route in own_addresses():
            answer = self._best(route, situations)
            if answer.is_page:
                self._show(answer)
            else:
                self.walk.opened[answer.status] += 1
        return self.walk

    def open(self, path: str) -> None:
        """Open one page in the browser, and look at it."""
        self._show(self._ask(path))

    def _best(self, route: str, situations: list[dict[str, Any]]) -> Answer:
        """Return the answer about the things of the first situation that has one, or a refusal."""
        named = {one for one in PART.findall(route) if one.endswith("_id") and one not in WORDS}
        # Where a thing is not, the address answers as it does for every thing that is not.
        there = [ids for ids in situations if named <= ids.keys()] or situations[:1]
        paths = dict.fromkeys(filled(route, ids) for ids in there)
        refusal: Answer | None = None
        for path in paths:
            answer = self._ask(path)
            if answer.status == 200:
                return answer
            refusal = refusal or answer
        assert refusal is not None
        return refusal

    def _ask(self, path: str) -> Answer:
        answer = self.client.get(path)
        status, shows = answer.status_code, "html" in answer.get("Content-Type", "")
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[arg-type]
        elif shows and (weight := len(gzip.compress(answer.content))) > MOST_PAGE_BYTES:
            self.walk.wrong.append(f"{path} weighs {weight} bytes")
        if status >= 500:
            self.walk.wrong.append(f"{path} answers {status}")
        # An address that only takes what is sent has no page.
        is_page = shows if status == 200 else status != 405 and (shows or status < 400)
        names = frozenset(str(one.name) for one in answer.templates)
        return Answer(path, status, is_page, names)

    def _show(self, answer: Answer) -> None:
        """Open one page in the browser; look closer where something is drawn for the first time."""
        self.requests.clear()
        shown: Response | None = self.page.goto(self.site + answer.path, wait_until="load")
        status = shown.status if shown else 0
        self.walk.opened[status] += 1
        self._note(answer.path, list(self._unwell(status)))
        if not answer.drawn_with <= self.seen:
            self.seen |= answer.drawn_with
            self._note(answer.path, list(self.look()))

    def _unwell(self, status: int) -> Iterator[str]:
        if status >= 500 or not status:
            yield f"answers {status}"
        foreign = [url for url in self.requests if not url.startswith((self.site, "data:"))]
        yield from (f"asks {url}" for url in foreign)
        if len(self.requests) > MOST_REQUESTS:
            yield f"asks for {len(self.requests)} things"
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"scrolls sideways on {width} px"
        moved, refused = self.page.evaluate("[window.movedHere, window.refusedHere]")
        if moved > MOST_MOVED:
            yield f"moves by {moved:.3f} after it was shown"
        yield from refused
        yield from self.said
        self.said.clear()

    def look(self) -> Iterator[str]:
        """Let axe look at what is open, on each width and in each theme."""
        self.page.evaluate(AXE.read_text())
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            for theme, asked in ASKED.items():
                self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                found: list[str] = self.page.evaluate(LOOK, asked)
                yield from (f"({theme}, {width} px) {one}" for one in found)
                self.walk.looked_at += 1
        self.page.emulate_media(color_scheme="light")

    def _note(self, path: str, found: list[str]) -> None:
        self.walk.wrong += [f"{path} {one}" for one in found]
