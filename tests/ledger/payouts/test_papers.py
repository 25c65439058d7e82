"""Payouts as papers: each is found however old, says what holds it up, and is in its year."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.reports import payouts as papers
from marketplace.refusals import Unknown
from tests.builders import HOUR, eur, refused
from tests.stripe_twin.playing import Play, one_signature, owed

pytestmark = pytest.mark.django_db


def test_an_approved_payout_says_what_holds_it_up_and_until_when(play: Play) -> None:
    owed(play.cast, "1000")
    one_signature(play.cast)
    payee = play.onboard()
    payout = play.ask()
    words: dict[str, Any] = {"actor": play.cast.fin, "payout_id": payout.pk}
    assert papers.payout(at=play.now, **words).then == "It is sent within a minute."

    play.twin.books.set_bank(payee.reference, "ba_of_somebody_else")
    play.deliver(play.twin.books.events[-1:])
    play.work()

    assert "It is held" in papers.payout(at=play.now, **words).then
    assert "within a minute" in papers.payout(at=play.pass_(72 * HOUR), **words).then


def test_what_was_paid_is_summed_by_year_and_each_payout_is_found(play: Play) -> None:
    cast = play.cast
    owed(cast, "600")
    one_signature(cast)
    play.fund()
    play.onboard()
    first = play.ask()
    play.work()
    play.bank("paid")
    owed(cast, "400")
    play.ask()
    play.work()
    play.bank("failed")
    play.poll()

    account = papers.vendor_account(actor=cast.vera, provider_id=cast.vera_co.pk, at=play.now)

    assert account.years == [papers.YearPaid(play.now.year, 1, eur("600"))]
    assert papers.payout(actor=cast.vera, payout_id=first.pk, at=play.now).state == "paid"
    with refused(Unknown):
        papers.payout(actor=cast.rolf, payout_id=first.pk, at=play.now)
