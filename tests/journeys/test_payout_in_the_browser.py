"""
A vendor's way to its money in a real browser: Vera says at Stripe where it goes, Fay confirms it,
Fin asks, Fay approves, and Vera reads that it is paid. It leaves a picture of each step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from ledger import paying_duties
from marketplace.offices import grant_office
from marketplace.people import add_person
from tests.cast import FOUNDED, PASSWORD, assemble
from tests.journeys.visitor import PICTURES, Album, Visitor
from tests.ledger.builders import grant
from tests.stripe_twin.playing import connect, owed
from tests.stripe_twin.server import Twin, running

pytestmark = pytest.mark.browser


def test_from_accepted_work_to_the_bank(
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
    fay = add_person(
        actor=cast.adam, email="fay@house.example", name="Fay", at=FOUNDED, password=PASSWORD
    )
    grant_office(actor=cast.adam, user_id=fay.pk, office="finance", at=FOUNDED)
    grant(cast)
    owed(cast, "1000")
    album = Album(PICTURES / "payout")
    with running(Twin()) as twin:
        connect(twin, settings)
        twin.books.now = int(timezone.now().timestamp())
        twin.books.balances[""]["eur"] += 5_000_00

        vera = Visitor(browser, site, "Vera", album)
        vera.go("Would they choose you?")
        vera.go("Your account")
        vera.sees("not said yet", "1,000.00")
        vera.picture("account")
        vera.go("Say where your money goes…")
        vera.picture("warned")
        vera.press("Go on")
        vera.sees("Continue at Stripe")
        vera.picture("on-to-stripe")
        (account,) = twin.books.of("account")
        twin.books.finish_onboarding(account["id"])
        paying_duties.poll(at=timezone.now())

        second = Visitor(browser, site, "Fay", album)
        second.page.goto(f"{site}/finance/payouts/")
        second.picture("to-confirm")
        second.go("Confirm…")
        second.press("I asked, and it is theirs")
        first = Visitor(browser, site, "Fin", album)
        first.page.goto(f"{site}/finance/payouts/")
        first.go("Pay…")
        first.picture("ask")
        first.press("Ask for the payout")
        first.sees("Waiting")
        second.page.goto(f"{site}/finance/payouts/")
        second.go("Approve…")
        second.press("Approve it")
        second.picture("approved")
        paying_duties.run(at=timezone.now())
        for payout in twin.books.pay_out(account["id"]):
            twin.books.settle(payout, "paid")
        paying_duties.poll(at=timezone.now())

        vera.page.goto(f"{site}/vendors/{cast.vera_co.pk}/account/")
        vera.sees("Paid", "1,000.00", "By year")
        vera.picture("paid")
        assert not vera.complaints + first.complaints + second.complaints
    assert twin.contract.wrong == []
