"""
Eight tasks without a mouse: by Tab, Enter, Space, arrows and letters alone, one from the palette.
At each stop the focus has a ring, is in sight and is covered by nothing; and no page holds it fast.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.models.journal import JournalEntry
from ledger.models.periods import Period
from marketplace.log.sealer import seal
from marketplace.models.people import User
from tests.builders import DAY
from tests.cast import Cast
from tests.journeys.keys import Keys
from tests.journeys.test_books_in_the_browser import signed_in
from tests.ledger import builders as ledger
from tests.permissions.contests import contest
from tests.permissions.world import STORY

__all__ = ["STORY"]

pytestmark = [pytest.mark.browser, pytest.mark.proof]
SIZE = {"width": 1280, "height": 900}
Told = dict[str, dict[str, Any]]
Starting = Callable[..., Keys]


@pytest.fixture(autouse=True)
def own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def begin(
    request: pytest.FixtureRequest, as_role: Callable[[str], None], site: str, browser: Browser
) -> Any:
    """Seat somebody without a mouse at an address; say afterwards what they pressed."""
    seated: list[Keys] = []

    def sit(person: User, path: str) -> Keys:
        as_role("web")
        page = signed_in(browser, site, person, viewport=SIZE).new_page()
        page.goto(site + path)
        seated.append(Keys(page))
        return seated[-1]

    yield sit
    for keys in seated:
        words = f"{request.node.name}: {keys.pressed} keys, {keys.typed} letters"
        print(words)  # noqa: T201
        assert keys.wrong == []


def sees(keys: Keys, *words: str) -> None:
    for text in words:
        expect(keys.page.locator("main")).to_contain_text(text)


def moment(keys: Keys, name: str, at: datetime) -> None:
    """Type a day and an hour as Chromium asks for them: month, day, year, hour."""
    keys.to(name)
    keys.type(f"{at:%m%d%Y}")
    keys.press("ArrowRight")
    keys.type(f"{at:%I%M%p}")


def test_posting_a_job_from_the_palette(founded: Cast, told: Told, begin: Starting) -> None:
    keys = begin(founded.maya, "/")
    keys.press("Control+k")
    keys.type("post")
    keys.enter()

    keys.goes_round()
    keys.write("Title", "A party for those who stay")
    keys.to("What you need")
    keys.type("Music, a rain plan and an end at eleven.")
    keys.write("Criterion", "Idea")
    keys.write("Weight", "100")
    keys.write("Ceiling", "20,000.00")
    keys.write("One quality point is worth", "150")
    keys.to("Events")
    keys.press("Space")
    keys.to("Vera & Co")
    keys.press("Space")
    moment(keys, "Bids close", datetime.now(UTC) + 9 * DAY)
    keys.go("Check and publish…")

    sees(keys, "What cannot change afterwards", "EUR\xa020,000.00")
    keys.goes_round()
    keys.skip()
    keys.go("Publish")
    sees(keys, "Published. Everybody invited has been told.", "Open for bids")


def test_writing_and_submitting_a_bid(founded: Cast, told: Told, begin: Starting) -> None:
    keys = begin(founded.vera, f"/jobs/{told['open']['job_id']}/")
    keys.goes_round()
    keys.open("Go on with your new bid")
    keys.goes_round()
    keys.to("Kind", group="")
    keys.press("ArrowDown")
    keys.write("What for", "All of it")
    keys.write("Amount", "9,100.00")
    keys.write("Your approach", "We bring the band, and a tent.")
    keys.go("Check and submit…")

    sees(keys, "Before you submit")
    keys.goes_round()
    keys.skip()
    keys.go("Submit the bid")
    sees(keys, "9,100.00", "Submitted")


def test_choosing_a_bid(founded: Cast, told: Told, begin: Starting) -> None:
    keys = begin(founded.maya, f"/jobs/{told['opened']['job_id']}/comparison/")
    keys.goes_round()
    keys.open("Choose… Vera & Co")
    keys.goes_round()
    keys.skip()
    keys.pick("The main reason", "Better quality")
    keys.write("In a sentence", "Their idea for the rain convinced us.")
    keys.to("Which criterion decided")
    keys.press("ArrowDown")
    if keys.page.locator("[name=followed_view]").count():
        keys.pick("Which view of money", "What the company really spends")
    keys.go("Choose Vera & Co")
    sees(keys, "Chosen: Vera & Co.")


def test_accepting_what_was_handed_over(founded: Cast, told: Told, begin: Starting) -> None:
    keys = begin(founded.maya, f"/jobs/{told['decided']['job_id']}/work/")
    keys.goes_round()
    keys.open("Accept…")
    keys.goes_round()
    keys.skip()
    keys.go("Accept, and be charged")
    sees(keys, "was charged")


def test_rating_the_work_with_the_arrows(founded: Cast, told: Told, begin: Starting) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    here = contest(founded, now)
    award = ledger.choose(founded, here.vendor_bid, at=now - DAY)
    for part in ledger.milestones(award):
        ledger.accept(founded, part, at=now)
    keys = begin(founded.maya, f"/jobs/{here.job.pk}/work/")
    keys.open("Rate the work")
    keys.goes_round()
    keys.skip()
    for question in ("Informed", "In control", "Choices", "Friendly", "Knowledgeable", "Attentive"):
        keys.to("", group=question)
        keys.press("Space")
    for question in ("Result", "again"):
        keys.to("", group=question)
        keys.press("Space")
    keys.go("Send the rating")
    sees(keys, "Thank you.")


def test_pulling_a_statement(founded: Cast, told: Told, begin: Starting) -> None:
    keys = begin(founded.maya, "/")
    keys.go("Statement")
    keys.goes_round()
    keys.skip()
    keys.to("CSV")
    with keys.page.expect_download() as saved:
        keys.press("Enter")
    assert saved.value.suggested_filename.endswith(".csv")
    keys.to("Month")
    keys.press("ArrowDown")
    keys.go("Filter")
    sees(keys, "Brought forward")


def test_closing_a_month(founded: Cast, told: Told, begin: Starting) -> None:
    month = Period.objects.earliest("pk")
    keys = begin(founded.fin, "/finance/")
    keys.open("Close a month…")
    keys.goes_round()
    keys.open(name_of(keys.page, month.pk))
    keys.open("Begin to close…")
    keys.skip()
    keys.go("Begin to close")
    keys.goes_round()
    keys.open("Close and seal…")
    keys.skip()
    keys.go("Close the month")
    sees(keys, "Closed and sealed.")


def name_of(page: Page, month: int) -> str:
    """Return what the list of months calls this one."""
    return page.locator(f'main a[href$="/finance/periods/{month}/"]').first.inner_text()


def test_verifying_the_record(
    founded: Cast, told: Told, as_role: Callable[[str], None], begin: Starting
) -> None:
    as_role("worker")
    seal(at=datetime.now(UTC))
    assert JournalEntry.objects.exists()
    keys = begin(founded.ada, "/record/")
    keys.goes_round()
    keys.to("A reference, a name", key="Shift+Tab")
    keys.type("Vera")
    keys.enter()
    sees(keys, "Found")
    keys.open(keys.page.locator("main tbody th a").first.inner_text())
    sees(keys, "What it proves")
    keys.goes_round()
    keys.page.go_back()
    keys.open("Verify now")
    sees(keys, "Asked for. The result stands here when the check is done.")
