"""
A part of a transfer comes back, after work that was paid for was credited: entry 12c of the chart.
Marketing paid 1,000.00 for two milestones and had 250.00 of the second credited.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.models.payouts import PartBack, PartWanted, Payout
from ledger.models.stripe import BalanceMovement
from ledger.sending_back import (
    AlreadyUnderWay,
    MoreThanOwedBack,
    NothingToTakeBack,
    want_back,
    want_part_back,
)
from marketplace.models.events import Notice
from marketplace.refusals import Forbidden, ReasonMissing
from tests.builders import MINUTE, refused
from tests.ledger import builders
from tests.ledger.builders import assert_books_hold, books_stand
from tests.stripe_twin.playing import Play, eur, one_signature, owed
from tests.stripe_twin.server import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(play: Play) -> Payout:
    """Vera & Co has 1,000.00, and owes 250.00 of it back."""
    award = owed(play.cast, "600", "400")
    one_signature(play.cast)
    play.onboard()
    play.fund(5_000_00)
    payout = play.ask()
    play.work()
    second = builders.milestones(award)[1]
    words = {"reason": "Half of it is missing.", "at": play.pass_(MINUTE)}
    dispute = raise_dispute(
        actor=play.cast.maya, milestone_id=second.pk, amount=eur("250"), **words
    )
    words = {"reason": "So it is.", "at": play.pass_(MINUTE)}
    resolve_dispute(actor=play.cast.fin, dispute_id=dispute.pk, credit=eur("250"), **words)
    return payout


def want(play: Play, payout: Payout, amount: str = "250", **words: object) -> PartWanted:
    usual = {"actor": play.cast.fin, "part_id": uuid4(), "payout_id": payout.pk}
    usual |= {"amount": eur(amount), "reason": "A credit after payment.", "at": play.pass_(MINUTE)}
    return want_part_back(**(usual | words))


def test_12c_what_is_owed_back_is_taken_from_the_transfer_on_its_way(play, payout):
    before = books_stand()
    assert (before["1300"], before["1160"], before["2120"]) == ("250.00", "1000.00", "1000.00")
    assert before["1150"] == "-1000.00"  # funded from before the books began

    want(play, payout)
    play.work()
    play.poll()

    after = before | {"1150": "-750.00", "1160": "750.00", "2120": "750.00"}
    after.pop("1300")
    assert books_stand() == after
    assert play.word(payout) == "sent"
    assert play.twin.books.balances[""]["eur"] == 4_250_00
    assert not BalanceMovement.objects.filter(match=None).exists()
    assert Notice.objects.filter(kind="payout.part_reversed", recipient=play.cast.vera).exists()
    assert_books_hold()

    play.bank("paid")
    play.poll()

    for code in ("1160", "2120"):
        after.pop(code)
    assert books_stand() == after
    assert play.word(payout) == "paid"
    assert_books_hold()


def test_12c_after_the_bank_has_the_rest_of_it(play, payout):
    play.bank("paid")
    play.poll()
    before = books_stand()
    assert (before["1300"], before["1150"]) == ("250.00", "-1000.00")
    assert "1160" not in before
    account = play.accounts()[0]
    play.twin.books.balances[account]["eur"] += 1_000_00  # the vendor has other money there

    want(play, payout, "200")
    play.work()

    assert books_stand() == before | {"1150": "-800.00", "1300": "50.00"}
    assert_books_hold()


def test_what_comes_back_beyond_what_was_owed_back_is_owed_again(play, payout):
    before = books_stand()
    (transfer,) = play.twin.books.of("transfer")
    play.twin.books.reverse(transfer, {"amount": 300_00})  # by hand, in Stripe's own pages

    play.deliver(play.twin.books.events[-1:] * 2)
    play.work()

    after = before | {"1150": "-700.00", "1160": "700.00", "2120": "700.00", "2100": "50.00"}
    after.pop("1300")
    assert books_stand() == after
    back = PartBack.objects.get()
    assert (back.amount_minor, back.set_off_minor, back.wanted) == (300_00, 250_00, None)
    assert_books_hold()


@pytest.mark.parametrize("fault", ["cut after", "broken after", "cut before", "busy"])
def test_a_part_is_asked_for_until_stripe_says_what_became_of_it_and_taken_once(
    play, payout, fault
):
    want(play, payout)
    play.twin.faults.append(Fault("POST /v1/transfers", fault))

    for _ in range(3):
        play.work()

    assert [one["amount"] for one in play.twin.books.of("transfer_reversal")] == [250_00]
    assert PartBack.objects.get().wanted is not None
    assert builders.stands("1300") == eur("0")
    assert_books_hold()


def test_a_part_is_refused_beyond_what_is_owed_back_without_a_reason_and_to_others(play, payout):
    with refused(MoreThanOwedBack):
        want(play, payout, "250.01")
    with refused(MoreThanOwedBack):
        want(play, payout, "0")
    with refused(ReasonMissing):
        want(play, payout, reason=" ")
    for other in (play.cast.vera, play.cast.ada):
        with refused(Forbidden):
            want(play, payout, actor=other)
    part = want(play, payout)
    assert want(play, payout, part_id=part.pk) == part
    with refused(AlreadyUnderWay):
        want(play, payout, "1")


def test_nothing_is_taken_of_what_came_back_wholly(play, payout):
    words = {"reason": "Not theirs.", "at": play.pass_(MINUTE)}
    want_back(actor=play.cast.fin, payout_id=payout.pk, **words)
    play.work()

    with refused(NothingToTakeBack):
        want(play, payout)


def test_the_database_keeps_a_part_without_its_entry_out(play, payout):
    part = {"payout": payout, "reference": "trr_x", "noted_by": play.cast.fin}
    part |= {"amount_minor": 1, "set_off_minor": 0, "happened_at": play.now}
    with pytest.raises(DatabaseError, match="is not booked"), transaction.atomic():
        PartBack.objects.create(**part)
        assert_books_hold()
