"""A provider who was chosen declines, and the department chooses another freely."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from ledger.delivering import AwardEnded
from ledger.eligibility import BidNotValid
from ledger.models.awards import Award
from ledger.models.objections import Withdrawal
from ledger.reports.desk import desk
from ledger.reports.states import with_state
from ledger.withdrawing import WorkUnderWay, decline_award
from marketplace.models.events import Notice
from marketplace.models.jobs import Job
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, HOUR, MINUTE, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest, assert_books_hold, line_stands
from tests.ledger.figures import standing

pytestmark = pytest.mark.django_db
WHY = "Two of us are ill until June."


def declined(cast: Cast) -> tuple[Contest, Award]:
    contest = builders.contest(cast)
    award = builders.choose(cast, contest.team_bid)
    decline_award(actor=cast.pia, award_id=award.pk, reason=WHY, at=CHOICE + HOUR)
    return contest, award


def test_the_promise_is_free_again_and_the_next_best_is_chosen(cast: Cast):
    line = builders.grant(cast)
    contest, first = declined(cast)
    assert line_stands(line) == {"budget": "100000.00", "available": "100000.00"}
    assert standing() == {"B100": 100_000, "B900": 100_000}
    assert_books_hold()

    with refused(BidNotValid):
        builders.choose(cast, contest.team_bid, at=CHOICE + DAY)
    award = builders.choose(cast, contest.vendor_bid, at=CHOICE + DAY)

    assert award.replaces == first
    assert line_stands(line)["committed"] == "40800.00"
    builders.finish(cast, award)
    assert standing() == {
        "2100": 40_000,
        "4200": 800,
        "5200": 40_000,
        "5300": 800,
        "B100": 100_000,
        "B900": 100_000,
    }
    assert_books_hold()


def test_the_job_waits_for_a_choice_again(cast: Cast):
    builders.grant(cast)
    contest, _ = declined(cast)
    job = with_state(Job.objects.filter(pk=contest.job.pk), at=CHOICE + DAY).get()
    assert job.state == "to_choose"
    told = Notice.objects.filter(kind="award.withdrawn", recipient=cast.maya).get()
    assert "Events declined" in told.text
    assert WHY in told.text
    assert WHY not in Notice.objects.get(kind="award.withdrawn", recipient=cast.vera).text


def test_a_rivals_bid_waits_for_a_choice_again_on_its_leads_desk(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast)
    award = builders.choose(cast, contest.team_bid)

    def of_vera() -> list[object]:
        items = desk(actor=cast.vera, at=CHOICE + DAY)
        return [
            one.subject_id for one in (*items.mine, *items.others) if one.job_id == award.job_id
        ]

    assert contest.vendor_bid.pk not in of_vera()
    decline_award(actor=cast.pia, award_id=award.pk, reason=WHY, at=CHOICE + HOUR)
    assert contest.vendor_bid.pk in of_vera()


def test_the_head_has_the_choice_again_until_another_is_made(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast)
    award = builders.choose(cast, contest.team_bid)

    def waiting(at: datetime) -> list[set[str]]:
        desks = [desk(actor=person, at=at) for person in (cast.maya, cast.vera)]
        kinds = [{one.kind for one in (*paper.mine, *paper.others)} for paper in desks]
        return [each & {"choose", "choice"} for each in kinds]

    assert waiting(CHOICE + MINUTE) == [set(), set()]
    decline_award(actor=cast.pia, award_id=award.pk, reason=WHY, at=CHOICE + HOUR)
    assert waiting(CHOICE + 2 * HOUR) == [{"choose"}, {"choice"}]
    builders.choose(cast, contest.vendor_bid, at=CHOICE + 3 * HOUR)
    assert waiting(CHOICE + 4 * HOUR) == [set(), set()]


def test_only_the_lead_of_who_was_chosen_declines_and_says_why(cast: Cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)
    for person, refusal in [
        (cast.paul, Forbidden),
        (cast.maya, Forbidden),
        (cast.vera, Unknown),
    ]:
        with refused(refusal):
            decline_award(actor=person, award_id=award.pk, reason=WHY, at=CHOICE + HOUR)
    with refused(ReasonMissing):
        decline_award(actor=cast.pia, award_id=award.pk, reason=" ", at=CHOICE + HOUR)


def test_work_that_has_begun_is_ended_with_the_other_side(cast: Cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)
    builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + HOUR)
    with refused(WorkUnderWay):
        decline_award(actor=cast.pia, award_id=award.pk, reason=WHY, at=CHOICE + 2 * HOUR)
    with pytest.raises(IntegrityError, match="withdrawn any more"), transaction.atomic():
        Withdrawal.objects.create(
            award=award,
            cause="declined",
            reason=award.reason,
            withdrawn_by=cast.pia,
            withdrawn_at=CHOICE + 2 * HOUR,
        )


def test_nothing_is_delivered_for_a_choice_that_was_withdrawn(cast: Cast):
    builders.grant(cast)
    _, award = declined(cast)
    first = builders.milestones(award)[0]
    with refused(AwardEnded, Unknown):
        builders.deliver(cast, first, at=CHOICE + DAY)
