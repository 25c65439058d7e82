"""
The main pages at 400 %, which is 320 × 256 on a desk, and written from right to left: nothing
scrolls sideways but a table in its own box, nothing is cut off, and nothing lies over another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from marketplace.models.people import User
from tests.cast import Cast
from tests.journeys.test_books_in_the_browser import signed_in
from tests.permissions.world import STORY

__all__ = ["STORY"]

pytestmark = [pytest.mark.browser, pytest.mark.proof]
ZOOMED = (320, 256)
SIZES = {"ltr": (ZOOMED,), "rtl": (ZOOMED, (1280, 900))}
CUT_OFF = """() => {
    const wide = document.documentElement.clientWidth, found = [];
    const style = (e) => getComputedStyle(e);
    const inBox = (e) => {
        for (let p = e.parentElement; p; p = p.parentElement)
            if (["auto", "scroll"].includes(style(p).overflowX)) return true;
        return false;
    };
    if (document.documentElement.scrollWidth > wide) found.push("scrolls sideways");
    const head = document.querySelector(".masthead").getBoundingClientRect();
    const main = document.querySelector("main").getBoundingClientRect();
    if (head.bottom > main.top + 1) found.push("the masthead lies over the content");
    for (const e of document.body.querySelectorAll("*")) {
        if (e.closest(".visually-hidden, .skip, dialog, svg") || !e.checkVisibility()) continue;
        const r = e.getBoundingClientRect();
        if (r.width <= 1 || r.height <= 1) continue; // for those who listen
        const words = `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`;
        if ((r.right > wide + 1 || r.left < -1) && !inBox(e))
            found.push(`reaches over the edge: ${words}`);
        if (["hidden", "clip"].includes(style(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
            found.push(`is cut off: ${words}`);
    }
    return found;
}"""
Told = dict[str, dict[str, Any]]


def pages(cast: Cast, told: Told) -> Iterator[tuple[User, str]]:
    """Return the main pages, and who reads each."""
    job = {name: ids.get("job_id") for name, ids in told.items()}
    ours = [job["open"], cast.vera_co.pk]
    bid = told["opened"]["bid_id"]
    named: list[tuple[User, str, list[Any]]] = [
        *((cast.maya, name, []) for name in ("home", "jobs", "job-new", "statement", "providers")),
        *((cast.maya, "job", [job[one]]) for one in ("open", "sealed", "decided")),
        *((cast.maya, name, [job["draft"]]) for name in ("job-edit", "job-publish")),
        *((cast.maya, name, [job["opened"]]) for name in ("comparison", "opening", "timeline")),
        *((cast.maya, name, [job["opened"], bid]) for name in ("score", "choose")),
        *((cast.maya, name, [job["decided"]]) for name in ("board", "timeline")),
        (cast.maya, "provider", [cast.vera_co.pk]),
        (cast.maya, "department", [cast.marketing.pk]),
        (cast.vera, "bid-edit", ours),
        (cast.vera, "bid-submit", ours),
        (cast.vera, "bid-receipt", [told["open"]["bid_id"]]),
        *((cast.vera, name, []) for name in ("my-bids", "team", "settings")),
        *((cast.fin, name, []) for name in ("finance", "periods", "budgets", "payouts", "journal")),
        *((cast.fin, name, []) for name in ("trial-balance", "house-rules", "choices", "ratings")),
        (cast.fin, "period", [told["own"]["period_id"]]),
        *((cast.ada, name, []) for name in ("record", "audit-questions", "help_components")),
        *((cast.adam, name, []) for name in ("people", "departments", "help", "help_keyboard")),
    ]
    for person, name, words in named:
        yield person, reverse(name, args=words)


@pytest.mark.parametrize("direction", SIZES)
def test_the_main_pages_hold_together(
    direction: str,
    founded: Cast,
    told: Told,
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    as_role("web")
    wrong: list[str] = []
    tabs: dict[User, Page] = {}
    opened = 0
    for person, path in pages(founded, told):
        tab = tabs.get(person) or signed_in(browser, site, person).new_page()
        tabs[person] = tab
        answer = tab.goto(site + path)
        if answer is None or answer.status != 200:
            wrong.append(f"{path} answers {answer and answer.status}")
            continue
        opened += 1
        tab.evaluate("where => { document.documentElement.dir = where; }", direction)
        for width, height in SIZES[direction]:
            tab.set_viewport_size({"width": width, "height": height})
            wrong += [f"{path} ({width} px) {one}" for one in tab.evaluate(CUT_OFF)]

    print(f"{direction}: {opened} pages, {len(wrong)} wrong", *wrong, sep="\n")  # noqa: T201
    assert wrong == []
