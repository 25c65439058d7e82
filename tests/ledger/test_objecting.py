"""The standstill of a formal choice, objections to it, and what an upheld one does."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from ledger.cancelling import offer_cancellation
from ledger.changing import propose_change
from ledger.commissioning import AlreadyAwarded, AlreadyEnded, end_without_award
from ledger.eligibility import BidNotValid
from ledger.models.awards import Award, Delivery
from ledger.models.objections import Objection
from ledger.objecting import (
    AlreadyObjected,
    AlreadyRuled,
    NothingToObjectTo,
    OwnAward,
    StandstillOver,
)
from ledger.overriding import override_choice
from ledger.standstill import ObjectionOpen, StandstillRuns
from marketplace.membership import add_member
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, HOUR, MINUTE, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders, formal
from tests.ledger.builders import CHOICE, assert_books_hold, line_stands
from tests.ledger.figures import standing
from tests.ledger.formal import STANDSTILL_OVER, formal_choice, object_to, rule

pytestmark = pytest.mark.django_db
NOTHING_CHARGED = {"B100": 100_000, "B900": 100_000, "E110": 40_800, "E900": 40_800}


def test_work_starts_when_the_standstill_is_over(cast: Cast):
    line = builders.grant(cast)
    _, award = formal_choice(cast)
    first = builders.milestones(award)[0]
    assert award.standstill.until_at == STANDSTILL_OVER

    with refused(StandstillRuns) as told:
        builders.deliver(cast, first, at=STANDSTILL_OVER - MINUTE)
    assert "12 March 2026, 12:00 UTC" in told.value.text
    # The promise stands meanwhile, and nothing is charged.
    assert line_stands(line) == {
        "budget": "100000.00",
        "committed": "40800.00",
        "available": "59200.00",
    }
    assert standing() == NOTHING_CHARGED

    builders.finish(cast, award, at=STANDSTILL_OVER)
    assert line_stands(line)["charged"] == "40800.00"
    assert_books_hold()


def test_a_weekend_does_not_count(cast: Cast):
    builders.grant(cast)
    contest = formal.formal_contest(cast)
    friday = CHOICE + 3 * DAY

    award = builders.choose(cast, contest.team_bid, at=friday)

    assert award.standstill.until_at == friday + 4 * DAY  # Tuesday


def test_a_quick_choice_has_no_standstill(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast)
    award = builders.choose(cast, contest.team_bid)

    builders.deliver(cast, builders.milestones(award)[0], at=CHOICE)
    with refused(StandstillOver):
        object_to(cast, contest)


def test_while_it_runs_the_work_is_neither_changed_nor_called_off(cast: Cast):
    builders.grant(cast)
    _, award = formal_choice(cast)
    with refused(StandstillRuns):
        propose_change(
            actor=cast.maya,
            milestone_id=builders.milestones(award)[0].pk,
            difference=eur("10"),
            reason="A lamp.",
            at=CHOICE + HOUR,
        )
    with refused(StandstillRuns):
        offer_cancellation(
            actor=cast.maya,
            award_id=award.pk,
            fee=eur("100"),
            reason="Not needed.",
            at=CHOICE + HOUR,
        )


def test_nothing_is_delivered_or_charged_while_an_objection_is_open(cast: Cast):
    builders.grant(cast)
    contest, award = formal_choice(cast)
    objection = object_to(cast, contest)
    first = builders.milestones(award)[0]

    with refused(ObjectionOpen) as told:
        builders.deliver(cast, first, at=STANDSTILL_OVER + 5 * DAY)
    assert "17 March 2026" in told.value.text  # five business days
    assert standing() == NOTHING_CHARGED

    rule(cast, objection, at=STANDSTILL_OVER + 5 * DAY)
    builders.deliver(cast, first, at=STANDSTILL_OVER + 5 * DAY)
    assert Award.objects.filter(job=contest.job).get() == award


def test_an_upheld_objection_withdraws_the_choice_and_another_is_made_freely(cast: Cast):
    line = builders.grant(cast)
    contest, first = formal_choice(cast)
    objection = object_to(cast, contest)

    rule(cast, objection, upheld=True, reason="The answer on care was overlooked.")

    assert not Award.objects.filter(job=contest.job).exists()
    assert Award.record.get(job=contest.job) == first
    assert line_stands(line) == {"budget": "100000.00", "available": "100000.00"}
    assert standing() == {"B100": 100_000, "B900": 100_000}
    with refused(BidNotValid):  # the withdrawn choice is not simply made again
        builders.choose(cast, contest.team_bid, at=CHOICE + 2 * DAY)

    award = builders.choose(cast, contest.vendor_bid, at=CHOICE + 2 * DAY)
    assert award.replaces == first
    assert award.standstill.until_at == CHOICE + 6 * DAY  # a standstill of its own
    with refused(AlreadyAwarded):
        builders.choose(cast, contest.vendor_bid, at=CHOICE + 2 * DAY)
    assert line_stands(line)["committed"] == "45900.00"

    builders.finish(cast, award, at=CHOICE + 10 * DAY)
    assert line_stands(line) == {
        "budget": "100000.00",
        "charged": "45900.00",
        "available": "54100.00",
    }
    assert standing() == {
        "2100": 45_000,
        "4200": 900,
        "5200": 45_000,
        "5300": 900,
        "B100": 100_000,
        "B900": 100_000,
    }
    assert_books_hold()


def test_after_an_upheld_objection_the_job_may_end_without_a_choice(cast: Cast):
    builders.grant(cast)
    contest, _ = formal_choice(cast)
    rule(cast, object_to(cast, contest), upheld=True)

    end_without_award(
        actor=cast.maya, job_id=contest.job.pk, reason="We wait a year.", at=CHOICE + 2 * DAY
    )

    with refused(AlreadyEnded):
        builders.choose(cast, contest.vendor_bid, at=CHOICE + 3 * DAY)
    assert_books_hold()


def test_a_choice_made_anew_may_be_overridden_and_its_money_is_right(cast: Cast):
    line = builders.grant(cast)
    contest, _ = formal_choice(cast)
    rule(cast, object_to(cast, contest), upheld=True)
    builders.choose(cast, contest.vendor_bid, at=CHOICE + 2 * DAY)
    otto = contest.job.bids.get(provider=cast.otto_co)

    award = override_choice(
        actor=cast.gerd,
        job_id=contest.job.pk,
        bid_id=otto.pk,
        reason_code="price",
        reason="A thousand less.",
        decisive_criterion_id=contest.job.criteria.first().pk,
        followed_view="charged",
        at=CHOICE + 2 * DAY + HOUR,
    )

    assert award.standstill.until_at == CHOICE + 6 * DAY + HOUR
    assert line_stands(line)["committed"] == "44880.00"
    assert_books_hold()


def test_an_objection_is_decided_before_the_choice_is_overridden(cast: Cast):
    builders.grant(cast)
    contest, _ = formal_choice(cast)
    object_to(cast, contest)
    with refused(ObjectionOpen):
        override_choice(
            actor=cast.gerd,
            job_id=contest.job.pk,
            bid_id=contest.vendor_bid.pk,
            reason_code="quality",
            reason="Better.",
            at=CHOICE + DAY,
        )


# --- Who objects, and when ---------------------------------------------------------------------


def test_objections_come_until_the_standstill_is_over(cast: Cast):
    builders.grant(cast)
    contest = formal.formal_contest(cast)
    with refused(NothingToObjectTo):
        object_to(cast, contest)
    builders.choose(cast, contest.team_bid)
    with refused(StandstillOver):
        object_to(cast, contest, at=STANDSTILL_OVER)
    with refused(ReasonMissing):
        object_to(cast, contest, reason=" ")

    object_to(cast, contest, at=STANDSTILL_OVER - MINUTE)

    with refused(AlreadyObjected):
        object_to(cast, contest, at=STANDSTILL_OVER - MINUTE)


def test_only_the_lead_of_a_bidder_that_was_not_chosen_objects(cast: Cast):
    builders.grant(cast)
    contest, _ = formal_choice(cast)
    with refused(OwnAward):
        object_to(cast, contest, actor=cast.pia, provider_id=cast.events_team.pk)
    with refused(Forbidden, Unknown):
        object_to(cast, contest, actor=cast.otto)
    for stranger in (cast.maya, cast.fin, cast.ada):
        with refused(Forbidden, Unknown):
            object_to(cast, contest, actor=stranger)
    assert not Objection.objects.exists()


def test_who_was_invited_and_did_not_bid_has_nothing_to_object_to(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast, procedure="formal")
    bid = builders.submit(cast, job, cast.events_team, builders.bid_of(("40000",)))
    builders.open_job(job)
    formal.scored(cast, job)
    builders.choose(cast, bid)
    with refused(Unknown):
        object_to(cast, builders.Contest(job, bid, bid))


# --- Who decides -------------------------------------------------------------------------------


def test_a_head_above_or_an_auditor_decides_and_never_who_chose(cast: Cast):
    builders.grant(cast)
    contest, _ = formal_choice(cast)
    objection = object_to(cast, contest)
    for person in (cast.maya, cast.rolf, cast.fin, cast.vera):
        with refused(Forbidden):
            rule(cast, objection, actor=person)
    for person in (cast.pia, cast.sam, cast.otto):  # another's objection is not theirs to see
        with refused(Unknown):
            rule(cast, objection, actor=person)
    with refused(ReasonMissing):
        rule(cast, objection, reason="")

    rule(cast, objection, actor=cast.ada)

    with refused(AlreadyRuled):
        rule(cast, objection)


def test_the_head_above_who_chose_does_not_judge_that_choice(cast: Cast):
    builders.grant(cast)
    contest = formal.formal_contest(cast)
    builders.choose(cast, contest.team_bid, actor=cast.gerd)
    objection = object_to(cast, contest)
    with refused(Forbidden):
        rule(cast, objection)
    rule(cast, objection, actor=cast.ada)


def test_nobody_decides_whose_own_firm_was_invited(cast: Cast):
    builders.grant(cast)
    contest, _ = formal_choice(cast)
    objection = object_to(cast, contest)
    add_member(
        actor=cast.adam,
        user_id=cast.gerd.pk,
        role="member",
        at=CHOICE + HOUR,
        provider_id=cast.events_team.pk,
    )
    with refused(Forbidden):
        rule(cast, objection)


# --- Told and recorded -------------------------------------------------------------------------


def test_everybody_concerned_is_told_what_they_need_and_no_more(cast: Cast):
    builders.grant(cast)
    contest, _ = formal_choice(cast)
    objection = object_to(cast, contest)
    raised = Notice.objects.filter(kind="objection.raised")
    told = {notice.recipient: notice.text for notice in raised}
    assert {cast.gerd, cast.ada, cast.maya, cast.rolf, cast.pia, cast.paul} == told.keys()
    assert "Vera & Co objects" in told[cast.gerd]
    assert "Decide until 17 March 2026" in told[cast.gerd]
    assert "Vera" not in told[cast.pia]
    assert formal.WRONG not in told[cast.pia]

    rule(cast, objection, upheld=True, reason="It was overlooked.")

    decided = Notice.objects.filter(kind="objection.decided", recipient=cast.vera).get()
    assert "is upheld: It was overlooked." in decided.text
    withdrawn = {each.recipient for each in Notice.objects.filter(kind="award.withdrawn")}
    assert {cast.maya, cast.pia, cast.vera, cast.otto} <= withdrawn
    kinds = Event.objects.filter(job=contest.job).values_list("kind", flat=True)
    assert {"objection.raised", "objection.decided", "award.withdrawn"} <= set(kinds)


# --- The database ------------------------------------------------------------------------------


def test_the_database_keeps_work_off_during_a_standstill(cast: Cast):
    builders.grant(cast)
    contest, award = formal_choice(cast)
    first = builders.milestones(award)[0]

    def write(at: object) -> None:
        with transaction.atomic():
            Delivery.objects.create(
                milestone=first,
                delivered_by=cast.pia,
                delivered_at=at,
                amount_minor=1,
                silent_at=at,
            )

    with pytest.raises(IntegrityError, match="waits"):
        write(STANDSTILL_OVER - MINUTE)
    object_to(cast, contest)
    with pytest.raises(IntegrityError, match="waits"):
        write(STANDSTILL_OVER)


def test_the_database_refuses_an_objection_out_of_time_or_from_who_was_chosen(cast: Cast):
    builders.grant(cast)
    contest, award = formal_choice(cast)
    model = object_to(cast, contest)
    for provider, at in [(cast.otto_co, STANDSTILL_OVER), (cast.events_team, CHOICE + HOUR)]:
        with pytest.raises(IntegrityError, match="out of time"), transaction.atomic():
            Objection.objects.create(
                award=award,
                provider=provider,
                reason=model.reason,
                raised_by=cast.otto,
                raised_at=at,
            )
    assert NOON < CHOICE
