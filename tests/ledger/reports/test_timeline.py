"""The life of a job as a line of facts, and the board of its work."""

from __future__ import annotations

import pytest

from bids.closing import close_due_job
from bids.witnesses import sign_opening, state_opening_limit
from ledger.changing import agree_change, propose_change
from ledger.crediting import resolve_dispute
from ledger.delivering import return_delivery
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.reports.delivery_board import BoardMilestone, delivery_board
from ledger.reports.states import State
from ledger.reports.timeline import TimelineFact, timeline
from marketplace.interests import declare_interest
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.panels import appoint_panel
from marketplace.questions import answer_question, ask_question
from marketplace.refusals import Unknown
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db
LATER = CHOICE + 90 * DAY


def facts(job: Job, actor: User) -> list[TimelineFact]:
    return list(timeline(actor=actor, job_id=job.pk, at=LATER).facts)


def kinds(job: Job, actor: User) -> list[str]:
    return [fact.kind for fact in facts(job, actor)]


def test_the_life_of_a_job_is_told_in_order(cast: Cast, award: Award):
    builders.finish(cast, award)

    told = kinds(award.job, cast.maya)

    first = ["job.drafted", "job.published", "job.closed", "bids.rooted", "job.opened"]
    assert told[:5] == first
    assert told.index("award.made") < told.index("delivery.made") < told.index("award.completed")
    times = [fact.at for fact in facts(award.job, cast.maya)]
    assert times == sorted(times)


def test_a_choice_is_told_with_its_words(cast: Cast, award: Award):
    (fact,) = [each for each in facts(award.job, cast.pia) if each.kind == "award.made"]

    assert (fact.text, fact.who, fact.words) == (
        "Bid chosen",
        "Maya",
        "Their idea for the rain convinced us.",
    )


def test_a_bidder_who_was_not_chosen_is_told_of_the_choice_and_nothing_after(
    cast: Cast, award: Award
):
    builders.finish(cast, award)

    told = facts(award.job, cast.vera)

    assert [fact.kind for fact in told][-1] == "award.made"
    assert told[-1].detail == "Events was chosen. Your debrief says more."
    assert told[-1].words == ""
    paper = timeline(actor=cast.vera, job_id=award.job_id, at=LATER)
    assert (paper.state, paper.award_id, paper.steps) == (State.DECIDED, None, ())


def test_a_bidder_sees_no_other_bidder(cast: Cast, contest: Contest):
    told = repr(facts(contest.job, cast.vera))

    assert "Vera & Co" in told
    assert "Events" not in told


def test_an_answer_within_a_business_day_keeps_a_promise(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    for hours, text in ((23, "Yes."), (30, "No.")):
        question = ask_question(
            actor=cast.pia,
            job_id=job.pk,
            provider_id=cast.events_team.pk,
            text="Is there a stage?",
            at=NOON + HOUR,
        )
        answer_question(
            actor=cast.rolf, question_id=question.pk, answer=text, at=NOON + HOUR + hours * HOUR
        )

    paper = timeline(actor=cast.vera, job_id=job.pk, at=NOON + 3 * DAY)
    answers = [fact for fact in paper.facts if fact.kind == "question.answered"]

    assert [(fact.words, fact.promise) for fact in answers] == [("Yes.", "kept"), ("No.", "missed")]
    assert (paper.promises_kept, paper.promises_made) == (1, 2)
    assert "Pia" not in repr(paper)
    assert "question.asked" not in [fact.kind for fact in paper.facts]


def test_work_on_its_day_keeps_a_promise_and_silence_breaks_one(cast: Cast, award: Award):
    first, second, _ = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.accept(cast, second, at=CHOICE + 80 * DAY)

    promises = {
        (fact.kind, fact.detail): fact.promise
        for fact in facts(award.job, cast.maya)
        if fact.promise
    }

    assert promises["delivery.made", "Part 1"] == "kept"
    assert promises["delivery.made", "Part 2"] == "missed"
    assert promises["delivery.accepted", "Part 1"] == "kept"


def test_what_comes_next_says_who_has_it_and_by_when(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)

    paper = timeline(actor=cast.vera, job_id=job.pk, at=NOON + DAY)

    now, *coming = paper.steps
    assert (now.text, now.who, now.due_at) == ("Open for bids", "Bidders", DEADLINE)
    assert [step.text for step in coming] == [
        "A bid is chosen",
        "The work is delivered and accepted",
        "Both sides rate",
    ]


def test_a_stranger_reads_no_timeline(cast: Cast, award: Award):
    with refused(Unknown):
        timeline(actor=cast.sam, job_id=award.job_id, at=LATER)


def part_of(award: Award, actor: User, number: int = 1) -> BoardMilestone:
    board = delivery_board(actor=actor, job_id=award.job_id, at=CHOICE + 5 * DAY)
    return board.milestones[number - 1]


def test_the_board_shows_the_work_to_both_sides(cast: Cast, award: Award):
    buyer = delivery_board(actor=cast.maya, job_id=award.job_id, at=CHOICE + DAY)
    provider = delivery_board(actor=cast.pia, job_id=award.job_id, at=CHOICE + DAY)

    assert (buyer.side, provider.side) == ("buyer", "provider")
    assert (buyer.price, buyer.fee, provider.fee) == (eur("40000"), eur("800"), None)
    assert [part.state for part in buyer.milestones] == ["waiting"] * 3
    assert (buyer.chosen_by, buyer.reason_label) == ("Maya", "Better quality")


def test_who_may_do_what_is_told(cast: Cast, award: Award):
    assert part_of(award, cast.paul).can_deliver
    assert not part_of(award, cast.paul).can_change
    assert part_of(award, cast.pia).can_change
    assert not part_of(award, cast.maya).can_deliver

    builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + DAY)

    assert part_of(award, cast.rolf).can_accept
    assert not part_of(award, cast.pia).can_accept
    assert not part_of(award, cast.pia).can_deliver
    assert not part_of(award, cast.pia).can_change


