"""Every page of a contest, as its people see it: on three screens, in light and dark, by axe."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from bids.models.bids import Bid
from ledger.demonstration.company import DOMAIN, PASSWORD
from ledger.demonstration.contests import DECLINED, JUDGED, STANDING_STILL, TO_SIGN
from ledger.demonstration.history import tell_history
from ledger.demonstration.present import PRESENT, Present
from ledger.models.awards import Award
from ledger.models.hearings import Hearing
from ledger.models.objections import Objection
from marketplace.models.jobs import Criterion, Job
from marketplace.models.providers import Provider
from tests.journeys.visitor import PICTURES, Album, Visitor

NEW_YEAR, WINTER_FAIR = (next(one for one in PRESENT if one.title.startswith(title)) for title in (
    "New Year reception", "Winter trade fair"
))  # fmt: skip


def _job(story: Present) -> UUID:
    return Job.objects.get(title=story.title).pk


def _provider(name: str) -> UUID:
    return Provider.objects.get(name__icontains=name).pk


def _pages() -> list[tuple[str, str, str]]:
    """Return who looks at which address, and how the picture is called."""
    fair, opened, judged = _job(NEW_YEAR), _job(WINTER_FAIR), _job(JUDGED)
    still, declined, to_sign = _job(STANDING_STILL), _job(DECLINED), _job(TO_SIGN)
    vera = _provider("Vera")
    bid = Bid.objects.standing().get(job=opened, provider=vera)
    sheet_bid = Bid.objects.standing().filter(job=judged).order_by("reference")[0]
    criterion = Criterion.objects.filter(job=judged).order_by("position")[0]
    rated = Award.objects.filter(department__name="Marketing", reveal__isnull=False)[0]
    heard, objection = Hearing.objects.get().pk, Objection.objects.get().pk
    named = [
        ("maya", "jobs", []), ("maya", "templates", []), ("maya", "job-new", []),
        ("hanna", "templates", []), ("hanna", "template-keep", [still]),
        ("tomas", "job-edit", [to_sign]), ("tomas", "job-files", [to_sign]),
        ("tomas", "job-publish", [to_sign]), ("gerda", "job", [to_sign]),
        ("gerda", "publication-sign", [to_sign]), ("gerda", "publication-back", [to_sign]),
        ("maya", "job", [fair]), ("maya", "job-addendum", [fair]), ("maya", "opening", [fair]),
        ("maya", "job-cancel", [fair]), ("vera", "job", [fair]), ("vera", "question-ask", [fair]),
        ("vera", "bid-edit", [fair, vera]), ("vera", "bid-files", [fair, vera]),
        ("vera", "decline", [fair, vera]), ("vera", "bid-receipt", [bid.pk]),
        ("maya", "opening", [opened]), ("maya", "comparison", [opened]),
        ("maya", "score", [opened, bid.pk]), ("maya", "choose", [opened, bid.pk]),
        ("maya", "no-award", [opened]), ("maya", "panel", [judged]), ("rolf", "home", []),
        ("rolf", "comparison", [judged]), ("rolf", "score", [judged, sheet_bid.pk]),
        ("rolf", "agreement", [judged]),
        ("rolf", "agree-score", [judged, sheet_bid.pk, criterion.pk]),
        ("hanna", "comparison", [still]), ("hanna", "objections", [still]),
        ("hanna", "hearings", [still]), ("hanna", "hearing-reply", [still, heard]),
        ("ada", "objection-decide", [still, objection]),
        ("lena", "debrief", [still]), ("lena", "hearings", [still]),
        ("hugo", "debrief", [still]), ("hugo", "board", [still]),
        ("tomas", "comparison", [declined]), ("tomas", "timeline", [declined]),
        ("adam", "house-rules", []), ("adam", "policy-offer", ["careful"]),
        ("maya", "rate", [rated.job_id]),
    ]  # fmt: skip
    pages = [(who, reverse(name, args=args), f"{name}-{who}") for who, name, args in named]
    unnamed = f"{reverse('comparison', args=[opened])}?names=hidden"
    return [*pages, ("maya", unnamed, "comparison-without-names-maya")]


@pytest.mark.browser
@pytest.mark.proof
def test_every_page_of_a_contest_is_whole_on_every_screen(
    committed: str,
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    as_role("replay")
    tell_history(now=timezone.now(), say=lambda _line: None)
    pages = _pages()
    as_role("web")
    album = Album(PICTURES / "contest", is_whole=True)
    people: dict[str, Visitor] = {}
    wrong = []
    for who, path, name in pages:
        if who not in people:
            people[who] = Visitor(browser, site, who, album, at=DOMAIN, password=PASSWORD)
        visitor = people[who]
        answer = visitor.page.goto(site + path)
        if answer is None or answer.status != 200:
            wrong.append(f"{name}: {answer and answer.status}")
            continue
        try:
            album.keep(visitor.page, name)
        except AssertionError as problem:
            wrong.append(str(problem))
    wrong += [one for visitor in people.values() for one in visitor.complaints]
    assert not wrong, "\n".join(wrong)
