"""Keeping back a part of what a vendor is owed, until its days are over."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.duties import release_the_kept
from ledger.models.awards import Award, Dispute, Milestone
from ledger.models.retentions import Release, Retention
from ledger.retention import AlreadyReleased, NotDueYet, StillContested, release_retention
from marketplace.models.events import Event, Notice
from marketplace.policies import MoreThanAll, state_policy
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_clock
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, assert_books_hold
from tests.ledger.figures import figures, standing

pytestmark = pytest.mark.django_db
ACCEPTED = CHOICE + 11 * DAY


def state_careful_policy(cast: Cast, *, basis_points: int = 500, days: int = 90) -> None:
    """Finance keeps back 5 % of what vendors deliver, for 90 days."""
    state_policy(
        actor=cast.fin,
        code="careful",
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="What is built must stand for a season.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        fee_basis_points=200,
        retention_basis_points=basis_points,
        retention_days=days,
    )


def awarded(cast: Cast, *, to_team: bool = False, **words: str) -> Award:
    """Marketing has 100,000.00 and chooses a bid of 40,000.00 in three parts."""
    state_careful_policy(cast)
    contest = builders.contest(cast, policy_code="careful", **words)
    return builders.choose(cast, contest.team_bid if to_team else contest.vendor_bid)


def first_accepted(cast: Cast, award: Award) -> Milestone:
    milestone = builders.milestones(award)[0]
    builders.accept(cast, milestone, at=CHOICE + 10 * DAY)
    return milestone


def contest_first(cast: Cast, milestone: Milestone, amount: str) -> Dispute:
    return raise_dispute(
        actor=cast.maya,
        milestone_id=milestone.pk,
        amount=eur(amount),
        reason="The roof leaks.",
        at=ACCEPTED + DAY,
    )


def settle(cast: Cast, dispute: Dispute, credit: str) -> None:
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur(credit),
        reason="The photographs show it.",
        at=ACCEPTED + 5 * DAY,
    )


def release(
    cast: Cast, *, at: datetime = ACCEPTED + 90 * DAY, by_time: bool = False, **words: object
) -> Release:
    kept = Retention.objects.get()
    usual = {"actor": the_clock() if by_time else cast.maya, "by_time": by_time, "at": at}
    return release_retention(retention_id=kept.pk, **(usual | words))


def test_what_is_kept_back_is_owed_later(cast: Cast):
    line = builders.grant(cast)
    award = awarded(cast)
    assert figures(line) == (40_800, 0, 59_200)
    assert standing() == {"B100": 100_000, "B900": 100_000, "E110": 40_800, "E900": 40_800}

    first_accepted(cast, award)
    assert figures(line) == (25_500, 15_300, 59_200)
    assert standing() == {
        "2100": 14_250,
        "2110": 750,
        "4200": 300,
        "5200": 15_000,
        "5300": 300,
        "B100": 100_000,
        "B900": 100_000,
        "E110": 25_500,
        "E900": 25_500,
    }

    assert release_the_kept(at=ACCEPTED + 89 * DAY) == 0
    assert release_the_kept(at=ACCEPTED + 90 * DAY) == 1
    assert release_the_kept(at=ACCEPTED + 91 * DAY) == 0
    assert figures(line) == (25_500, 15_300, 59_200)
    assert standing() == {
        "2100": 15_000,
        "4200": 300,
        "5200": 15_000,
        "5300": 300,
        "B100": 100_000,
        "B900": 100_000,
        "E110": 25_500,
        "E900": 25_500,
    }
    event = Event.objects.get(kind="retention.released")
    assert event.actor == the_clock()
    assert '"amount_minor":75000' in event.body
    notice = Notice.objects.get(kind="retention.released")
    assert (notice.recipient, "750.00 EUR" in notice.text) == (cast.vera, True)
    assert_books_hold()


def test_what_is_kept_back_of_the_parts_is_that_of_the_whole(cast: Cast):
    builders.grant(cast)
    # 5 % of 0.10 is half a cent: rounded part by part, three of them would be 0.03.
    parts = ("0.10", "0.10", "0.10")
    state_careful_policy(cast)
    contest = builders.contest(cast, policy_code="careful", team=parts, vendor=parts)

    builders.finish(cast, builders.choose(cast, contest.vendor_bid))

    kept = sum(retention.amount_minor for retention in Retention.objects.all())
    assert kept == 2  # 5 % of 0.30 is 0.015
    assert standing()["2110"] == eur("0.02").amount
    assert_books_hold()


def test_nothing_is_kept_back_of_a_team(cast: Cast):
    builders.grant(cast)

    first_accepted(cast, awarded(cast, to_team=True))

    assert not Retention.objects.exists()
    assert standing()["4100"] == 15_000
    assert_books_hold()


def test_the_head_may_give_it_earlier_and_nobody_else(cast: Cast):
    builders.grant(cast)
    first_accepted(cast, awarded(cast))

    with refused(Forbidden):
        release(cast, actor=cast.rolf, at=ACCEPTED + DAY)
    with refused(Forbidden):
        release(cast, actor=cast.vera, at=ACCEPTED + DAY)
    with refused(Unknown):
        release(cast, actor=cast.otto, at=ACCEPTED + DAY)
    given = release(cast, at=ACCEPTED + DAY)

    assert (given.amount_minor, given.released_by) == (750_00, cast.maya)
    assert standing()["2100"] == 15_000
    with refused(AlreadyReleased):
        release(cast, at=ACCEPTED + 2 * DAY)


def test_the_clock_gives_nothing_before_its_day(cast: Cast):
    builders.grant(cast)
    first_accepted(cast, awarded(cast))

    with refused(NotDueYet):
        release(cast, by_time=True, at=ACCEPTED + 89 * DAY)


def test_while_a_charge_is_contested_it_stays(cast: Cast):
    builders.grant(cast)
    dispute = contest_first(cast, first_accepted(cast, awarded(cast)), "1000")

    with refused(StillContested):
        release(cast)
    assert release_the_kept(at=ACCEPTED + 90 * DAY) == 0

    settle(cast, dispute, "0")
    assert release_the_kept(at=ACCEPTED + 90 * DAY) == 1
    assert standing()["2100"] == 15_000
    assert_books_hold()


def test_a_credit_beyond_what_is_payable_takes_of_what_was_kept_back(cast: Cast):
    line = builders.grant(cast)
    dispute = contest_first(cast, first_accepted(cast, awarded(cast)), "15000")
    assert standing()["2150"] == 15_000
    assert not {"2100", "2110"} & standing().keys()

    settle(cast, dispute, "14600")  # 400.00 is left; all of it had been kept back

    assert {code: standing().get(code) for code in ("2100", "2110", "2150")} == {
        "2100": None,
        "2110": 400,
        "2150": None,
    }
    assert figures(line) == (25_500, 408, 74_092)
    assert release(cast).amount_minor == 400_00
    assert standing()["2100"] == 400
    assert_books_hold()


def test_a_full_credit_leaves_nothing_to_release(cast: Cast):
    line = builders.grant(cast)
    dispute = contest_first(cast, first_accepted(cast, awarded(cast)), "15000")
    settle(cast, dispute, "15000")

    assert release(cast).amount_minor == 0

    assert standing() == {"B100": 100_000, "B900": 100_000, "E110": 25_500, "E900": 25_500}
    assert figures(line) == (25_500, 0, 74_500)
    assert_books_hold()


def test_no_more_is_kept_back_than_is_owed(cast: Cast):
    with refused(MoreThanAll):
        state_careful_policy(cast, basis_points=10_001)
