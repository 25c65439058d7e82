"""
Every page of the books and of the record in a real browser: on a phone, a tablet and a desk, in the
light and in the dark, and without JavaScript. Nothing scrolls sideways, and axe finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from ledger.budget_moves import move_budget, state_signing_limit
from ledger.correcting import ask_correction
from ledger.currencies import state_rate
from ledger.models.budgets import BudgetLine
from ledger.models.journal import JournalEntry
from ledger.models.periods import Period
from marketplace.log.sealer import seal
from marketplace.models.events import Event
from marketplace.models.people import User
from tests.api.stories import awarded, first_milestone
from tests.builders import DAY, eur
from tests.cast import Cast, assemble
from tests.ledger import builders

pytestmark = pytest.mark.browser
SIZES = ((320, 720), (768, 1024), (1280, 900))
SCHEMES = ("light", "dark")
YEAR = timezone.now().year


@pytest.fixture
def company(committed: str, as_role: Callable[[str], None]) -> Cast:
    """A company with something on every page of the books."""
    as_role("replay")
    now = timezone.now()
    cast = assemble(at=now - 300 * DAY)
    award = awarded(cast)
    builders.accept(cast, first_milestone(award), at=now - timedelta(hours=1))
    state_signing_limit(actor=cast.adam, limit=eur("500"), reason="Small moves.", at=now)
    state_rate(
        actor=cast.fin, currency="USD", into="EUR", rate="0.9215",
        in_force_on=now.date(), reason="The central bank's rate of yesterday.", at=now,
    )  # fmt: skip
    move_budget(
        actor=cast.fin,
        move_id=uuid4(),
        from_line_id=BudgetLine.objects.filter(available_minor__gt=0).latest("fiscal_year").pk,
        to_department_id=cast.services.pk,
        amount=eur("900"),
        reason="Services buys it for both.",
        at=now,
    )
    entry = JournalEntry.objects.filter(kind="budget_granted").latest("pk")
    ask_correction(actor=cast.fin, entry_id=entry.public_id, reason="Granted twice.", at=now)
    as_role("worker")
    seal(at=now)
    as_role("web")
    return cast


def pages(cast: Cast) -> Iterator[tuple[User, str]]:
    """Every page of the books and of the record, and who reads it."""
    entry = JournalEntry.objects.latest("pk").public_id
    month = Period.objects.latest("pk").pk
    line = BudgetLine.objects.latest("fiscal_year").pk
    named: list[tuple[User, str, list[object]]] = [
        (cast.fin, "finance", []),
        (cast.fin, "house-rules", []),
        (cast.fin, "policy-change", ["standard"]),
        (cast.fin, "rate-new", []),
        (cast.fin, "periods", []),
        (cast.fin, "period", [month]),
        (cast.fin, "corrections", []),
        (cast.fin, "budgets", []),
        (cast.fin, "budget-line", [line]),
        (cast.fin, "budget-move", [line]),
        (cast.fin, "budget-moves", []),
        (cast.fin, "inside-prices", []),
        (cast.fin, "year", [YEAR]),
        (cast.fin, "outside-spend", []),
        (cast.fin, "trial-balance", []),
        (cast.fin, "journal", []),
        (cast.fin, "entry", [entry]),
        (cast.maya, "statement", []),
        (cast.ada, "record", []),
        (cast.ada, "audit-questions", []),
        (cast.ada, "event", [Event.objects.filter(kind="award.made").latest("pk").pk]),
        (cast.adam, "people", []),
        (cast.adam, "settings", []),
    ]
    for person, name, words in named:
        yield person, reverse(name, args=words)


def signed_in(browser: Browser, site: str, person: User, **how: object) -> BrowserContext:
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    context = browser.new_context(**how)  # type: ignore[arg-type]
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
    return context


def look(page: Page, path: str, sizes: tuple[tuple[int, int], ...]) -> list[str]:
    """Return what is wrong with the page that is open."""
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{path} scrolls sideways on {width} px")
    wrong = Axe().run(page).response["violations"]
    return found + [f"{path}: {one['help']}, {one['nodes'][0]['html'][:120]}" for one in wrong]


def walk(
    browser: Browser, site: str, cast: Cast, schemes_of: Callable[[int], tuple[str, ...]]
) -> list[str]:
    """Return what is wrong on any page, in the schemes that each is looked at in."""
    contexts: dict[tuple[User, str], Page] = {}
    found = []
    for number, (person, path) in enumerate(pages(cast)):
        for scheme in schemes_of(number):
            if (person, scheme) not in contexts:
                context = signed_in(browser, site, person, color_scheme=scheme)
                contexts[person, scheme] = context.new_page()
            page = contexts[person, scheme]
            answer = page.goto(site + path)
            assert answer is not None
            if answer.status != 200:
                found.append(f"{path} answers {answer.status}")
                continue
            found += look(page, f"{path} ({scheme})", SIZES)
    return found


@pytest.fixture(autouse=True)
def own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def test_the_pages_of_the_books_fit_and_are_accessible(
    company: Cast, site: str, browser: Browser
) -> None:
    """Each once: the one in the light, the next in the dark. And readable without JavaScript."""
    assert walk(browser, site, company, lambda number: (SCHEMES[number % 2],)) == []

    plain = signed_in(browser, site, company.fin, java_script_enabled=False).new_page()
    for name in ("house-rules", "corrections", "periods"):
        plain.goto(site + reverse(name))
        assert plain.locator("h1").inner_text()
        assert plain.locator("main table").count()


@pytest.mark.proof
def test_the_pages_of_the_books_fit_in_every_light(
    company: Cast, site: str, browser: Browser
) -> None:
    assert walk(browser, site, company, lambda _number: SCHEMES) == []
