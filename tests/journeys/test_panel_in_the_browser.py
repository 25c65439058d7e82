"""Four people and their panel in a real browser: each page on a desk, on a phone, and by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from bids.agreeing import agree_score
from bids.closing import close_due_job
from bids.scoring import score_bid
from bids.witnesses import state_opening_limit
from marketplace.interests import declare_interest
from marketplace.models.jobs import Job
from marketplace.panels import appoint_panel
from tests.builders import DEADLINE, HOUR, NOON, eur
from tests.cast import PASSWORD, Cast, assemble
from tests.journeys.visitor import PICTURES, Album, Visitor
from tests.ledger.builders import Contest, bid_of, grant, open_job, publish, submit

REASON = "The text answers the question in all its parts."


def _judged(cast: Cast) -> Contest:
    """A formal job that Rolf and Gerd have judged alone; all but one score is agreed on."""
    grant(cast)
    grant(cast, at=timezone.now())
    job = publish(cast, procedure="formal")
    people = (cast.rolf, cast.gerd)
    ids = [one.pk for one in people]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    for one in people:
        declare_interest(actor=one, job_id=job.pk, has_some=False, at=NOON + HOUR)
    team = submit(cast, job, cast.events_team, bid_of(["40000"]))
    vendor = submit(cast, job, cast.vera_co, bid_of(["30000"]))
    open_job(job)
    for bid, quarters in ((team, (4, 1)), (vendor, (2, 2))):
        for criterion in job.criteria.all():
            words = {"bid_id": bid.pk, "criterion_id": criterion.pk, "reason": REASON}
            for person, level in zip(people, quarters, strict=True):
                score_bid(actor=person, quarters=level, at=DEADLINE + HOUR, **words)
    for bid, criterion in [(b, c) for b in (team, vendor) for c in job.criteria.all()]:
        if bid == team and criterion.name == "Idea":
            continue
        words = {"bid_id": bid.pk, "criterion_id": criterion.pk, "reason": REASON}
        at = DEADLINE + 2 * HOUR
        agree_score(actor=cast.rolf, quarters=3, was_talked_over=True, at=at, **words)
    return Contest(job, team, vendor)


def _waiting(cast: Cast) -> Job:
    """A closed job above the limit for two: Rolf has still to declare, and nobody has signed."""
    reason = "More than the house spends in a week."
    state_opening_limit(actor=cast.adam, limit=eur("5000"), reason=reason, at=NOON + HOUR)
    job = publish(cast, title="Winter party for the whole house", at=NOON + 2 * HOUR)
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=[cast.rolf.pk], at=NOON + 3 * HOUR)
    submit(cast, job, cast.vera_co, bid_of(["30000"]))
    close_due_job(job_id=job.pk, at=DEADLINE)
    return job


@pytest.mark.browser
@pytest.mark.proof
def test_a_panel_agrees_and_the_prices_are_opened(
    committed: str,
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Playwright's loop runs in this thread; Django must not take its own queries for mistakes.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    as_role("replay")
    cast = assemble(password=PASSWORD)
    here, waiting = _judged(cast), _waiting(cast)
    as_role("web")
    album = Album(PICTURES / "panel", is_whole=True)
    maya, rolf, gerd, vera = (
        Visitor(browser, site, name, album) for name in ("Maya", "Rolf", "Gerd", "Vera")
    )
    job, closed = f"{site}/jobs/{here.job.pk}/", f"{site}/jobs/{waiting.pk}/"
    for person, path, name in [
        (rolf, "panel/declaration/", "interests"),
        (maya, "opening/", "opening-by-two"),
        (maya, "opening/signature/", "opening-signature"),
    ]:
        person.page.goto(closed + path)
        album.keep(person.page, name)
    for person, path, name in [
        (maya, "panel/", "panel"),
        (maya, "comparison/", "comparison-waits"),
        (rolf, "agreement/", "sheet"),
        (rolf, "agreement/?names=hidden", "sheet-without-names"),
    ]:
        person.page.goto(job + path)
        album.keep(person.page, name)

    rolf.page.goto(job + "agreement/")
    rolf.page.get_by_role("link", name="Agree on a score… Events, Idea").click()
    rolf.page.get_by_label("½").check()
    rolf.page.get_by_label("Reason").fill("Together: the plan for rain is good, its cost is not.")
    rolf.page.get_by_label("We talked about").check()
    album.keep(rolf.page, "agree")
    rolf.press("Note what we agreed on")
    for person in (rolf, gerd):
        person.page.goto(job + "agreement/consent/")
        album.keep(person.page, "consent")
        person.press("I agree to all of it")
    maya.page.goto(job + "prices/")
    album.keep(maya.page, "prices")
    maya.press("Open all prices")
    expect(maya.page.get_by_role("link", name="Choose… Vera & Co")).to_be_visible()
    album.keep(maya.page, "comparison")
    maya.page.goto(job + "final-round/")
    album.keep(maya.page, "final-round")
    maya.page.get_by_label("Events").check()
    maya.page.get_by_label("Vera & Co").check()
    maya.page.get_by_label("What you ask").fill("Your best price, if the tent is ours?")
    until = (timezone.localtime() + 48 * HOUR).strftime("%Y-%m-%dT%H:%M")
    maya.page.get_by_label("Until when").fill(until)
    maya.press("Ask all of them")
    vera.page.goto(f"{site}/bids/{here.vendor_bid.pk}/final/")
    vera.page.get_by_label("Your answer").fill("28,000 it is.")
    vera.page.get_by_label("Labour").fill("28000")
    album.keep(vera.page, "final-bid")
    vera.press("Seal and submit")
    expect(vera.page.locator("main")).to_contain_text("You are on the shortlist")
    assert not [one for visitor in (maya, rolf, gerd, vera) for one in visitor.complaints]
