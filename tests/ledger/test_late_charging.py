"""What was handed over once is charged within the days for it, or with the leave of finance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ledger.delivering import ChargedTooLate, return_delivery
from ledger.late_charging import NotTooLate, allow_late_charge
from ledger.models.awards import Milestone
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE
from tests.ledger.figures import standing

pytestmark = pytest.mark.django_db
HANDED_OVER = CHOICE + 10 * DAY
OVER = HANDED_OVER + 45 * DAY


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    """The first part of Vera's work came back to her."""
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    first = builders.milestones(award)[0]
    delivery = builders.deliver(cast, first, at=HANDED_OVER)
    return_delivery(
        actor=cast.rolf, delivery_id=delivery.pk, missing="The roof.", at=HANDED_OVER + DAY
    )
    return first


def allow(cast: Cast, milestone: Milestone, *, at: datetime = OVER, **words: Any) -> None:
    usual = {"actor": cast.fin, "reason": "The roof was late by no fault of theirs."}
    allow_late_charge(milestone_id=milestone.pk, at=at, **(usual | words))


def test_a_day_before_the_end_it_is_charged_and_then_no_more(cast: Cast, milestone: Milestone):
    with refused(ChargedTooLate) as caught:
        builders.deliver(cast, milestone, at=OVER)
    assert "Ask finance" in caught.value.text

    builders.accept(cast, milestone, at=OVER - DAY)
    assert standing()["5200"] == 15_000


def test_finance_allows_it_with_a_reason(cast: Cast, milestone: Milestone):
    allow(cast, milestone)

    builders.accept(cast, milestone, at=OVER + 30 * DAY)

    assert standing()["5200"] == 15_000
    assert Event.objects.get(kind="milestone.late_charge_allowed").actor == cast.fin
    told = Notice.objects.filter(kind="milestone.late_charge_allowed")
    assert {notice.recipient for notice in told} == {cast.maya, cast.vera}


def test_work_that_was_never_handed_over_is_merely_late(cast: Cast, milestone: Milestone):
    second = builders.milestones(milestone.award)[1]

    builders.accept(cast, second, at=OVER + 100 * DAY)

    assert standing()["5200"] == 20_000


def test_only_finance_allows_it(cast: Cast, milestone: Milestone):
    for nobody in (cast.maya, cast.gerd, cast.vera, cast.ada):
        with refused(Forbidden):
            allow(cast, milestone, actor=nobody)
    with refused(Unknown):
        allow(cast, milestone, actor=cast.otto)


def test_leave_is_given_where_it_is_needed_and_says_why(cast: Cast, milestone: Milestone):
    with refused(NotTooLate):
        allow(cast, milestone, at=OVER - DAY)
    with refused(NotTooLate):
        allow(cast, builders.milestones(milestone.award)[1])
    with refused(ReasonMissing):
        allow(cast, milestone, reason=" ")
    allow(cast, milestone)
    with refused(NotTooLate):
        allow(cast, milestone)
