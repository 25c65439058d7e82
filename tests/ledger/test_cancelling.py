"""Calling awarded work off: one side offers, the other agrees, the rest of the promise is free."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.cancelling import (
    FeeAboveRest,
    OfferReplaced,
    WorkFinished,
    agree_cancellation,
    offer_cancellation,
)
from ledger.changing import agree_change, propose_change
from ledger.delivering import AwardEnded, DeliveryWaiting
from ledger.models.awards import Award
from ledger.models.cancellations import CancellationOffer
from ledger.reports.states import State
from ledger.reports.timeline import timeline
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, HOUR, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, assert_books_hold
from tests.ledger.figures import figures, standing

pytestmark = pytest.mark.django_db
LATER = CHOICE + 15 * DAY


@pytest.fixture
def award(cast: Cast) -> Award:
    """Vera & Co was chosen at 40,000.00, and 15,000.00 of it is accepted."""
    return begun(cast)


def begun(cast: Cast, *, by_team: bool = False) -> Award:
    builders.grant(cast)
    contest = builders.contest(cast)
    award = builders.choose(cast, contest.team_bid if by_team else contest.vendor_bid)
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + 10 * DAY)
    return award


def offer(cast: Cast, award: Award, fee: str = "4000", **words: Any) -> CancellationOffer:
    usual = {"actor": cast.maya, "reason": "The fair was called off.", "at": LATER}
    return offer_cancellation(award_id=award.pk, fee=eur(fee), **(usual | words))


def agree(cast: Cast, offered: CancellationOffer, **words: Any) -> None:
    agree_cancellation(offer_id=offered.pk, **({"actor": cast.vera, "at": LATER + DAY} | words))


def test_the_rest_is_free_again_and_the_fee_is_charged(cast: Cast, award: Award):
    line = award.budget_line
    assert figures(line) == (25_500, 15_300, 59_200)

    offered = offer(cast, award)
    assert figures(line) == (25_500, 15_300, 59_200)  # nothing is booked before both said yes

    agree(cast, offered)
    assert figures(line) == (0, 19_300, 80_700)
    assert standing() == {
        "2100": 19_000,
        "4200": 300,
        "5200": 19_000,
        "5300": 300,
        "B100": 100_000,
        "B900": 100_000,
    }
    assert award.commitments.get().released_minor == 25_500_00
    assert_books_hold()


def test_a_team_recovers_the_fee(cast: Cast):
    award = begun(cast, by_team=True)

    agree(cast, offer(cast, award), actor=cast.pia)

    assert standing() == {
        "4100": 19_000,
        "4200": 300,
        "5100": 19_000,
        "5300": 300,
        "B100": 100_000,
        "B900": 100_000,
    }
    assert figures(award.budget_line) == (0, 19_300, 80_700)
    assert_books_hold()


def test_work_called_off_before_it_began_and_for_nothing_nets_to_zero(cast: Cast):
    line = builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)

    agree(cast, offer(cast, award, "0"))

    assert figures(line) == (0, 0, 100_000)
    assert standing() == {"B100": 100_000, "B900": 100_000}
    assert_books_hold()


def test_the_provider_may_offer_and_the_head_agrees(cast: Cast, award: Award):
    offered = offer(cast, award, "0", actor=cast.vera)
    assert Notice.objects.get(kind="award.cancellation_offered").recipient == cast.maya

    for nobody in (cast.vera, cast.rolf):
        with refused(Forbidden):
            agree(cast, offered, actor=nobody)
    agree(cast, offered, actor=cast.maya)

    assert figures(award.budget_line) == (0, 15_300, 84_700)


def test_who_binds_neither_side_offers_nothing(cast: Cast, award: Award):
    for nobody in (cast.rolf, cast.fin, cast.ada):
        with refused(Forbidden):
            offer(cast, award, actor=nobody)
    with refused(Unknown):
        offer(cast, award, actor=cast.otto)


def test_the_side_that_offered_does_not_agree(cast: Cast, award: Award):
    offered = offer(cast, award)

    for nobody in (cast.maya, cast.gerd, cast.fin):
        with refused(Forbidden):
            agree(cast, offered, actor=nobody)


def test_the_newest_offer_counts(cast: Cast, award: Award):
    first = offer(cast, award)
    second = offer(cast, award, "9000", actor=cast.vera, at=LATER + HOUR)

    with refused(OfferReplaced):
        agree(cast, first)
    agree(cast, second, actor=cast.maya)

    assert figures(award.budget_line) == (0, 24_300, 75_700)


@pytest.mark.parametrize("fee", ["-0.01", "25000.01"])
def test_the_fee_is_nothing_at_least_and_the_rest_of_the_price_at_most(cast, award, fee):
    with refused(FeeAboveRest) as caught:
        offer(cast, award, fee)

    assert "25,000.00 EUR" in caught.value.text


def test_it_says_why(cast: Cast, award: Award):
    with refused(ReasonMissing):
        offer(cast, award, reason=" ")


def test_what_was_delivered_is_answered_first(cast: Cast, award: Award):
    offered = offer(cast, award)
    builders.deliver(cast, builders.milestones(award)[1], at=LATER)

    with refused(DeliveryWaiting):
        agree(cast, offered)
    with refused(DeliveryWaiting):
        offer(cast, award, at=LATER + HOUR)


def test_after_it_nothing_is_delivered_changed_or_called_off(cast: Cast, award: Award):
    second = builders.milestones(award)[1]
    change = propose_change(
        actor=cast.maya,
        milestone_id=second.pk,
        difference=eur("100"),
        reason="One more lamp.",
        at=LATER,
    )
    offered = offer(cast, award)
    agree(cast, offered)

    for late in (
        lambda: builders.deliver(cast, second, at=LATER + 2 * DAY),
        lambda: agree_change(actor=cast.vera, change_id=change.pk, at=LATER + 2 * DAY),
        lambda: offer(cast, award, at=LATER + 2 * DAY),
        lambda: agree(cast, offered, at=LATER + 2 * DAY),
    ):
        with refused(AwardEnded):
            late()


def test_finished_work_is_not_called_off(cast: Cast, award: Award):
    for milestone in builders.milestones(award)[1:]:
        builders.accept(cast, milestone, at=LATER)

    with refused(WorkFinished):
        offer(cast, award, "0", at=LATER + 2 * DAY)


def test_the_job_is_cancelled_then_and_its_line_of_facts_says_so(cast: Cast, award: Award):
    agree(cast, offer(cast, award))

    paper = timeline(actor=cast.maya, job_id=award.job_id, at=LATER + 2 * DAY)

    assert (paper.state, paper.has_it) == (State.CANCELLED, "")
    told = [fact for fact in paper.facts if fact.kind.startswith("award.cancel")]
    assert [fact.text for fact in told] == ["Cancellation offered", "Called off by both sides"]
    assert told[0].words == "The fair was called off."
    assert '"fee_minor":400000' in Event.objects.get(kind="award.cancelled").body