def test_a_return_says_what_is_missing(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    return_delivery(
        actor=cast.rolf, delivery_id=delivery.pk, missing="The music.", at=CHOICE + 2 * DAY
    )

    part = part_of(award, cast.pia)

    assert (part.state, part.can_deliver) == ("returned", True)
    assert [(each.state, each.missing) for each in part.deliveries] == [("returned", "The music.")]


def test_a_late_part_is_late(cast: Cast, award: Award):
    board = delivery_board(actor=cast.pia, job_id=award.job_id, at=CHOICE + 40 * DAY)

    assert [part.state for part in board.milestones] == ["late", "waiting", "waiting"]


def test_a_change_counts_once_it_is_agreed(cast: Cast, award: Award):
    change = propose_change(
        actor=cast.pia,
        milestone_id=builders.milestones(award)[0].pk,
        difference=eur("500"),
        reason="More guests.",
        at=CHOICE + DAY,
    )
    proposed = part_of(award, cast.maya)
    assert (proposed.agreed, proposed.changes[0].can_agree) == (eur("15000"), True)
    assert proposed.changes[0].proposed_by_provider
    assert not part_of(award, cast.pia).changes[0].can_agree

    agree_change(actor=cast.maya, change_id=change.pk, at=CHOICE + 2 * DAY)

    board = delivery_board(actor=cast.maya, job_id=award.job_id, at=CHOICE + 5 * DAY)
    assert board.milestones[0].agreed == eur("15500")
    assert (board.changes, board.fee) == (eur("500"), eur("810"))


def test_a_dispute_is_for_finance_to_settle(cast: Cast, award: Award):
    milestone = builders.milestones(award)[0]
    builders.accept(cast, milestone, at=CHOICE + DAY)
    assert part_of(award, cast.maya).can_dispute
    assert not part_of(award, cast.rolf).can_dispute
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=milestone.pk,
        amount=eur("100"),
        reason="Too loud.",
        at=CHOICE + 3 * DAY,
    )
    assert part_of(award, cast.fin).disputes[0].can_resolve
    assert not part_of(award, cast.maya).disputes[0].can_resolve

    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur("60"),
        reason="A bit.",
        at=CHOICE + 4 * DAY,
    )

    board = delivery_board(actor=cast.maya, job_id=award.job_id, at=CHOICE + 5 * DAY)
    assert (board.accepted, board.credited) == (eur("15000"), eur("60"))
    assert board.milestones[0].disputes[0].resolution == "A bit."


@pytest.mark.parametrize("who", ["vera", "otto", "sam", "adam"])
def test_the_work_is_between_the_two_sides(cast: Cast, award: Award, who: str):
    with refused(Unknown):
        delivery_board(actor=getattr(cast, who), job_id=award.job_id, at=LATER)


def test_bids_opened_together_are_one_line_that_names_the_bidders(cast: Cast, contest: Contest):
    opened = [each for each in facts(contest.job, cast.maya) if each.kind == "bid.opened"]

    assert [set(each.detail.split(", ")) for each in opened] == [{"Events", "Vera & Co"}]


def test_an_opening_that_waits_for_declarations_is_the_panels(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=[cast.rolf.pk], at=NOON + HOUR)
    close_due_job(job_id=job.pk, at=DEADLINE)

    def holder() -> str:
        return timeline(actor=cast.maya, job_id=job.pk, at=DEADLINE + HOUR).has_it

    assert holder() == "The panel, which declares its interests"
    declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=DEADLINE + MINUTE)
    assert holder() == "The clock"


def test_an_opening_above_the_limit_is_two_peoples(cast: Cast):
    builders.grant(cast)
    state_opening_limit(actor=cast.adam, limit=eur("1000"), reason="Four eyes.", at=NOON - HOUR)
    job = builders.publish(cast)
    close_due_job(job_id=job.pk, at=DEADLINE)

    def holder() -> str:
        return timeline(actor=cast.maya, job_id=job.pk, at=DEADLINE + HOUR).has_it

    assert holder() == "Two people, who sign the opening"
    for person in (cast.maya, cast.ada):
        sign_opening(actor=person, job_id=job.pk, at=DEADLINE + MINUTE)
    assert holder() == "The clock"
