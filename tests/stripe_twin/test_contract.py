"""The twin against Stripe's own description: what is asked, and what is answered."""

from __future__ import annotations

import pytest

from ledger.sending_back import want_back
from tests.builders import MINUTE
from tests.ledger.payouts.conftest import play, twin
from tests.stripe_twin.contract import DESCRIPTION, IS_HERE, Contract
from tests.stripe_twin.playing import Play, one_signature, owed

__all__ = ["play", "twin"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not IS_HERE, reason=f"Stripe's own description is not at hand: {DESCRIPTION.name}"
    ),
]


def test_all_that_a_payout_asks_and_hears_is_as_stripe_describes_it(play: Play) -> None:
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.onboard()
    play.fund()
    payout = play.ask()
    play.work()
    play.bank("paid")
    play.poll()
    want_back(actor=play.cast.fin, payout_id=payout.pk, reason="Twice.", at=play.pass_(MINUTE))
    play.work()

    asked = {line.split("/")[2] for line in play.twin.asked}
    assert {"accounts", "transfers", "payouts", "balance_transactions"} <= asked
    assert play.twin.contract.checked == len(play.twin.asked) > 8
    assert play.twin.contract.wrong == []


def test_what_stripe_does_not_know_is_noticed() -> None:
    contract = Contract()
    contract.check_request("POST", "/v1/transfers", {"amount": "1", "currency": "eur"})
    contract.check_request("POST", "/v1/transfers", {"amount": "x", "wrong": "1"})
    contract.check_request("GET", "/v1/wishes", {})
    contract.check_answer("GET", "/v1/transfers/tr_1", 200, {"id": 1})

    assert contract.checked == 2
    said = "\n".join(contract.wrong)
    for word in ("wishes: Stripe has no such address", ".wrong", ".amount", ".destination", ".id"):
        assert word in said
