"""The report of payouts and the balance at Stripe, line by line, once money came back."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.models.payouts import Payout
from ledger.reports.columns import control_of
from ledger.reports.payout_lines import COLUMNS, PayoutLine, payout_lines
from ledger.reports.stripe_books import MovementRow, stripe_movements
from ledger.sending_back import want_back
from tests.builders import MINUTE
from tests.ledger.builders import assert_books_hold
from tests.ledger.payouts.test_parts_back import payout, want  # noqa: F401
from tests.stripe_twin.playing import Play, eur

pytestmark = pytest.mark.django_db


def lines(play: Play) -> list[PayoutLine]:
    days = {"since_on": date(2020, 1, 1), "until_on": date(2030, 1, 1)}
    return payout_lines(actor=play.cast.fin, at=play.now, **days)


def movements(play: Play) -> dict[str, MovementRow]:
    return {row.kind: row for row in stripe_movements(actor=play.cast.fin)}


def test_a_part_that_came_back_is_off_what_was_paid(play: Play, payout: Payout):  # noqa: F811
    """250.00 of Vera & Co's 1,000.00 is taken back before its bank has the rest."""
    want(play, payout)
    play.work()
    play.poll()
    play.bank("paid")
    play.poll()

    (line,) = lines(play)
    assert (line.amount, line.came_back, line.fee) == (eur("1000"), eur("250"), eur("0"))
    assert (line.state, line.net) == ("paid", eur("750"))
    assert line.arrived_at is not None
    sums = {total.column: total.sum for total in control_of(COLUMNS, lines(play)).totals}
    assert (sums["amount"], sums["came_back"], sums["net"]) == (
        eur("1000"),
        eur("250"),
        eur("750"),
    )
    shown = movements(play)
    assert {shown["transfer"].payout_id, shown["transfer_refund"].payout_id} == {payout.pk}
    assert shown["transfer_refund"].provider_name == "Vera & Co"
    assert shown["transfer"].arrived_at == line.arrived_at
    assert shown["transfer_refund"].arrived_at is None
    assert_books_hold()


def test_what_came_back_wholly_is_nothing_paid(play: Play, payout: Payout):  # noqa: F811
    words = {"reason": "Not theirs.", "at": play.pass_(MINUTE)}
    want_back(actor=play.cast.fin, payout_id=payout.pk, **words)
    play.work()
    play.poll()

    (line,) = lines(play)
    assert (line.state, line.came_back, line.net) == ("reversed", eur("1000"), eur("0"))
    assert {row.payout_id for row in movements(play).values() if row.source} == {payout.pk}


def test_what_the_bank_gave_back_has_not_arrived(play: Play, payout: Payout):  # noqa: F811
    play.bank("paid")
    play.poll()
    (line,) = lines(play)
    assert line.arrived_at is not None
    (made,) = play.twin.books.of("payout")

    play.twin.books.settle(made["id"], "failed")
    play.poll()

    (line,) = lines(play)
    assert (line.state, line.arrived_at, line.net) == ("returned", None, eur("1000"))
    assert movements(play)["transfer"].arrived_at is None
