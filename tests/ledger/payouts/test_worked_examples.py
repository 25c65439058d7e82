"""Each money event of a payout, with every balance: entries 13 to 18b of the chart."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ledger.models.payouts import Payout
from ledger.models.stripe import BalanceMovement
from ledger.payees import confirm_payee, pay_by_hand
from ledger.paying_by_hand import (
    Frozen,
    NotThatDay,
    note_paid_by_hand,
    note_returned_by_hand,
)
from ledger.sending_back import want_back
from ledger.settling import try_again
from ledger.topping_up import ask_top_up
from marketplace.models.events import Notice
from tests.builders import DAY, MINUTE, refused
from tests.cast import Cast
from tests.ledger.builders import assert_books_hold, books_stand
from tests.stripe_twin.playing import Play, eur, one_signature, owed

pytestmark = pytest.mark.django_db

OWED = {"2100": "1000.00"}


@pytest.fixture
def before(play: Play) -> dict[str, str]:
    """Marketing owes Vera & Co 1,000.00, and finance may approve it alone."""
    owed(play.cast, "600", "400")
    one_signature(play.cast)
    play.onboard()
    return {code: sum for code, sum in books_stand().items() if code != "2100"}


def top_up(play: Play, amount: str) -> str:
    ask_top_up(actor=play.cast.fin, top_up_id=uuid4(), amount=eur(amount), at=play.pass_(MINUTE))
    play.work()
    (made,) = play.twin.books.of("topup")[:1]
    return str(made["id"])


def funded(play: Play, amount: str = "5000") -> None:
    play.twin.books.arrive(top_up(play, amount))
    play.poll()


def sent(play: Play) -> Payout:
    funded(play)
    payout = play.ask()
    play.work()
    return payout


def test_13_a_top_up_is_booked_when_it_arrives_and_not_before(play, before):
    made = top_up(play, "5000")
    assert books_stand() == before | OWED

    play.twin.books.arrive(made)
    play.deliver(play.twin.books.events)
    play.work()

    assert books_stand() == before | OWED | {"1150": "5000.00", "1100": "-5000.00"}
    assert_books_hold()


def test_14_an_approved_payout_is_in_process_before_anybody_is_asked(play, before):
    payout = play.ask()

    assert play.word(payout) == "approved"
    assert books_stand() == before | {"2120": "1000.00"}
    assert not [asked for asked in play.twin.asked if "transfers" in asked]
    assert_books_hold()


def test_15_what_is_sent_is_in_transit(play, before):
    payout = sent(play)

    assert play.word(payout) == "sent"
    assert books_stand() == before | {
        "1100": "-5000.00",
        "1150": "4000.00",
        "1160": "1000.00",
        "2120": "1000.00",
    }
    assert_books_hold()


def test_15_a_fee_of_stripes_is_a_central_cost(play, before):
    play.twin.books.arrive(top_up(play, "5000"), fee=2_50)
    play.twin.books.take_fee(1_00)

    play.poll()

    assert books_stand() == before | OWED | {
        "1100": "-5000.00",
        "1150": "4996.50",
        "5400": "3.50",
    }
    assert play.twin.books.balances[""]["eur"] == 4_996_50
    assert_books_hold()


def test_16_what_the_bank_took_is_paid(play, before):
    payout = sent(play)

    play.bank("paid")
    play.deliver(play.twin.books.events)
    play.work()

    assert play.word(payout) == "paid"
    assert books_stand() == before | {"1100": "-5000.00", "1150": "4000.00"}
    assert_books_hold()


def test_17_what_stripe_refuses_is_owed_again_and_a_new_attempt_has_a_new_key(play, before):
    payout = play.ask()  # there is nothing in the balance
    play.work()
    assert play.word(payout) == "refused"
    assert "balance_insufficient" in play.stands(payout.pk).detail
    assert books_stand() == before | OWED
    assert_books_hold()

    funded(play)
    try_again(actor=play.fay, payout_id=payout.pk, at=play.pass_(MINUTE))
    play.work()

    assert play.word(payout) == "sent"
    assert sorted(key for key in play.twin.answers if key.startswith("payout")) == [
        f"payout-{payout.pk}-1",
        f"payout-{payout.pk}-2",
    ]
    assert books_stand() == before | {
        "1100": "-5000.00",
        "1150": "4000.00",
        "1160": "1000.00",
        "2120": "1000.00",
    }
    assert_books_hold()


def test_18a_a_bank_that_does_not_take_it_moves_nothing_of_ours(play, before):
    payout = sent(play)
    in_transit = books_stand()

    play.bank("failed")
    play.deliver(play.twin.books.events)
    play.work()

    assert play.word(payout) == "failed"
    assert books_stand() == in_transit
    assert_books_hold()


def test_18a_what_comes_back_after_it_was_paid_is_in_transit_again_until_it_is_paid(play, before):
    payout = sent(play)
    in_transit = books_stand()
    play.bank("paid")
    play.deliver(play.twin.books.events)
    play.work()

    (first,) = play.twin.books.of("payout")
    play.twin.books.settle(first["id"], "failed")
    play.deliver(play.twin.books.events)
    play.work()
    assert play.word(payout) == "returned"
    assert books_stand() == in_transit

    play.bank("paid")  # the vendor gave another bank account, and Stripe pays out again
    play.deliver(play.twin.books.events)
    play.work()

    assert play.word(payout) == "paid"
    assert books_stand() == before | {"1100": "-5000.00", "1150": "4000.00"}
    assert_books_hold()


def test_18b_a_transfer_that_is_reversed_refills_the_balance_and_is_owed_again(play, before):
    payout = sent(play)

    want_back(actor=play.cast.fin, payout_id=payout.pk, reason="Paid twice.", at=play.pass_(MINUTE))
    play.work()

    assert play.word(payout) == "reversed"
    assert books_stand() == before | OWED | {"1100": "-5000.00", "1150": "5000.00"}
    assert play.twin.books.balances[""]["eur"] == 5_000_00
    assert_books_hold()


def test_18b_a_part_that_stripe_took_back_is_booked_once_and_the_rest_comes_back_too(play, before):
    payout = sent(play)
    (transfer,) = play.twin.books.of("transfer")
    play.twin.books.reverse(transfer, {"amount": 300_00})
    for _ in range(2):
        play.deliver(play.twin.books.events[-1:])
        play.work()
        play.twin.books.tell("transfer.reversed", transfer)
    cash = {"1100": "-5000.00", "1150": "4300.00"}
    assert play.word(payout) == "sent"
    assert books_stand() == before | cash | {"2100": "300.00", "1160": "700.00", "2120": "700.00"}
    told = {"kind": "payout.part_reversed", "recipient": play.cast.fin}
    assert Notice.objects.filter(**told).count() == 1

    want_back(actor=play.cast.fin, payout_id=payout.pk, reason="All of it.", at=play.pass_(MINUTE))
    play.work()
    play.poll()

    assert play.word(payout) == "reversed"
    assert books_stand() == before | OWED | {"1100": "-5000.00", "1150": "5000.00"}
    assert play.twin.books.balances[""]["eur"] == 5_000_00
    assert not BalanceMovement.objects.filter(match=None).exists()
    assert_books_hold()


def test_18b_after_it_was_paid(play, before):
    payout = sent(play)
    play.bank("paid")
    play.deliver(play.twin.books.events)
    play.work()
    account = play.accounts()[0]
    play.twin.books.balances[account]["eur"] += 1_000_00  # the vendor has other money there

    want_back(actor=play.cast.fin, payout_id=payout.pk, reason="Not theirs.", at=play.pass_(MINUTE))
    play.work()

    assert play.word(payout) == "reversed"
    assert books_stand() == before | OWED | {"1100": "-5000.00", "1150": "5000.00"}
    assert_books_hold()


def test_what_was_paid_by_hand_before_the_payee_changed_is_noted_with_its_day(play, settings):
    settings.STRIPE_API_KEY = ""
    cast = play.cast
    owed(cast, "1000")
    one_signature(cast)
    words = {"actor": play.fay, "provider_id": cast.vera_co.pk}
    payee = pay_by_hand(**words, reference="Creditor 4711", at=play.pass_(MINUTE))
    confirm_payee(actor=cast.fin, payee_id=payee.pk, at=play.now)
    payout = play.ask()
    paid_on = play.now.date()
    changed = play.pass_(2 * DAY).date()
    pay_by_hand(**words, reference="Creditor 4712", at=play.now)

    note = {"actor": cast.fin, "payout_id": payout.pk, "document": "Run 7"}
    at = play.pass_(DAY)
    with refused(Frozen):
        note_paid_by_hand(**note, at=at)
    with refused(Frozen):
        note_paid_by_hand(**note, paid_on=changed, at=at)
    with refused(NotThatDay):
        note_paid_by_hand(**note, paid_on=paid_on - DAY, at=at)
    note_paid_by_hand(**note, paid_on=paid_on, at=at)

    assert play.word(payout) == "paid"
    assert str(paid_on.year) in play.stands(payout.pk).detail
    assert "2120" not in books_stand()
    assert_books_hold()


def test_without_stripe_the_same_entries_are_noted_by_hand(play, cast: Cast, settings):
    settings.STRIPE_API_KEY = ""
    owed(cast, "600", "400")
    one_signature(cast)
    before = {code: sum for code, sum in books_stand().items() if code != "2100"}
    at = play.pass_(MINUTE)
    payee = pay_by_hand(
        actor=play.fay, provider_id=cast.vera_co.pk, reference="Creditor 4711", at=at
    )
    confirm_payee(actor=cast.fin, payee_id=payee.pk, at=at)

    payout = play.ask()
    assert books_stand() == before | {"2120": "1000.00"}
    play.work()
    assert play.word(payout) == "approved"  # no machine sends it

    words = {"actor": cast.fin, "payout_id": payout.pk}
    note_paid_by_hand(**words, document="Run 7", at=play.pass_(MINUTE))
    assert play.word(payout) == "paid"
    assert books_stand() == before | {"1100": "-1000.00"}

    note_returned_by_hand(**words, document="Return 9", at=play.pass_(MINUTE))
    assert play.word(payout) == "reversed"
    assert books_stand() == before | OWED
    assert_books_hold()
