"""What a choice or an acceptance costs is said before it binds, to the cent that is booked."""

from __future__ import annotations

import pytest

from ledger.acceptance import accept_delivery
from ledger.reports.choice_cost import choice_budget
from ledger.reports.delivery_board import BoardDelivery, delivery_board
from marketplace.models.people import User
from marketplace.refusals import Unknown
from tests.builders import DAY, eur
from tests.cast import Cast
from tests.ledger.builders import (
    CHOICE,
    assert_books_hold,
    choose,
    contest,
    deliver,
    grant,
    milestones,
)

pytestmark = pytest.mark.django_db

# 2 % of 8.75 is 17.5 cents: of running totals the fees of the parts are 0.18, 0.17, 0.18.
PARTS = ("8.75", "8.75", "8.75")


def waiting(reader: User, job_id: object) -> BoardDelivery:
    board = delivery_board(actor=reader, job_id=job_id, at=CHOICE + 2 * DAY)  # type: ignore[arg-type]
    (one,) = [each for part in board.milestones for each in part.deliveries if not each.accepted_at]
    return one


def test_a_choice_says_price_fee_and_what_is_free_then(cast: Cast):
    line = grant(cast)
    here = contest(cast, estimate="40.00", team=PARTS, vendor=PARTS)

    budget = choice_budget(actor=cast.maya, job_id=here.job.pk, at=CHOICE)

    assert budget is not None
    said = budget.cost_of(eur("26.25"))
    assert (said.cost, said.fee, said.total) == (eur("26.25"), eur("0.53"), eur("26.78"))
    assert (said.free_now, said.reserved, said.free_then) == (
        eur("99960.00"),
        eur("40.00"),
        eur("99973.22"),
    )
    choose(cast, here.team_bid)
    line.refresh_from_db()
    assert line.committed_minor == said.total.minor
    assert line.available == said.free_then
    assert_books_hold()


def test_each_acceptance_is_charged_what_the_board_said(cast: Cast):
    line = grant(cast)
    award = choose(cast, contest(cast, team=PARTS, vendor=PARTS).team_bid)
    fees = []
    for milestone in milestones(award):
        deliver(cast, milestone, at=CHOICE + DAY)
        one = waiting(cast.maya, award.job_id)
        assert one.foreseen is not None
        line.refresh_from_db()
        before = line.charged_minor

        accept_delivery(actor=cast.rolf, delivery_id=one.delivery_id, at=CHOICE + 2 * DAY)

        line.refresh_from_db()
        assert line.charged_minor - before == one.foreseen.total.minor
        fees.append(one.foreseen.fee)

    assert fees == [eur("0.18"), eur("0.17"), eur("0.18")]
    assert_books_hold()


def test_the_provider_does_not_read_the_fee_nor_the_budget(cast: Cast):
    grant(cast)
    here = contest(cast, team=PARTS, vendor=PARTS)
    with pytest.raises(Unknown):
        choice_budget(actor=cast.vera, job_id=here.job.pk, at=CHOICE)
    award = choose(cast, here.vendor_bid)
    deliver(cast, milestones(award)[0], at=CHOICE + DAY)

    assert waiting(cast.vera, award.job_id).foreseen is None
