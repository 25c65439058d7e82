"""
The whole story, played by four people in a real browser: Maya buys, Pia's in-house team and Vera's
company bid, Fin keeps the money. It leaves a picture of each step in `.local/screenshots`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from bids.duties import run as bids_duties
from ledger.commissioning import extend_job
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.policies import state_policy
from tests.builders import DAY
from tests.cast import Cast, assemble
from tests.journeys.visitor import Album, Visitor
from tests.ledger.builders import grant

pytestmark = pytest.mark.browser

TITLE = "Summer party for 200 guests"


class Pace:
    """How long a few pages take on this machine: bidding lasts as long as it must, no longer."""

    def __init__(self) -> None:
        self.begun = timezone.now()
        self.few_pages = timedelta(0)

    def deadline(self) -> datetime:
        """Return a deadline for some more pages than were looked at so far."""
        self.few_pages = timezone.now() - self.begun
        return timezone.now() + 2.5 * self.few_pages + timedelta(seconds=5)

    def leave_time(self, maya: User) -> None:
        """Let Maya extend the deadline if it could pass before the next few pages are done."""
        job, now = Job.objects.get(), timezone.now()
        assert job.closes_at is not None
        if job.closes_at - now < self.few_pages:
            later = max(now, job.closes_at) + self.few_pages
            extend_job(actor=maya, job_id=job.pk, closes_at=later, at=now)


def test_a_job_from_its_first_word_to_the_rating(
    committed: str,
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    as_role("replay")
    cast = _found(timezone.now())
    as_role("web")
    album, pace = Album(), Pace()
    maya, pia, vera, fin = (
        Visitor(browser, site, name, album) for name in ("Maya", "Pia", "Vera", "Fin")
    )

    _maya_posts(maya, pace)
    pace.leave_time(cast.maya)
    _pia_asks_and_maya_answers(pia, maya)
    pace.leave_time(cast.maya)
    _pia_bids(pia, "Write your bid", "14,900.00")
    pace.leave_time(cast.maya)
    _pia_bids(pia, "Write a new bid", "13,800.00")
    pace.leave_time(cast.maya)
    _vera_bids(vera)
    _maya_learns_nothing(maya)

    _the_clock_closes_and_opens(as_role)
    _maya_compares_and_chooses(maya)
    _vera_learns_why_not(vera)
    _the_work_is_returned_once_and_accepted(pia, maya)
    _both_rate(maya, pia)
    _the_money_is_found_again(maya, fin)

    assert not [one.complaints for one in (maya, pia, vera, fin) if one.complaints]


def _found(now: datetime) -> Cast:
    """Found the company with a budget, and with rules that allow a deadline in a minute."""
    cast = assemble(at=now - 60 * DAY, password="between-two-lindens")
    grant(cast, "100000", at=now - 50 * DAY)
    state_policy(
        actor=cast.fin,
        code="standard",
        at=now - 40 * DAY,
        in_force_on=(now - 39 * DAY).date(),
        explanation="For the story: bids may close the minute they were asked for.",
        budget_control="hard",
        minimum_days=0,
        needs_team_and_vendor=True,
        formal_above_minor=50_000_00,
        fee_basis_points=200,
        administration_minor=1_500_00,
    )
    return cast


def _maya_posts(maya: Visitor, pace: Pace) -> None:
    """She writes the job, is told what is missing, completes it and publishes it."""
    maya.picture("nothing-waits")
    maya.go("Jobs")
    maya.picture("no-job-yet")
    maya.go("Post a job")
    maya.fill(title=TITLE)
    maya.press("Save the draft")
    maya.sees("Draft saved", "Say what is needed.", "Invite somebody to bid.")
    maya.picture("draft-begun")
    maya.fill(need="A party in the courtyard with food, music and a rain plan.\n\nFixed: the date.")
    maya.sees_no("Say what is needed.")  # it saved itself
    maya.fill(
        ceiling="lots",
        point="150",
        **{"criterion-0-name": "Idea", "criterion-0-weight": "60"},
        **{"criterion-1-name": "Care", "criterion-1-weight": "40"},
    )
    maya.tick("Events In-house", "Vera & Co", "Otto Events")
    maya.fill(closes_at=f"{pace.deadline():%Y-%m-%dT%H:%M:%S}")
    maya.press("Check and publish…")
    maya.sees("There is a problem", "“lots” is not an amount; write it like 1,234.00.")
    maya.picture("draft-refused")
    maya.fill(ceiling="20,000.00")
    maya.press("Check and publish…")
    maya.sees("What cannot change afterwards", "EUR\xa020,000.00", "weight 60 of 100")
    maya.picture("check-and-publish")
    maya.press("Publish")
    maya.sees("Published. Everybody invited has been told.", "Open for bids")
    maya.picture("published")


def _pia_asks_and_maya_answers(pia: Visitor, maya: Visitor) -> None:
    """The answer goes to everybody; who asked is told to nobody."""
    pia.page.reload()
    pia.picture("home")
    pia.go("Jobs")
    pia.go(TITLE)
    pia.picture("job-as-a-bidder")
    pia.go("Ask a question…")
    pia.fill(text="May the music play after ten?")
    pia.press("Ask")
    pia.sees("May the music play after ten?")
    maya.page.reload()
    maya.go("Answer…")
    maya.sees("May the music play after ten?")
    maya.sees_no("Pia", "Events")
    maya.fill(answer="Until eleven; the neighbours know.")
    maya.picture("answer")
    maya.press("Answer everybody")
    maya.sees("Until eleven; the neighbours know.")


def _write_bid(bidder: Visitor, *, kind: str, amount: str, approach: str) -> None:
    bidder.fill(
        approach=approach,
        **{"line-0-kind": kind, "line-0-text": "All of it", "line-0-amount": amount},
    )
    bidder.press("Check and submit…")


def _pia_bids(pia: Visitor, how: str, amount: str) -> None:
    """A second bid replaces the first; she keeps a receipt of each."""
    pia.go("Home")
    pia.go("Jobs")
    pia.go(TITLE)
    pia.go(how)
    pia.picture("bid-editor")
    _write_bid(pia, kind="Subcontract", amount=amount, approach="A walk, then a dance.")
    pia.sees(amount, "Before you submit")
    pia.picture("bid-checked")
    pia.press("Submit the bid")
    pia.sees(amount)
    pia.picture("receipt")


def _vera_bids(vera: Visitor) -> None:
    vera.page.reload()
    vera.go("Jobs")
    vera.go(TITLE)
    vera.sees("Until eleven; the neighbours know.")
    vera.sees_no("13,800.00", "Pia")
    vera.go("Write your bid")
    _write_bid(vera, kind="Subcontract", amount="12,100.00", approach="We bring the band.")
    vera.press("Submit the bid")
    vera.picture("receipt")


def _maya_learns_nothing(maya: Visitor) -> None:
    """Before the opening there is no bid, for nobody but its author."""
    maya.page.reload()
    maya.sees("Whether any have come is told to nobody.")
    maya.sees_no("13,800.00", "12,100.00")
    maya.picture("sealed")


def _the_clock_closes_and_opens(as_role: Callable[[str], None]) -> None:
    as_role("worker")
    closes_at = Job.objects.get().closes_at
    assert closes_at is not None
    time.sleep(max(0.0, (closes_at - timezone.now()).total_seconds()) + 0.5)
    assert bids_duties(at=timezone.now())["jobs_opened"] == 1
    as_role("web")


def _maya_compares_and_chooses(maya: Visitor) -> None:
    """She scores, reads both views of money, and takes the dearer bid, with her reason."""
    maya.go("Home")
    maya.picture("a-choice-waits")
    maya.go("Choose a bid")
    maya.sees("13,800.00", "12,100.00", "Two views of money")
    maya.picture("comparison")
    for name, level in (("Events", "1: "), ("Vera & Co", "½: ")):
        maya.go(f"Score {name}")
        for row in range(2):
            form = maya.page.locator("form", has=maya.page.locator("[name=criterion]")).nth(row)
            form.get_by_label(level).check()
            form.locator("textarea").fill("They say who does it, when, and what if it rains.")
            form.get_by_role("button").click()
            maya.sees("Noted:")
        maya.picture(f"scored-{name[:4].lower()}")
        maya.go("Back to the comparison")
    maya.picture("comparison-scored")
    maya.page.get_by_role("link", name="Choose… Events").click()
    maya.tick("Better quality")
    maya.fill(reason="Their idea holds the evening together, and they know our courtyard.")
    if maya.page.locator("[name=decisive_criterion_id]").count():
        maya.fill(decisive_criterion_id="Idea")
    if maya.page.locator("[name=followed_view]").count():
        maya.tick("What the company really spends")
    maya.picture("choice")
    maya.page.get_by_role("button", name="Choose Events, for EUR ").click()
    maya.sees("Chosen: Events.", "Their idea holds the evening together")
    maya.picture("chosen")


def _vera_learns_why_not(vera: Visitor) -> None:
    vera.go("Jobs")
    vera.go(TITLE)
    vera.go("How it was decided")
    vera.sees("Their idea holds the evening together")
    vera.sees_no("13,800.00", "A walk, then a dance.")
    vera.picture("why-not")


def _the_work_is_returned_once_and_accepted(pia: Visitor, maya: Visitor) -> None:
    pia.go("Home")
    pia.picture("work-waits")
    pia.go("Jobs")
    pia.go(TITLE)
    pia.go("Work and acceptance")
    _hand_over(pia, "The party is over. Photographs on the drive.")
    maya.page.reload()
    maya.picture("delivered")
    maya.go("Send back…")
    maya.fill(missing="The photographs are missing.")
    maya.press("Send back")
    maya.sees("The photographs are missing.")
    pia.page.reload()
    pia.sees("The photographs are missing.")
    _hand_over(pia, "Now they are there.")
    maya.page.reload()
    maya.go("Accept…")
    maya.picture("accept")
    maya.page.get_by_role("button", name="Accept, and be charged").click()
    maya.sees("was charged", "Now you can rate each other")
    maya.picture("accepted")


def _hand_over(pia: Visitor, note: str) -> None:
    pia.go("Hand over…")
    pia.fill(note=note)
    pia.press("Hand over")
    pia.sees("Handed over.", note)


def _both_rate(maya: Visitor, pia: Visitor) -> None:
    """Eight taps each way; nothing is shown before both are in."""
    maya.go("Rate the work")
    maya.press("Send the rating")
    maya.sees("There is a problem")
    for name in ("informed", "in_control", "friendly", "knowledgeable", "attentive", "result"):
        maya.page.locator(f'[name="{name}"][value="5"]').check()
    maya.page.locator('[name="choices"][value="na"]').check()
    maya.page.locator('[name="again"][value="yes"]').check()
    maya.fill(text="They thought of everything.")
    maya.picture("rating")
    maya.press("Send the rating")
    maya.sees("Thank you.")
    pia.page.reload()
    pia.sees_no("They thought of everything.")
    pia.go("Rate the work")
    for name in ("clear_need", "timely_answers", "fair_changes", "prompt_acceptance"):
        pia.page.locator(f'[name="{name}"][value="4"]').check()
    pia.page.locator('[name="again"][value="yes"]').check()
    pia.picture("rating")
    pia.press("Send the rating")
    pia.sees("Thank you.")


def _the_money_is_found_again(maya: Visitor, fin: Visitor) -> None:
    """The charge stands on the department's statement and in finance's books."""
    maya.go("Statement")
    maya.sees("13,800.00")
    maya.picture("statement")
    maya.go("Jobs")
    maya.go(TITLE)
    maya.go("The life of this job")
    maya.sees("Their idea holds the evening together")
    maya.picture("timeline")
    fin.go("Choices made")
    fin.sees(TITLE, "Events")
    fin.picture("choices")
