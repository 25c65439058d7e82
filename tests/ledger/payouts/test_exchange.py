"""
A payout in dollars from a balance in euros, matched with entry 20 of the chart: 40,000.00 USD were
booked at 0.90, and cost 0.95 when they were paid.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.currencies import state_rate
from ledger.exchanging import NotAnExchange
from ledger.models.stripe import BalanceMovement, MovementMatch
from ledger.reconciling import explain_movement
from ledger.reports.stripe_books import booked_balance
from tests.builders import DAY, MINUTE, NOON, eur, refused
from tests.ledger import builders
from tests.ledger.builders import CHOICE, assert_books_hold, bid_of
from tests.ledger.figures import figures, standing
from tests.ledger.test_currencies import usd
from tests.stripe_twin.playing import Play, one_signature

pytestmark = pytest.mark.django_db


def explain(play: Play, movement: BalanceMovement) -> MovementMatch:
    words = {"way": "exchange", "reason": "We hold no dollars.", "at": play.pass_(MINUTE)}
    return explain_movement(actor=play.cast.fin, movement_id=movement.pk, **words)


def test_20_a_payout_that_was_taken_from_another_balance_is_settled_and_matched(play):
    cast = play.cast
    stated = {"in_force_on": (NOON - DAY).date(), "reason": "The central bank's.", "rate": "0.9"}
    state_rate(actor=cast.fin, currency="USD", into="EUR", at=NOON - DAY, **stated)
    job = builders.publish(cast, currency="USD", ceiling=usd("45000"), point=usd("75"))
    content = replace(bid_of(["15000", "20000", "5000"]), currency="USD")
    bid = builders.submit(cast, job, cast.vera_co, content)
    builders.open_job(job)
    award = builders.choose(cast, bid)
    builders.finish(cast, award, at=CHOICE + 5 * DAY)
    one_signature(cast, currency="USD")
    play.onboard()
    play.fund(40_000_00)
    play.twin.books.exchange["usd"] = ("eur", 95)
    before = figures(award.budget_line)
    play.ask(currency="USD")
    play.work()
    play.poll()
    (movement,) = BalanceMovement.objects.filter(match=None)
    assert movement.exception.code == "other_currency"
    assert (movement.amount_minor, movement.currency) == (-38_000_00, "EUR")

    match = explain(play, movement)

    assert match.entry is not None
    assert match.entry.kind == "currency_exchanged"
    # 36,000.00 were charged for the work; 2,000.00 more are charged as the currency's difference.
    assert figures(award.budget_line)[1] == before[1] + 2_000
    assert [each for each in booked_balance() if each.minor] == [eur("-38000")]
    assert "1190" not in standing() and "1190" not in standing("USD")
    assert builders.stands("5500") == eur("2000")
    assert_books_hold()


def test_what_is_no_such_payout_is_not_settled_so(play):
    play.twin.books.line("", "topup", 100_00, "eur", "tu_by_hand")
    play.poll()
    with refused(NotAnExchange):
        explain(play, BalanceMovement.objects.get(match=None))
