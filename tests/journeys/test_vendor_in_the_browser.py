"""
A vendor's whole way in a real browser, from the link in a mail to the money at its bank: Maya
invites Lina, who says what her company is; Fay sends it back once and approves it; Lina bids, works
and says at Stripe where her money goes; her bank does not take it at first. Then what nobody hopes
for: another bank account, a credit that is paid back, a suspension. Each step leaves its pictures,
on a desk and on a phone, in the light and in the dark.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser

from bids.duties import run as bids_duties
from bids.models.bids import Bid
from bids.submission import submit_bid
from ledger import paying_duties
from marketplace.models.jobs import Job
from marketplace.models.providers import Provider
from marketplace.offices import grant_office
from marketplace.people import add_person
from marketplace.policies import state_policy
from marketplace.vendor_approval import state_terms
from marketplace.vendor_links import send_due_invitations
from tests.builders import DAY, MINUTE
from tests.cast import PASSWORD, Cast, assemble
from tests.journeys.visitor import PICTURES, WIDE, Album, Visitor
from tests.ledger import builders
from tests.ledger.test_repaying import owed_back
from tests.stripe_twin.playing import connect
from tests.stripe_twin.server import Twin, running

pytestmark = [pytest.mark.browser, pytest.mark.proof]

TITLE = "Light for the winter market"
TERMS = """\
1. A chosen bid is the contract.
2. Work is paid within 20 days of its acceptance. Silence for 15 days is acceptance.
3. What is learned of the company stays between us."""


@dataclass
class Scene:
    """The company, Stripe, and whoever has a browser open."""

    cast: Cast
    twin: Twin
    album: Album
    browser: Browser
    site: str
    as_role: Callable[[str], None]

    def comes(self, name: str) -> Visitor:
        return Visitor(self.browser, self.site, name, self.album)

    def clock(self) -> None:
        """The worker comes round: it sends, hears and reads again."""
        self.as_role("worker")
        self.twin.books.now = int(timezone.now().timestamp())
        paying_duties.run(at=timezone.now())
        paying_duties.poll(at=timezone.now())
        self.as_role("web")


def founded_now(cast: Cast) -> None:
    """A budget, two people of finance, terms, and bids that may close the minute they are asked."""
    now = timezone.now()
    builders.grant(cast, "100000", at=now - 50 * DAY)
    fay = add_person(
        actor=cast.adam, email="fay@house.example", name="Fay", at=now - 50 * DAY, password=PASSWORD
    )
    grant_office(actor=cast.adam, user_id=fay.pk, office="finance", at=now - 50 * DAY)
    state_terms(actor=cast.fin, text=TERMS, at=now - 40 * DAY)
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


def test_from_a_link_in_a_mail_to_the_money(
    committed: str,
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
    settings: Any,
) -> None:
    as_role("replay")
    cast = assemble(at=timezone.now() - 60 * DAY, password=PASSWORD)
    founded_now(cast)
    as_role("web")
    album = Album(PICTURES / "vendor", is_dark=True)
    with running(Twin()) as twin:
        connect(twin, settings)
        twin.books.balances[""]["eur"] += 20_000_00
        scene = Scene(cast, twin, album, browser, site, as_role)
        maya = scene.comes("Maya")
        come_in(scene, maya)
        lina, fay = scene.comes("Lina"), scene.comes("Fay")
        light = Provider.objects.get(name="Lina Light").pk
        say_all(lina, light)
        approve(fay, lina, light)
        bid(scene, lina, light)
        choose(scene, light)
        work(lina, maya)
        fin = scene.comes("Fin")
        account = say_where_the_money_goes(scene, lina, fay, light)
        pay(scene, fin, fay)
        the_bank_does_not_take_it(scene, lina, fin, account)
        it_is_paid(scene, lina, account, light)
        another_bank_account(scene, lina, fin, account, light)
        paid_back(scene, fin, light)
        suspended(fin, lina, light)
        assert not [one.complaints for one in (maya, lina, fay, fin) if one.complaints]
    assert twin.contract.wrong == []


def come_in(scene: Scene, maya: Visitor) -> None:
    """Maya invites Lina, who opens her account by the link in the mail, once."""
    maya.page.goto(f"{scene.site}/vendors/")
    maya.picture("no-vendor-invited")
    maya.go("Invite a vendor…")
    maya.press("Send the invitation")
    maya.sees("There is a problem")
    maya.fill(company_name="Lina Light", email="lina@house.example")
    maya.picture("invites")
    maya.press("Send the invitation")
    maya.sees("Lina Light", "the mail goes out")
    maya.picture("invited")
    send_due_invitations(at=timezone.now())
    (letter,) = [one for one in mail.outbox if one.to == ["lina@house.example"]]
    link = re.search(r"/invitations/\S+", str(letter.body))
    assert link
    page = scene.browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
    page.goto(scene.site + link[0])
    page.fill("[name=name]", "Lina")
    page.fill("[name=password]", "short")
    page.get_by_role("button", name="Open the account").click()
    scene.album.keep(page, "lina-too-short")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.wait_for_url("**/sign-in/**")
    scene.album.keep(page, "lina-signs-in")
    page.goto(scene.site + link[0])
    scene.album.keep(page, "link-was-used")
    page.context.close()


def say_all(lina: Visitor, vendor: UUID) -> None:
    """Lina says what her company is, does, accepts and declares, and asks a colleague in."""
    lina.picture("home-first-day")
    lina.page.goto(f"{lina.site}/vendors/{vendor}/")
    lina.picture("to-say")
    lina.go("Say what your company is…")
    lina.fill(legal_name="Lina Light GmbH", register_number="HRB 4711", country="DE")
    lina.press("Say it")
    lina.picture("company-refused")
    lina.fill(address="Lindenweg 2, 10115 Berlin")
    lina.press("Say it")
    lina.go("Say what it does…")
    lina.tick("Events")
    lina.picture("kinds")
    lina.press("Say it")
    lina.go("Read and accept the terms…")
    lina.picture("terms")
    lina.press("Accept them for the company")
    lina.go("Declare who owns it…")
    lina.fill(owners="Lina Lindqvist, all of it.")
    lina.picture("declares")
    lina.press("Declare it")
    lina.sees("Finance looks at it")
    lina.picture("all-is-said")


def approve(fay: Visitor, lina: Visitor, vendor: UUID) -> None:
    """Fay asks for more, once, and approves it then."""
    fay.page.goto(f"{fay.site}/vendors/")
    fay.sees("Waits for finance")
    fay.picture("vendors")
    fay.page.goto(f"{fay.site}/vendors/{vendor}/")
    fay.picture("looks")
    fay.go("Send back…")
    fay.fill(reason="Give the address that stands in the register.")
    fay.picture("sends-back")
    fay.press("Send it back")
    lina.page.reload()
    lina.sees("Give the address that stands in the register.")
    lina.picture("sent-back")
    lina.go("Say it anew…")
    lina.fill(address="Lindenallee 40, 10117 Berlin")
    lina.press("Say it")
    fay.page.goto(f"{fay.site}/vendors/{vendor}/")
    fay.go("Approve…")
    fay.picture("approves")
    fay.press("Approve them")
    fay.sees("It may be invited, and bid.")
    fay.picture("approved")


def bid(scene: Scene, lina: Visitor, vendor: UUID) -> None:
    """The job is published; Pia's team bids, and Lina does, in her browser."""
    cast, now = scene.cast, timezone.now()
    scene.as_role("replay")
    job = builders.publish(
        cast,
        at=now,
        title=TITLE,
        closes_at=now + 3 * MINUTE,
        questions_until=now + MINUTE,
        invited=(cast.events_team.pk, vendor),
    )
    scene.as_role("web")
    content = replace(builders.bid_in_one("9500"), finishes_on=(now + 60 * DAY).date())
    submit_bid(
        actor=cast.pia,
        job_id=job.pk,
        provider_id=cast.events_team.pk,
        content=content,
        at=timezone.now(),
    )
    lina.page.goto(f"{scene.site}/")
    lina.picture("a-job-waits")
    lina.page.goto(f"{scene.site}/jobs/{job.pk}/")
    lina.go("Write your bid")
    lina.fill(
        approach="Warm light on every stall, and somebody who mends it until midnight.",
        **{"line-0-kind": "Materials", "line-0-text": "All of it", "line-0-amount": "8,000.00"},
    )
    lina.press("Check and submit…")
    lina.press("Submit the bid")
    lina.sees("8,000.00")
    lina.picture("receipt")


