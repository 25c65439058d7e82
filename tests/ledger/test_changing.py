"""Change orders."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.changing import (
    AlreadyAgreed,
    AlreadySigned,
    NoSignatureNeeded,
    NothingChanges,
    PriceBelowZero,
    SecondSignatureMissing,
    agree_change,
    propose_change,
    sign_change,
)
from ledger.delivering import DeliveryWaiting, MilestoneAccepted
from ledger.models.awards import Award, ChangeOrder
from ledger.models.budgets import BudgetLine
from ledger.posting import InsufficientFunds
from marketplace.membership import end_membership
from marketplace.models.events import Event, Notice
from marketplace.models.people import Membership, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, HOUR, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, stands

pytestmark = pytest.mark.django_db
LATER = CHOICE + 3 * DAY


@pytest.fixture
def award(cast: Cast) -> Award:
    """Vera & Co's work, in three parts of 15,000, 20,000 and 5,000; 9,200 are left."""
    builders.grant(cast, "50000")
    return builders.choose(cast, builders.contest(cast).vendor_bid)


def propose(cast: Cast, award: Award, *, part: int = 0, **words: Any) -> ChangeOrder:
    """Maya proposes 1,000.00 more for the first part, unless a test says otherwise."""
    usual = {
        "actor": cast.maya,
        "milestone_id": builders.milestones(award)[part].pk,
        "difference": eur("1000"),
        "reason": "One more day.",
        "at": LATER,
    }
    return propose_change(**(usual | words))


def line_of(award: Award) -> BudgetLine:
    return BudgetLine.objects.get(pk=award.budget_line_id)


def test_a_proposal_moves_nothing(cast: Cast, award: Award):
    change = propose(cast, award)

    assert change.agreed_at is None
    assert line_of(award).committed_minor == 40_800_00
    assert builders.milestones(award)[0].agreed_minor() == 15_000_00
    assert {notice.recipient for notice in Notice.objects.filter(kind="change.proposed")} == {
        cast.vera
    }


def test_with_the_other_sides_yes_the_promise_grows_and_its_fee(cast: Cast, award: Award):
    change = agree_change(actor=cast.vera, change_id=propose(cast, award).pk, at=LATER + DAY)

    assert (change.agreed_by, change.agreed_at) == (cast.vera, LATER + DAY)
    assert line_of(award).committed_minor == 41_820_00
    assert stands("E110") == eur("41820")
    assert builders.milestones(award)[0].agreed_minor() == 16_000_00
    assert [event.kind for event in Event.objects.filter(kind__startswith="change.")] == [
        "change.proposed",
        "change.agreed",
    ]


def test_a_change_may_take_away(cast: Cast, award: Award):
    change = propose(cast, award, part=2, difference=eur("-5000"))

    agree_change(actor=cast.vera, change_id=change.pk, at=LATER + DAY)

    assert line_of(award).committed_minor == 35_700_00
    builders.finish(cast, award)
    assert stands("2100") == eur("35000")


def test_what_the_provider_proposes_a_head_agrees_to(cast: Cast, award: Award):
    change = propose(cast, award, actor=cast.vera)

    assert {notice.recipient for notice in Notice.objects.filter(kind="change.proposed")} == {
        cast.maya
    }
    agree_change(actor=cast.maya, change_id=change.pk, at=LATER + DAY)
    assert line_of(award).committed_minor == 41_820_00


@pytest.mark.parametrize("actor", ["rolf", "fin", "ada"])
def test_only_who_binds_a_side_proposes(cast: Cast, award: Award, actor: str):
    with refused(Forbidden):
        propose(cast, award, actor=getattr(cast, actor))


def test_to_a_rival_the_milestone_is_not_there(cast: Cast, award: Award):
    with refused(Unknown):
        propose(cast, award, actor=cast.pia)


@pytest.mark.parametrize(
    ("proposer", "agreer"), [("maya", "maya"), ("maya", "gerd"), ("vera", "vera")]
)
def test_nobody_agrees_for_the_other_side(cast: Cast, award: Award, proposer: str, agreer: str):
    change = propose(cast, award, actor=getattr(cast, proposer))

    with refused(Forbidden):
        agree_change(actor=getattr(cast, agreer), change_id=change.pk, at=LATER + DAY)


def test_a_proposal_stays_its_sides_when_who_made_it_has_left(cast: Cast, award: Award):
    seat = Membership.objects.get(user=cast.vera, provider=cast.vera_co)
    change = propose(cast, award, actor=cast.vera)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=LATER + HOUR)
    lead_at(cast.vera_co, cast.otto, cast)

    with refused(Forbidden):
        agree_change(actor=cast.otto, change_id=change.pk, at=LATER + DAY)
    assert agree_change(actor=cast.maya, change_id=change.pk, at=LATER + DAY).agreed_at


def test_nobody_agrees_to_their_own_proposal_by_changing_sides(cast: Cast, award: Award):
    change = propose(cast, award, actor=cast.maya)
    lead_at(cast.vera_co, cast.maya, cast)

    with refused(Forbidden):
        agree_change(actor=cast.maya, change_id=change.pk, at=LATER + DAY)


