"""Home: every open item says who has it, since when, by when, and what happens then."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import uuid4

import pytest

from bids.declining import decline_to_bid
from bids.scoring import score_bid
from ledger.budget_moves import move_budget
from ledger.cancelling import offer_cancellation
from ledger.changing import propose_change
from ledger.closing import begin_closing
from ledger.commissioning import amend_job, end_without_award
from ledger.correcting import ask_correction
from ledger.delivering import return_delivery
from ledger.disputing import raise_dispute
from ledger.late_charging import allow_late_charge
from ledger.models.awards import Award
from ledger.models.journal import JournalEntry
from ledger.reopening import ask_reopening, reopen_period
from ledger.reports.desk import OpenItem, desk
from marketplace.models.people import User
from marketplace.questions import answer_question, ask_question
from marketplace.redacting import ask_to_redact
from marketplace.suspension import suspend_provider
from tests.builders import DAY, DEADLINE, HOUR, NOON, a_draft, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db


def mine(actor: User, at: datetime) -> dict[str, OpenItem]:
    """The most pressing item of each kind."""
    return {item.kind: item for item in reversed(desk(actor=actor, at=at).mine)}


def others(actor: User, at: datetime) -> dict[str, OpenItem]:
    return {item.kind: item for item in reversed(desk(actor=actor, at=at).others)}


def test_a_draft_waits_for_its_author_and_its_head(cast: Cast):
    a_draft(cast)

    assert mine(cast.rolf, NOON)["publish"].act == "Finish the draft"
    assert mine(cast.maya, NOON)["publish"].act == "Check and publish"
    assert mine(cast.pia, NOON) == {}


def test_an_invitation_waits_for_the_provider_until_the_deadline(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)

    item = mine(cast.vera, NOON + DAY)["bid"]

    assert (item.act, item.who, item.since_at) == ("Bid, or decline", "You", NOON)
    assert (item.due_at, item.job_id) == (DEADLINE, job.pk)
    assert mine(cast.vera, DEADLINE) == {}
    assert others(cast.rolf, NOON + DAY)["bids"].who == "Bidders"


def test_a_declined_invitation_waits_no_more(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    decline_to_bid(
        actor=cast.vera,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        reason="No time.",
        at=NOON + HOUR,
    )

    assert mine(cast.vera, NOON + DAY) == {}


def test_a_sealed_bid_is_on_nobody_elses_desk(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    people = (cast.maya, cast.rolf, cast.gerd, cast.fin, cast.ada, cast.adam, cast.otto, cast.pia)
    before = [desk(actor=person, at=DEADLINE - DAY) for person in people]
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["30000"]))
    after = [desk(actor=person, at=DEADLINE - DAY) for person in people]

    assert before == after
    assert others(cast.vera, DEADLINE - DAY)["opening"].subject_id == bid.pk


def test_an_addendum_asks_for_the_bid_again(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_of(["30000"]))
    amend_job(actor=cast.maya, job_id=job.pk, text="It is 250 guests.", at=DEADLINE - 36 * HOUR)

    item = mine(cast.vera, DEADLINE - 35 * HOUR)["confirm"]

    assert (item.act, item.subject_id) == ("Confirm your bid", bid.pk)
    assert item.then == "A bid that was not confirmed is out at the opening."


def test_a_question_waits_one_business_day_and_is_late_then(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    question = ask_question(
        actor=cast.pia,
        job_id=job.pk,
        provider_id=cast.events_team.pk,
        text="Is there a stage?",
        at=NOON + HOUR,
    )

    item = mine(cast.rolf, NOON + 2 * HOUR)["answer"]

    assert (item.what, item.due_at) == ("“Is there a stage?”", NOON + DAY + HOUR)
    assert not item.is_late
    assert mine(cast.rolf, NOON + 2 * DAY)["answer"].is_late
    assert desk(actor=cast.rolf, at=NOON + 2 * DAY).late == 1
    assert "Pia" not in repr(item)
    answer_question(actor=cast.rolf, question_id=question.pk, answer="Yes.", at=NOON + 2 * DAY)
    assert "answer" not in mine(cast.rolf, NOON + 3 * DAY)


def test_opened_bids_wait_for_the_head(cast: Cast, contest: Contest):
    assert mine(cast.maya, CHOICE)["choose"].what == "2 bids, opened."
    assert others(cast.rolf, CHOICE)["choice"].who == "The head of Marketing"
    waiting = others(cast.vera, CHOICE)["choice"]
    assert (waiting.who, waiting.then) == (
        "The head of Marketing",
        "You get the result, with reasons.",
    )


def test_work_waits_for_the_provider_then_for_the_department(cast: Cast, award: Award):
    first = builders.milestones(award)[0]
    assert first.due_on is not None
    before = mine(cast.paul, CHOICE + DAY)["deliver"]
    assert (before.subject_id, before.due_at) == (
        first.pk,
        datetime(first.due_on.year, first.due_on.month, first.due_on.day, 23, 59, 59, tzinfo=UTC),
    )
    assert others(cast.maya, CHOICE + DAY)["deliver"].who == "Events"
    for rest in builders.milestones(award)[1:]:
        builders.accept(cast, rest, at=CHOICE + HOUR)

    delivery = builders.deliver(cast, first, at=CHOICE + 2 * DAY)

    item = mine(cast.rolf, CHOICE + 3 * DAY)["accept"]
    assert (item.subject_id, item.due_at) == (delivery.pk, delivery.silent_at)
    assert item.then == "Silence after that counts as acceptance."
    assert others(cast.pia, CHOICE + 3 * DAY)["accept"].who == "Marketing"


def test_a_change_waits_for_the_other_side(cast: Cast, award: Award):
    propose_change(
        actor=cast.pia,
        milestone_id=builders.milestones(award)[0].pk,
        difference=eur("500"),
        reason="More guests.",
        at=CHOICE + DAY,
    )

    assert mine(cast.maya, CHOICE + 2 * DAY)["agree_change"].who == "You"
    assert others(cast.pia, CHOICE + 2 * DAY)["agree_change"].who == "The head of Marketing"

    # Of accepted work nobody can agree to a change any more.
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + 3 * DAY)
    for person in (cast.maya, cast.pia):
        assert "agree_change" not in mine(person, CHOICE + 4 * DAY)
        assert "agree_change" not in others(person, CHOICE + 4 * DAY)


def test_a_dispute_waits_for_finance(cast: Cast, award: Award):
    milestone = builders.milestones(award)[0]
    builders.accept(cast, milestone, at=CHOICE + DAY)
    raise_dispute(
        actor=cast.maya,
        milestone_id=milestone.pk,
        amount=eur("100"),
        reason="Too loud.",
        at=CHOICE + 3 * DAY,
    )

    assert mine(cast.fin, CHOICE + 4 * DAY)["resolve"].act == "Settle a dispute"
    assert others(cast.maya, CHOICE + 4 * DAY)["resolve"].who == "Finance"
    assert others(cast.pia, CHOICE + 4 * DAY)["resolve"].who == "Finance"


def test_finished_work_waits_for_both_ratings(cast: Cast, award: Award):
    builders.finish(cast, award, at=CHOICE + 30 * DAY)
    now = CHOICE + 32 * DAY
    assert mine(cast.rolf, now)["rate"].due_at == CHOICE + 31 * DAY + 14 * DAY
    assert mine(cast.pia, now)["rate"].act == "Rate the work"

    builders.rate_as(cast, award, "department", at=now)

    assert "rate" not in mine(cast.rolf, now + HOUR)
    assert others(cast.rolf, now + HOUR)["rate"].act == "Wait for the other rating"
    # Whether the other side has rated shows nowhere before the reveal.
    assert mine(cast.pia, now + HOUR)["rate"].what == "With Marketing. Eight taps."
    assert mine(cast.pia, CHOICE + 46 * DAY) == {}


def test_what_was_done_lately_is_told_back(cast: Cast, award: Award):
    done = desk(actor=cast.maya, at=CHOICE + DAY).done

    assert [item.text for item in done] == ["You chose a bid", "You published a job"]


def test_whoever_bid_reads_what_was_decided_and_finds_the_debrief(cast: Cast, contest: Contest):
    def told(actor: User) -> list[tuple[str, str]]:
        done = desk(actor=actor, at=CHOICE + DAY).done
        return [(item.kind, item.text) for item in done if item.job_id == contest.job.pk]

    assert "not_chosen" not in dict(told(cast.vera))  # nothing is told before it is decided

    builders.choose(cast, contest.team_bid)

    assert told(cast.vera)[0] == ("not_chosen", "Another bid was chosen")
    assert told(cast.paul)[0] == ("chosen", "Your bid was chosen")
    assert told(cast.otto) == []  # who did not bid reads nothing of it


def test_what_was_done_to_a_vendor_names_the_vendor(cast: Cast):
    suspend_provider(
        actor=cast.adam, provider_id=cast.vera_co.pk, reason="Their papers ran out.", at=NOON
    )

    (item, *_) = desk(actor=cast.adam, at=NOON + HOUR).done

    assert (item.text, item.provider_name) == ("You suspended a provider", "Vera & Co")
    assert item.provider_id == cast.vera_co.pk


def test_a_sealed_bid_is_told_back_to_whoever_submitted_it_and_to_nobody_else(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    builders.submit(cast, job, cast.vera_co, builders.bid_of(builders.THREE_PARTS))

    def told(actor: User) -> list[str]:
        return [one.text for one in desk(actor=actor, at=DEADLINE - HOUR).done]

    assert told(cast.vera) == ["You submitted a bid"]
    for other in (cast.pia, cast.otto, cast.maya, cast.adam, cast.ada, cast.fin):
        assert "You submitted a bid" not in told(other)
    builders.open_job(job)
    assert told(cast.vera).count("You submitted a bid") == 1


def test_a_contest_that_ends_without_a_choice_is_told_to_its_bidders(cast: Cast, contest: Contest):
    end_without_award(actor=cast.maya, job_id=contest.job.pk, reason="The need is gone.", at=CHOICE)

    (item, *_) = desk(actor=cast.vera, at=CHOICE + DAY).done
    assert (item.kind, item.at) == ("not_awarded", CHOICE)


def test_the_most_pressing_comes_first(cast: Cast, award: Award):
    parts = builders.milestones(award)
    dues = [item.subject_id for item in desk(actor=cast.pia, at=CHOICE + DAY).mine]

    assert dues == [part.pk for part in parts]


def test_scores_given_one_after_the_other_are_one_thing_done(cast: Cast, contest: Contest):
    for criterion in contest.job.criteria.all():
        score_bid(
            actor=cast.maya,
            bid_id=contest.team_bid.pk,
            criterion_id=criterion.pk,
            quarters=3,
            reason="They say who does it, when, and what if it rains.",
            at=CHOICE,
        )

    done = desk(actor=cast.maya, at=CHOICE + DAY).done

    assert [item.text for item in done] == ["You scored a bid", "You published a job"]


def test_a_promise_whose_date_is_over_counts_as_missed_and_says_so(cast: Cast, award: Award):
    first, *_ = builders.milestones(award)
    assert first.due_on is not None
    there = datetime.combine(first.due_on, time(12), UTC)

    def then(at: datetime) -> tuple[bool, str]:
        item = others(cast.maya, at)["deliver"]
        return item.is_late, item.then

    assert then(there) == (False, "After that it counts as missed.")
    assert then(there + 2 * DAY) == (True, "It counts as missed.")


def test_an_offer_to_end_the_work_waits_for_the_other_side(cast: Cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    offer_cancellation(
        actor=cast.maya, award_id=award.pk, fee=eur("0"), reason="It is off.", at=CHOICE + DAY
    )

    assert mine(cast.vera, CHOICE + DAY)["agree_end"].act == "Agree to end the work"
    assert others(cast.maya, CHOICE + DAY)["agree_end"].who == "Vera & Co"


def test_a_large_change_waits_for_a_second_head(cast: Cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    propose_change(
        actor=cast.maya,
        milestone_id=builders.milestones(award)[0].pk,
        difference=eur("9000"),
        reason="Two more days.",
        at=CHOICE + DAY,
    )

    assert mine(cast.gerd, CHOICE + DAY)["sign_change"].act == "Sign a large change"
    assert others(cast.maya, CHOICE + DAY)["sign_change"].who == "A second head of Marketing"
    assert others(cast.vera, CHOICE + DAY)["sign_change"].who == "A second head of Marketing"


def test_a_month_to_be_reopened_waits_for_a_second_person(cast: Cast):
    builders.grant(cast)
    builders.close_month(cast, 202603)
    at = builders.after(202603)
    step = ask_reopening(actor=cast.fin, period_id=202603, reason="A bill of March.", at=at)
    fay = builders.second_of_finance(cast)

    for person in (fay, cast.ada):
        item = mine(person, at)["sign_reopening"]
        assert (item.act, item.since_at) == ("Sign the reopening of 2026-03, or decline it", at)
        assert item.what == "Fin asked: A bill of March."
        assert (item.subject_id, item.period_id, item.job_id) == (step.pk, 202603, None)
    waits = others(cast.fin, at)["sign_reopening"]
    assert waits.who == "Another person of finance, or an auditor"
    assert "sign_reopening" not in mine(cast.fin, at)
    assert desk(actor=cast.maya, at=at).others == ()

    reopen_period(actor=cast.ada, period_id=202603, at=at)
    assert "sign_reopening" not in mine(fay, at)


def test_a_month_that_is_closing_waits_for_finance(cast: Cast):
    builders.grant(cast)
    at = builders.after(202603)
    begin_closing(actor=cast.fin, period_id=202603, at=at)

    item = mine(cast.fin, at)["close_month"]

    assert (item.act, item.period_id) == ("Close 2026-03, or stop closing it", 202603)
    assert mine(cast.ada, at) == {}


def test_corrections_and_moves_wait_for_the_other_one_of_finance(cast: Cast):
    line = builders.grant(cast)
    fay = builders.second_of_finance(cast)
    entry = JournalEntry.objects.get(kind="budget_granted")
    ask_correction(actor=cast.fin, entry_id=entry.public_id, reason="Granted twice.", at=NOON)
    move_budget(
        actor=cast.fin,
        move_id=uuid4(),
        from_line_id=line.pk,
        to_department_id=cast.services.pk,
        amount=eur("500"),
        reason="Services buys it.",
        at=NOON,
    )

    hers = mine(fay, NOON)

    assert hers["sign_correction"].act == "Sign the reversal of “Budget granted”, or decline it"
    assert "500.00" in hers["sign_move"].what
    assert "from Marketing to Services" in hers["sign_move"].what
    assert mine(cast.fin, NOON) == {}
    assert set(others(cast.fin, NOON)) == {"sign_correction", "sign_move"}
    assert {one.who for one in others(cast.fin, NOON).values()} == {"Another person of finance"}


def test_a_charge_that_comes_too_late_waits_for_finance(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.vendor_bid)
    first = builders.milestones(award)[0]
    delivery = builders.deliver(cast, first, at=CHOICE + DAY)
    return_delivery(
        actor=cast.maya, delivery_id=delivery.pk, missing="The band.", at=CHOICE + 2 * DAY
    )
    over = CHOICE + 46 * DAY
    assert mine(cast.fin, over - HOUR).keys() == {"begin_closing"}  # March is over, and open

    item = mine(cast.fin, over)["allow_late_charge"]

    assert (item.job_id, item.since_at) == (award.job_id, over)
    assert others(cast.vera, over)["allow_late_charge"].who == "Finance"
    allow_late_charge(actor=cast.fin, milestone_id=first.pk, reason="The storm.", at=over)
    assert mine(cast.fin, over).keys() == {"begin_closing"}


def test_words_to_be_taken_off_the_record_wait_for_the_other_one(cast: Cast, contest: Contest):
    award = builders.choose(cast, contest.vendor_bid)
    ask_to_redact(actor=cast.ada, words_id=award.reason_id, reason="A name in it.", at=CHOICE)

    item = mine(cast.adam, CHOICE)["agree_redaction"]

    assert item.what == "Ada asked: A name in it."
    assert others(cast.ada, CHOICE)["agree_redaction"].who == "Another auditor or administrator"
    assert mine(cast.fin, CHOICE) == {}