def choose(scene: Scene, vendor: UUID) -> None:
    """The clock opens the bids; Maya chooses Lina's."""
    job = Job.objects.get(title=TITLE)
    assert job.closes_at is not None
    scene.as_role("worker")
    time.sleep(max(0.0, (job.closes_at - timezone.now()).total_seconds()) + 0.5)
    assert bids_duties(at=timezone.now())["jobs_opened"] == 1
    scene.as_role("web")
    builders.choose(scene.cast, Bid.objects.get(job=job, provider=vendor), at=timezone.now())


def work(lina: Visitor, maya: Visitor) -> None:
    lina.go("Home")
    lina.picture("chosen")
    lina.go("Jobs")
    lina.go(TITLE)
    lina.go("Work and acceptance")
    lina.go("Hand over…")
    lina.fill(note="Every lamp burns.")
    lina.press("Hand over")
    lina.sees("Handed over.")
    lina.picture("handed-over")
    board = lina.page.url
    maya.page.goto(board)
    maya.go("Accept…")
    maya.page.get_by_role("button", name="Accept, and be charged").click()
    maya.sees("was charged")


def say_where_the_money_goes(scene: Scene, lina: Visitor, fay: Visitor, vendor: UUID) -> str:
    """Lina says it at Stripe, which asks for more at first; Fay confirms that it is hers."""
    lina.page.goto(f"{scene.site}/")
    lina.picture("work-accepted")
    lina.page.goto(f"{scene.site}/vendors/{vendor}/account/")
    lina.sees("not said yet", "8,000.00")
    lina.picture("account")
    lina.go("Say where your money goes…")
    lina.picture("warned")
    lina.press("Go on")
    lina.sees("Continue at Stripe")
    lina.picture("on-to-stripe")
    (account,) = scene.twin.books.of("account")
    lina.page.goto(f"{scene.site}/vendors/{vendor}/account/")
    lina.sees("Stripe still asks")
    lina.picture("stripe-still-asks")
    scene.twin.books.finish_onboarding(account["id"])
    scene.clock()
    fay.page.goto(f"{scene.site}/")
    fay.picture("home-to-confirm")
    fay.page.goto(f"{scene.site}/finance/payouts/")
    fay.picture("to-confirm")
    fay.go("Confirm…")
    fay.picture("confirms")
    fay.press("I asked, and it is theirs")
    return str(account["id"])