def lead_at(provider: Provider, person: User, cast: Cast) -> None:
    """Somebody becomes lead of a provider after the proposal."""
    Membership.objects.filter(user=person, department__isnull=True).update(ended_at=LATER)
    Membership.objects.create(user=person, provider=provider, role="lead", since_at=LATER + HOUR)


@pytest.mark.parametrize("difference", [Money(0, "EUR"), Money(100, "USD")])
def test_a_change_changes_something_in_the_awards_currency(
    cast: Cast, award: Award, difference: Money
):
    with refused(NothingChanges):
        propose(cast, award, difference=difference)


def test_no_more_is_taken_away_than_there_is(cast: Cast, award: Award):
    with refused(PriceBelowZero):
        propose(cast, award, difference=eur("-15000.01"))


def test_two_proposals_together_do_not_take_more_than_there_is(cast: Cast, award: Award):
    first, second = (propose(cast, award, difference=eur("-10000")) for _ in range(2))
    agree_change(actor=cast.vera, change_id=first.pk, at=LATER + DAY)

    with refused(PriceBelowZero):
        agree_change(actor=cast.vera, change_id=second.pk, at=LATER + DAY)


def test_a_change_says_why(cast: Cast, award: Award):
    with refused(ReasonMissing):
        propose(cast, award, reason=" ")


def test_a_change_is_agreed_once(cast: Cast, award: Award):
    change = propose(cast, award)
    agree_change(actor=cast.vera, change_id=change.pk, at=LATER + DAY)

    with refused(AlreadyAgreed):
        agree_change(actor=cast.vera, change_id=change.pk, at=LATER + DAY)


def test_a_change_that_the_budget_cannot_pay_is_refused(cast: Cast, award: Award):
    change = propose(cast, award, difference=eur("9100"))  # and a fee of 182: 82 too much
    sign_change(actor=cast.gerd, change_id=change.pk, at=LATER)

    with refused(InsufficientFunds):
        agree_change(actor=cast.vera, change_id=change.pk, at=LATER + DAY)

    change.refresh_from_db()
    assert change.agreed_at is None
    assert line_of(award).committed_minor == 40_800_00


def test_while_a_delivery_waits_its_milestone_does_not_change(cast: Cast, award: Award):
    change = propose(cast, award)
    builders.deliver(cast, builders.milestones(award)[0], at=LATER + DAY)

    with refused(DeliveryWaiting):
        propose(cast, award)
    with refused(DeliveryWaiting):
        agree_change(actor=cast.vera, change_id=change.pk, at=LATER + 2 * DAY)


def test_an_accepted_milestone_does_not_change(cast: Cast, award: Award):
    change = propose(cast, award)
    builders.accept(cast, builders.milestones(award)[0], at=LATER + DAY)

    with refused(MilestoneAccepted):
        propose(cast, award)
    with refused(MilestoneAccepted):
        agree_change(actor=cast.vera, change_id=change.pk, at=LATER + 3 * DAY)


def test_more_than_a_tenth_needs_a_second_head(cast: Cast, award: Award):
    change = propose(cast, award, difference=eur("4000.01"))
    with refused(SecondSignatureMissing):
        agree_change(actor=cast.vera, change_id=change.pk, at=LATER + DAY)

    for nobody in (cast.maya, cast.rolf, cast.fin, cast.vera):
        with refused(Forbidden):
            sign_change(actor=nobody, change_id=change.pk, at=LATER + DAY)
    sign_change(actor=cast.gerd, change_id=change.pk, at=LATER + DAY)
    with refused(AlreadySigned):
        sign_change(actor=cast.gerd, change_id=change.pk, at=LATER + DAY)
    agree_change(actor=cast.vera, change_id=change.pk, at=LATER + 2 * DAY)

    assert line_of(award).committed_minor == 44_880_01


def test_a_tenth_and_less_need_one(cast: Cast, award: Award):
    for difference in ("4000", "-6000"):
        change = propose(cast, award, difference=eur(difference))
        with refused(NoSignatureNeeded):
            sign_change(actor=cast.gerd, change_id=change.pk, at=LATER + DAY)
        agree_change(actor=cast.vera, change_id=change.pk, at=LATER + DAY)

    assert line_of(award).committed_minor == 38_760_00


def test_several_small_changes_are_no_way_around_it(cast: Cast, award: Award):
    first = propose(cast, award, difference=eur("2500"))
    agree_change(actor=cast.vera, change_id=first.pk, at=LATER + DAY)
    second = propose(cast, award, difference=eur("2500"))

    with refused(SecondSignatureMissing):
        agree_change(actor=cast.vera, change_id=second.pk, at=LATER + DAY)


def test_who_signed_does_not_agree_as_well(cast: Cast, award: Award):
    change = propose(cast, award, actor=cast.vera, difference=eur("5000"))
    sign_change(actor=cast.gerd, change_id=change.pk, at=LATER + DAY)

    with refused(SecondSignatureMissing):
        agree_change(actor=cast.gerd, change_id=change.pk, at=LATER + DAY)
    agree_change(actor=cast.maya, change_id=change.pk, at=LATER + DAY)

    assert line_of(award).committed_minor == 45_900_00
