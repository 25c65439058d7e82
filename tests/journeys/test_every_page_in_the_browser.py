"""
Every address, opened by each of the nine in a real browser: the console says nothing, the content
policy refuses nothing, nothing comes from elsewhere or moves, and axe finds nothing in either theme
on a phone or a desk. In a company with a thing of every kind, and in one where nothing happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.cast import Cast
from tests.journeys.walking import Walk, Walker
from tests.permissions.world import ROLES, STORY

__all__ = ["STORY"]

pytestmark = pytest.mark.browser
SOME = ["/", "/jobs/", "/search/?q=summer", "/help/components/", "/no-such-page/"]
# Forms that ask for something: sent empty, each says what is missing.
FORMS = [
    ("maya", "jobs/new/", "own"),
    ("maya", "jobs/<uuid:job_id>/cancellation/", "open"),
    ("maya", "jobs/<uuid:job_id>/addenda/", "open"),
    ("maya", "jobs/<uuid:job_id>/no-award/", "opened"),
    ("maya", "jobs/<uuid:job_id>/bids/<uuid:bid_id>/award/", "opened"),
    ("vera", "jobs/<uuid:job_id>/questions/new/", "open"),
    ("vera", "jobs/<uuid:job_id>/bids/of/<uuid:provider_id>/decline/", "open"),
    ("maya", "settings/tokens/new/", "own"),
    ("fin", "settings/webhooks/new/", "own"),
    ("fin", "budgets/new/", "own"),
    ("fin", "budgets/<uuid:line_id>/move/", "own"),
    ("fin", "outside-spend/new/", "own"),
    ("fin", "journal/<uuid:entry_id>/correction/", "own"),
    ("fin", "vendors/invitation/", "own"),
    ("ada", "record/words/<uuid:words_id>/redaction/", "own"),
    ("adam", "people/new/", "own"),
    ("adam", "departments/new/", "own"),
    ("adam", "providers/teams/new/", "own"),
    ("adam", "providers/vendors/new/", "own"),
]


@pytest.fixture(autouse=True)
def own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def somebody(cast: Cast, name: str) -> Any:
    return getattr(cast, name) if name else None


def said(walk: Walk, who: str) -> str:
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(walk.opened.items()))
    return f"{who}: {answers}; axe {walk.looked_at} times; {len(walk.wrong)} wrong"


def test_a_few_pages_are_sound_in_every_theme_and_width(
    founded: Cast, as_role: Callable[[str], None], site: str, browser: Browser
) -> None:
    as_role("web")
    walker = Walker(browser, site, founded.maya)
    for path in SOME[:1]:
        walker.open(path)

    assert walker.walk.wrong == []


@pytest.mark.proof
@pytest.mark.parametrize("code", ROLES)
def test_every_address_is_sound_for_each_of_the_nine(
    code: str,
    founded: Cast,
    told: dict[str, dict[str, Any]],
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
) -> None:
    as_role("web")
    walker = Walker(browser, site, somebody(founded, ROLES[code]))
    own = told.pop("own")
    walk = walker.open_every([*(own | one for one in told.values()), own])
    for path in SOME:
        walker.open(path)

    print(said(walk, code), *walk.wrong, sep="\n")  # noqa: T201
    assert walk.wrong == []


@pytest.mark.proof
@pytest.mark.parametrize("code", ROLES)
def test_every_address_is_sound_where_nothing_happened_yet(
    code: str, founded: Cast, as_role: Callable[[str], None], site: str, browser: Browser
) -> None:
    as_role("web")
    walker = Walker(browser, site, somebody(founded, ROLES[code]))
    walk = walker.open_every([{}])

    print(said(walk, f"{code}, empty"), *walk.wrong, sep="\n")  # noqa: T201
    assert walk.wrong == []


@pytest.mark.proof
def test_a_form_that_is_sent_empty_says_what_is_missing_to_everybody(
    founded: Cast,
    told: dict[str, dict[str, Any]],
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
) -> None:
    from tests.frontend.addresses import filled

    as_role("web")
    wrong: list[str] = []
    for name, route, situation in FORMS:
        walker = Walker(browser, site, somebody(founded, name))
        path = filled(route, told["own"] | told[situation])
        wrong += [f"{path} {one}" for one in sent_empty(walker, path)]
        wrong += [f"{path} {one}" for one in walker.look()]
        walker.context.close()

    print(f"{len(FORMS)} forms, {len(wrong)} wrong", *wrong, sep="\n")  # noqa: T201
    assert wrong == []


def sent_empty(walker: Walker, path: str) -> Iterator[str]:
    """Send the form that a page is about as it stands; return what its answer lacks."""
    shown = walker.page.goto(walker.site + path)
    if shown is None or shown.status != 200:
        yield f"is not shown: {shown.status if shown else 0}"
        return
    form = walker.page.locator(f'main form[method=post]:not([action]), main form[action="{path}"]')
    with walker.page.expect_navigation() as sent:
        form.last.locator("button[type=submit]").last.click()
    status = sent.value.status if sent.value else 0
    if status != 422:
        yield f"answers {status}"
        return
    links = walker.page.locator(".error-summary a")
    named = [str(one.get_attribute("href")) for one in links.all()]
    if not named:
        yield "says nothing on top"
    yield from (
        f"links to {one}, which is not there" for one in named if not _is_there(walker, one)
    )


def _is_there(walker: Walker, place: str) -> bool:
    return place.startswith("#") and walker.page.locator(f'[id="{place[1:]}"]').count() == 1