def pay(scene: Scene, fin: Visitor, fay: Visitor) -> None:
    """Fin asks, Fay approves, and the clock sends it."""
    fin.page.goto(f"{scene.site}/finance/payouts/")
    fin.go("Pay…")
    fin.picture("asks")
    fin.press("Ask for the payout")
    fin.sees("Waiting", "Fay")
    fin.picture("waits-for-a-second")
    fay.page.goto(f"{scene.site}/")
    fay.picture("home-to-approve")
    fay.page.goto(f"{scene.site}/finance/payouts/")
    fay.go("Approve…")
    fay.picture("approves-the-payout")
    fay.press("Approve it")
    scene.clock()
    fay.page.reload()
    fay.sees("Sent")
    fay.picture("sent")


def the_bank_does_not_take_it(scene: Scene, lina: Visitor, fin: Visitor, account: str) -> None:
    for payout in scene.twin.books.pay_out(account):
        scene.twin.books.settle(payout, "failed")
    scene.clock()
    lina.page.goto(f"{scene.site}/")
    lina.picture("home-bank-did-not-take-it")
    lina.page.goto(lina.site + _account(lina))
    lina.sees("did not take it")
    lina.picture("bank-did-not-take-it")
    fin.page.goto(f"{scene.site}/finance/payouts/")
    fin.sees("did not take it")
    fin.picture("bank-did-not-take-it")


def it_is_paid(scene: Scene, lina: Visitor, account: str, vendor: UUID) -> None:
    """Stripe pays again, the bank takes it; statement and year say so."""
    for payout in scene.twin.books.pay_out(account):
        scene.twin.books.settle(payout, "paid")
    scene.clock()
    lina.page.goto(f"{scene.site}/vendors/{vendor}/account/")
    lina.sees("Paid", "8,000.00", "By year")
    lina.picture("paid")
    lina.page.goto(f"{scene.site}/statement/?provider={vendor}")
    lina.sees("8,000.00")
    lina.picture("statement")
    lina.page.goto(f"{scene.site}/vendors/{vendor}/years/{timezone.now().year}/")
    lina.sees("Earned", "Paid", "8,000.00")
    lina.picture("year")


def another_bank_account(
    scene: Scene, lina: Visitor, fin: Visitor, account: str, vendor: UUID
) -> None:
    """Nothing is paid for three days, and everybody is told."""
    scene.twin.books.set_bank(account, "ba_second")
    scene.clock()
    lina.page.goto(f"{scene.site}/vendors/{vendor}/account/")
    lina.sees("nothing is paid before")
    lina.picture("frozen")
    fin.page.goto(f"{scene.site}/finance/payouts/")
    fin.sees("nothing is paid before")
    fin.picture("frozen")


def paid_back(scene: Scene, fin: Visitor, vendor: UUID) -> None:
    """What was credited after it had been paid is owed back, and Lina pays it by her bank."""
    light = replace(scene.cast, vera_co=Provider.objects.get(pk=vendor))
    scene.as_role("replay")
    owed_back(light, "250", at=timezone.now())
    scene.as_role("web")
    fin.page.goto(f"{scene.site}/finance/payouts/")
    fin.go("Note a repayment…")
    fin.fill(document="Statement 12, line 4")
    fin.picture("repayment")
    fin.press("Note it")
    fin.sees_no("Note a repayment…")
    fin.picture("repaid")


def suspended(fin: Visitor, lina: Visitor, vendor: UUID) -> None:
    """It may not bid for a while, is told why, and returns."""
    fin.page.goto(f"{fin.site}/vendors/{vendor}/")
    fin.go("Suspend…")
    fin.fill(reason="The insurance ran out in October.")
    fin.picture("suspends")
    fin.press("Suspend them")
    fin.picture("suspended")
    lina.page.goto(f"{lina.site}/vendors/{vendor}/")
    lina.sees("The insurance ran out in October.")
    lina.picture("suspended")
    fin.page.goto(f"{fin.site}/vendors/{vendor}/")
    fin.go("Restore…")
    fin.fill(reason="The new policy lies before us.")
    fin.press("Restore them")
    fin.sees("The new policy lies before us.")
    fin.picture("restored")


def _account(lina: Visitor) -> str:
    vendor = Provider.objects.get(name="Lina Light").pk
    return f"/vendors/{vendor}/account/"
