"""Every line at Stripe is explained, or open with its reason; and an open one holds the month."""

from __future__ import annotations

import pytest

from ledger.closing import CloseBlocked
from ledger.models.stripe import MovementException
from ledger.reconciling import NotAnException, NotAWay, explain_movement, read_movements
from ledger.reports.close_checklist import close_checklist
from ledger.reports.stripe_books import booked_balance, stripe_movements
from ledger.stripe_gateway import Gateway
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, MINUTE, refused
from tests.ledger import builders
from tests.ledger.builders import assert_books_hold, books_stand
from tests.stripe_twin.contract import IS_HERE
from tests.stripe_twin.playing import Play, one_signature, owed
from tests.stripe_twin.server import Fault

pytestmark = pytest.mark.django_db


def rows(play: Play) -> dict[str, str]:
    return {row.kind: row.state for row in stripe_movements(actor=play.cast.ada)}


def test_what_nothing_explains_is_open_until_finance_does_and_holds_the_month(play: Play):
    cast, books = play.cast, play.twin.books
    play.pass_(MINUTE)
    made = books.top_up({"amount": "200000", "currency": "eur"})
    books.arrive(made["id"])  # somebody did so in Stripe's own pages
    play.poll()
    assert rows(play) == {"topup": "open"}
    assert MovementException.objects.get().code == "not_ours"
    with refused(CloseBlocked):
        builders.close_month(cast, 202603)
    (line,) = books.lines[""]
    words = {"movement_id": line["id"], "at": play.now, "reason": "The first funding."}
    with refused(Forbidden):
        explain_movement(actor=cast.maya, way="top_up", **words)
    with refused(NotAWay):
        explain_movement(actor=cast.fin, way="gift", **words)
    with refused(ReasonMissing):
        explain_movement(actor=cast.fin, way="top_up", **words | {"reason": ""})
    with refused(Unknown):
        explain_movement(actor=cast.fin, way="top_up", **words | {"movement_id": "txn_0"})

    explain_movement(actor=cast.fin, way="top_up", **words)

    assert rows(play) == {"topup": "explained"}
    assert books_stand()["1150"] == "2000.00"
    with refused(NotAnException):
        explain_movement(actor=cast.fin, way="words", **words)
    checks = close_checklist(actor=cast.fin, period_id=202603, at=play.now).checks
    assert [check.state for check in checks if check.code == "balance_matched"] == ["clear"]
    assert_books_hold()


def test_what_was_taken_back_at_stripe_is_booked_though_nobody_told_us(play: Play):
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.onboard()
    payout = play.ask()
    play.work()
    (transfer,) = play.twin.books.of("transfer")
    for amount, word, owed_again in ((300_00, "sent", "300.00"), (700_00, "reversed", "1000.00")):
        play.twin.books.reverse(transfer, {"amount": amount})
        play.twin.faults.append(Fault("GET /v1/transfers", "busy"))
        play.poll()
        assert len(stripe_movements(actor=play.cast.ada, only_open=True)) == 1

        play.poll()

        assert not stripe_movements(actor=play.cast.ada, only_open=True)
        assert play.word(payout) == word
        assert books_stand()["2100"] == owed_again
    assert_books_hold()


def test_what_was_taken_back_is_read_until_stripe_says_of_what(play: Play):
    """For a week Stripe does not give the transfer, while other lines of the balance go on."""
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.onboard()
    payout = play.ask()
    play.work()
    (transfer,) = play.twin.books.of("transfer")
    play.twin.books.reverse(transfer, {"amount": 300_00})
    for _ in range(7):
        play.pass_(DAY)
        play.twin.books.take_fee(35)
        play.twin.faults.append(Fault("GET /v1/transfers", "busy"))
        play.poll()
    assert [row.kind for row in stripe_movements(actor=play.cast.ada, only_open=True)] == [
        "transfer_refund"
    ]

    play.poll()

    assert not stripe_movements(actor=play.cast.ada, only_open=True)
    assert play.word(payout) == "sent"
    assert books_stand()["2100"] == "300.00"
    assert_books_hold()


def test_what_no_entry_ever_explains_is_read_again_for_a_month_and_no_longer(play, monkeypatch):
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.onboard()
    play.ask()
    play.work()
    (transfer,) = play.twin.books.of("transfer")
    play.twin.books.reverse(transfer, {"amount": 300_00})
    taken_back, read_from = play.now, []
    real = Gateway.movements
    monkeypatch.setattr(
        Gateway,
        "movements",
        lambda self, *, since: read_from.append(since) or real(self, since=since),
    )
    for days in (20, 20):
        play.twin.books.take_fee(35)
        play.twin.faults.append(Fault("GET /v1/transfers", "busy"))
        play.pass_(days * DAY)
        play.poll()
    play.poll()

    assert read_from[1] <= taken_back < read_from[2]
    assert len(stripe_movements(actor=play.cast.ada, only_open=True)) == 1


def test_a_transfer_of_another_amount_or_currency_is_open(play: Play):
    books = play.twin.books
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.fund(currency="usd")
    play.onboard()
    payout = play.ask()
    play.work()
    (ours,) = books.lines[""]
    ours |= {"amount": -99_900, "net": -99_900}
    books.line("", "transfer", -1_000_00, "usd", ours["source"])
    books.line("", "transfer", -5_00, "eur", "tr_of_nobody")

    play.poll()

    assert sorted(MovementException.objects.values_list("code", flat=True)) == [
        "not_ours",
        "other_amount",
        "other_currency",
    ]
    assert play.word(payout) == "sent"


def test_what_the_books_have_and_stripe_does_not_show_holds_the_month_too(play: Play):
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.onboard()
    play.ask()
    play.work()
    play.twin.books.lines[""].clear()
    play.pass_(3 * DAY)
    play.poll()

    checks = close_checklist(actor=play.cast.fin, period_id=202603, at=play.now).blockers

    (found,) = [check for check in checks if check.code == "balance_matched"]
    assert "does not show it" in found.rows[0].text


def test_every_line_is_matched_once_however_often_it_is_read(play: Play):
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.onboard()
    play.ask()
    play.work()
    play.twin.books.take_fee(35)

    for _ in range(3):
        play.poll()

    assert rows(play) == {"transfer": "matched", "stripe_fee": "matched"}
    assert {str(sum.amount) for sum in booked_balance()} == {"-1000.35"}
    with refused(Forbidden):
        read_movements(actor=play.cast.fin, at=play.now)
    assert play.twin.contract.checked or not IS_HERE
    assert_books_hold()
