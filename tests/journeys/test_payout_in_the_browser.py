"""
A vendor's way from its invitation to its money in a real browser: Maya invites Lina, who says what
her company is; Fay approves it; work is accepted; Lina says at Stripe where her money goes, Fay
confirms it, Fin asks, Fay approves, and Lina reads that it is paid. Each step leaves a picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser

from ledger import paying_duties
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.offices import grant_office
from marketplace.people import add_person
from marketplace.vendor_approval import state_terms
from marketplace.vendor_links import send_due_invitations
from tests.cast import FOUNDED, PASSWORD, Cast, assemble
from tests.journeys.visitor import PICTURES, WIDE, Album, Visitor
from tests.ledger.builders import grant
from tests.stripe_twin.playing import connect, owed
from tests.stripe_twin.server import Twin, running

pytestmark = pytest.mark.browser


def come_in(maya: Visitor, browser: Browser, site: str) -> None:
    """Maya invites Lina, who opens her account by the link in the mail."""
    maya.page.goto(f"{site}/vendors/")
    maya.go("Invite a vendor…")
    maya.fill(company_name="Lina Light", email="lina@house.example")
    maya.picture("invite")
    maya.press("Send the invitation")
    maya.sees("Lina Light", "the mail goes out")
    maya.picture("invited")
    send_due_invitations(at=timezone.now())
    (letter,) = [one for one in mail.outbox if one.to == ["lina@house.example"]]
    link = re.search(r"/invitations/\S+", str(letter.body))
    assert link
    page = browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
    page.goto(site + link[0])
    page.fill("[name=name]", "Lina")
    page.fill("[name=password]", PASSWORD)
    maya.album.keep(page, "lina-comes-in")
    page.get_by_role("button", name="Open the account").click()
    page.wait_for_url("**/sign-in/**")
    page.context.close()


def say_all(lina: Visitor, vendor: Provider) -> None:
    """Lina says what her company is, does, accepts and declares."""
    lina.page.goto(f"{lina.site}/vendors/{vendor.pk}/")
    lina.picture("to-say")
    lina.go("Say what your company is…")
    lina.fill(legal_name="Lina Light GmbH", register_number="HRB 4711", country="DE")
    lina.fill(address="Lindenweg 2, 10115 Berlin")
    lina.picture("company")
    lina.press("Say it")
    lina.go("Say what it does…")
    lina.tick("Events")
    lina.press("Say it")
    lina.go("Read and accept the terms…")
    lina.picture("terms")
    lina.press("Accept them for the company")
    lina.go("Declare who owns it…")
    lina.fill(owners="Lina, all of it.")
    lina.picture("declares")
    lina.press("Declare it")
    lina.sees("Finance looks at it")
    lina.picture("said")


def approve(second: Visitor) -> None:
    second.page.goto(f"{second.site}/vendors/")
    second.sees("Waits for finance")
    second.picture("vendors")
    second.go("Lina Light")
    second.go("What it says of itself")
    second.picture("looks")
    second.go("Approve…")
    second.picture("approves")
    second.press("Approve them")
    second.sees("It may be invited, and bid.")


def in_the_dark(visitor: Visitor, *addresses: str) -> None:
    visitor.page.emulate_media(color_scheme="dark")
    for address in addresses:
        visitor.page.goto(visitor.site + address)
        visitor.picture("dark-" + address.strip("/").split("/")[-1])
    visitor.page.emulate_media(color_scheme="light")


def people(cast: Cast) -> None:
    fay = add_person(
        actor=cast.adam, email="fay@house.example", name="Fay", at=FOUNDED, password=PASSWORD
    )
    grant_office(actor=cast.adam, user_id=fay.pk, office="finance", at=FOUNDED)
    state_terms(actor=cast.fin, text="We pay in 20 days.\nSilence is acceptance.", at=FOUNDED)


def test_from_the_invitation_to_the_bank(
    committed: str,
    as_role: Callable[[str], None],
    site: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    as_role("replay")
    cast = assemble(password=PASSWORD)
    people(cast)
    grant(cast)
    album = Album(PICTURES / "payout")
    with running(Twin()) as twin:
        connect(twin, settings)
        twin.books.now = int(timezone.now().timestamp())
        twin.books.balances[""]["eur"] += 5_000_00

        come_in(Visitor(browser, site, "Maya", album), browser, site)
        lina = Visitor(browser, site, "Lina", album)
        light = Provider.objects.get(name="Lina Light")
        say_all(lina, light)
        second = Visitor(browser, site, "Fay", album)
        approve(second)
        owed(replace(cast, vera=User.objects.get(name="Lina"), vera_co=light), "1000")

        lina.page.goto(f"{site}/")
        lina.go("Would they choose you?")
        lina.go("Your account")
        lina.sees("not said yet", "1,000.00")
        lina.picture("account")
        lina.go("Say where your money goes…")
        lina.picture("warned")
        lina.press("Go on")
        lina.sees("Continue at Stripe")
        lina.picture("on-to-stripe")
        (account,) = twin.books.of("account")
        twin.books.finish_onboarding(account["id"])
        paying_duties.poll(at=timezone.now())

        second.page.goto(f"{site}/finance/payouts/")
        second.picture("to-confirm")
        second.go("Confirm…")
        second.press("I asked, and it is theirs")
        first = Visitor(browser, site, "Fin", album)
        first.page.goto(f"{site}/finance/payouts/")
        first.go("Pay…")
        first.picture("ask")
        first.press("Ask for the payout")
        first.sees("waiting")
        second.page.goto(f"{site}/finance/payouts/")
        second.go("Approve…")
        second.press("Approve it")
        second.picture("approved")
        paying_duties.run(at=timezone.now())
        for payout in twin.books.pay_out(account["id"]):
            twin.books.settle(payout, "paid")
        paying_duties.poll(at=timezone.now())

        lina.page.goto(f"{site}/vendors/{light.pk}/account/")
        lina.sees("paid", "1,000.00", "By year")
        lina.picture("paid")
        year = f"/vendors/{light.pk}/years/{timezone.now().year}/"
        lina.page.goto(site + year)
        lina.sees("Earned", "Paid", "1,000.00")
        lina.picture("year")
        in_the_dark(lina, f"/vendors/{light.pk}/", year)
        in_the_dark(second, "/vendors/", "/finance/payouts/")
        assert not lina.complaints + first.complaints + second.complaints
    assert twin.contract.wrong == []
