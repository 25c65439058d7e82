"""A panel judges alone, then together; in the formal procedure only then are prices opened."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from bids.agreeing import (
    ConsentGiven,
    NotAllAgreed,
    NotAllIn,
    SheetChanged,
    TalkMissing,
    agree_score,
    consent,
)
from bids.closing import close_due_job
from bids.files import attach_file, bid_file
from bids.judging import PanelTooSmall, judging
from bids.models.bids import OpenedPrice
from bids.models.panels import Agreement, Score
from bids.opened import opened_bids
from bids.opening import InterestsUndeclared, open_bids
from bids.prices import NotAgreed, open_prices
from bids.scoring import OwnProvider, ReasonTooShort, ScoresAreFixed, score_bid
from marketplace.interests import answer_interest, declare_interest
from marketplace.membership import add_member
from marketplace.panels import PanelTooLate, appoint_panel, relieve_member
from marketplace.people import add_person
from marketplace.policies import state_policy
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_clock
from tests.bids.builders import REASON, criterion, open_all, refused, submit
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, NOON, a_published_job

ALONE = DEADLINE + HOUR
TOGETHER = DEADLINE + 2 * HOUR


def seated(cast, job, *people):
    """Maya appoints these people, and each declares to have nothing to do with the bidders."""
    ids = [one.pk for one in people]
    seats = appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    for one in people:
        declare_interest(actor=one, job_id=job.pk, has_some=False, at=NOON + 2 * HOUR)
    return {seat.user.name: seat for seat in seats}


def score(person, bid, name, quarters, *, at=ALONE):
    return score_bid(
        actor=person,
        bid_id=bid.pk,
        criterion_id=criterion(bid.job, name).pk,
        quarters=quarters,
        reason=REASON,
        at=at,
    )


def agree(person, bid, name, quarters, *, at=TOGETHER, **changes):
    words = {"reason": REASON, "was_talked_over": False} | changes
    return agree_score(
        actor=person,
        bid_id=bid.pk,
        criterion_id=criterion(bid.job, name).pk,
        quarters=quarters,
        at=at,
        **words,
    )


@pytest.fixture
def formal(cast):
    """A formal job with a bid of the Events team and one of Vera, judged by Rolf and Gerd."""
    job = a_published_job(cast, procedure="formal")
    job.seats = seated(cast, job, cast.rolf, cast.gerd)
    job.team = submit(cast, job)
    job.vera = submit(cast, job, provider=cast.vera_co)
    open_all(job)
    return job


@pytest.fixture
def scored(cast, formal):
    """Both have judged alone; on one idea they are three levels apart."""
    for bid, rolf, gerd in ((formal.team, 3, 3), (formal.vera, 4, 1)):
        for person, quarters in ((cast.rolf, rolf), (cast.gerd, gerd)):
            score(person, bid, "Idea", quarters)
            score(person, bid, "Care", 2)
    return formal


def agree_on_all(cast, job, **changes):
    for bid in (job.team, job.vera):
        agree(cast.rolf, bid, "Care", 2)
    agree(cast.rolf, job.team, "Idea", 3)
    agree(cast.rolf, job.vera, "Idea", 2, was_talked_over=True)
    return judging(job).digest


def seen_by(person, job):
    return {
        (one.scorer_name, one.quarters)
        for bid in opened_bids(actor=person, job_id=job.pk)
        for one in bid.scores
    }


def test_the_opening_waits_until_every_member_has_declared(cast):
    job = a_published_job(cast)
    ids = [cast.rolf.pk, cast.gerd.pk]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    submit(cast, job)
    close_due_job(job_id=job.pk, at=DEADLINE)
    words = {"actor": the_clock(), "job_id": job.pk, "at": DEADLINE}
    with refused(InterestsUndeclared, match="Gerd, Rolf"):
        open_bids(**words)
    declare_interest(actor=cast.gerd, job_id=job.pk, has_some=False, at=DEADLINE)
    with refused(InterestsUndeclared, match="Rolf"):
        open_bids(**words)
    declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=DEADLINE)

    assert open_bids(**words).bids_counted == 1


def two_judge(cast):
    state_policy(
        actor=cast.fin,
        code="standard",
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="Two judge every formal job.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        panel_members=2,
    )


def test_a_formal_opening_waits_for_as_many_judges_as_finance_has_set(cast):
    two_judge(cast)
    job = a_published_job(cast, procedure="formal")
    seated(cast, job, cast.rolf)
    close_due_job(job_id=job.pk, at=DEADLINE)
    words = {"actor": the_clock(), "job_id": job.pk, "at": DEADLINE}

    with refused(PanelTooSmall, match="1 of at least 2"):
        open_bids(**words)
    seated(cast, job, cast.gerd)

    assert open_bids(**words).bids_counted == 0


def test_where_a_panel_judges_the_department_reads_and_scores_nothing(cast, formal):
    add_member(
        actor=cast.adam,
        user_id=cast.sam.pk,
        department_id=cast.marketing.pk,
        role="requester",
        at=NOON,
    )
    with refused(Forbidden):
        score(cast.maya, formal.vera, "Idea", 3)
    with refused(Unknown):
        opened_bids(actor=cast.sam, job_id=formal.pk)

    assert len(opened_bids(actor=cast.maya, job_id=formal.pk)) == 2  # the head, who chooses


def test_individual_scores_are_hidden_until_all_are_in(cast, formal):
    for bid in (formal.team, formal.vera):
        score(cast.rolf, bid, "Idea", 3)
        score(cast.rolf, bid, "Care", 3)
    score(cast.gerd, formal.team, "Idea", 1)

    assert seen_by(cast.rolf, formal) == {("Rolf", 3)}
    assert seen_by(cast.gerd, formal) == {("Gerd", 1)}
    assert seen_by(cast.maya, formal) == set()
    with refused(NotAllIn):
        agree(cast.rolf, formal.team, "Idea", 3)

    score(cast.gerd, formal.team, "Care", 1)
    for name in ("Idea", "Care"):
        score(cast.gerd, formal.vera, name, 1)

    assert seen_by(cast.rolf, formal) == {("Rolf", 3), ("Gerd", 1)}
    with refused(ScoresAreFixed):
        score(cast.gerd, formal.team, "Idea", 3, at=TOGETHER)


def test_scores_over_two_levels_apart_are_talked_over(cast, scored):
    with refused(TalkMissing, match="3 levels apart"):
        agree(cast.rolf, scored.vera, "Idea", 2)

    assert agree(cast.rolf, scored.vera, "Idea", 2, was_talked_over=True).was_talked_over
    assert not agree(cast.rolf, scored.team, "Idea", 3).was_talked_over


def test_an_agreed_score_carries_its_reason_and_is_replaced_by_a_further_one(cast, scored):
    with refused(ReasonTooShort):
        agree(cast.rolf, scored.team, "Idea", 3, reason="Good.")
    agree(cast.rolf, scored.team, "Idea", 3)
    agree(cast.gerd, scored.team, "Idea", 2, at=TOGETHER + MINUTE)

    [agreed] = judging(scored).agreed.values()
    assert (agreed.quarters, agreed.noted_by) == (2, cast.gerd)


def test_all_say_yes_to_the_whole_sheet_and_only_then_prices_are_opened(cast, scored):
    agree(cast.rolf, scored.team, "Idea", 3)
    words = {"job_id": scored.pk, "at": TOGETHER + HOUR}
    with refused(NotAllAgreed):
        consent(actor=cast.rolf, digest=judging(scored).digest, **words)
    digest = agree_on_all(cast, scored)

    assert consent(actor=cast.rolf, digest=digest, **words) is None
    with refused(ConsentGiven):
        consent(actor=cast.rolf, digest=digest, **words)
    with refused(NotAgreed):
        open_prices(actor=cast.maya, job_id=scored.pk, at=TOGETHER + HOUR)
    assert not OpenedPrice.objects.exists()

    assert consent(actor=cast.gerd, digest=digest, **words) is not None
    assert open_prices(actor=cast.maya, job_id=scored.pk, at=TOGETHER + HOUR) == 2


def test_a_changed_sheet_needs_everybodys_yes_again(cast, scored):
    digest = agree_on_all(cast, scored)
    words = {"job_id": scored.pk, "at": TOGETHER + HOUR}
    consent(actor=cast.rolf, digest=digest, **words)
    agree(cast.gerd, scored.team, "Idea", 2, at=TOGETHER + MINUTE)

    with refused(SheetChanged):
        consent(actor=cast.gerd, digest=digest, **words)
    newer = judging(scored).digest
    assert consent(actor=cast.gerd, digest=newer, **words) is None
    assert consent(actor=cast.rolf, digest=newer, **words) is not None


def test_whoever_leaves_the_panel_keeps_nobody_waiting(cast, scored):
    digest = agree_on_all(cast, scored)
    words = {"job_id": scored.pk, "at": TOGETHER + HOUR}
    consent(actor=cast.rolf, digest=digest, **words)
    relieve_member(
        actor=cast.maya, seat_id=scored.seats["Gerd"].pk, reason="Ill.", at=TOGETHER + HOUR
    )

    assert consent(actor=cast.rolf, digest=digest, **words) is not None


def test_after_the_agreement_nobody_judges_quality_by_whatever_door(cast, scored):
    digest = agree_on_all(cast, scored)
    for person in (cast.rolf, cast.gerd):
        consent(actor=person, job_id=scored.pk, digest=digest, at=TOGETHER)

    with refused(ScoresAreFixed):
        agree(cast.rolf, scored.team, "Idea", 4, at=TOGETHER + MINUTE)
    with refused(ScoresAreFixed):
        score(cast.rolf, scored.team, "Idea", 4, at=TOGETHER + MINUTE)
    earlier = Score.objects.first()
    assert earlier is not None
    with pytest.raises(IntegrityError, match="after the panel agreed"), transaction.atomic():
        Score.objects.create(
            bid=earlier.bid,
            criterion=earlier.criterion,
            scorer=cast.maya,
            quarters=4,
            reason=earlier.reason,
            scored_at=TOGETHER,
        )


def test_the_database_opens_no_price_before_the_panel_agreed(cast, scored):
    assert not Agreement.objects.exists()

    with pytest.raises(IntegrityError, match="before the panel agreed"), transaction.atomic():
        OpenedPrice.objects.create(
            bid=scored.team, opened_at=TOGETHER, currency="EUR", quoted_minor=1
        )


def test_who_joined_a_bidder_after_the_appointment_judges_no_more(cast, formal):
    add_member(
        actor=cast.adam,
        user_id=cast.rolf.pk,
        provider_id=cast.events_team.pk,
        role="member",
        at=DEADLINE,
    )

    assert judging(formal).judges == {cast.gerd.pk}
    with refused(OwnProvider):
        score(cast.rolf, formal.vera, "Idea", 3)
    with refused(Unknown):
        opened_bids(actor=cast.rolf, job_id=formal.pk)


def test_a_member_with_an_interest_sees_nothing_until_it_is_decided(cast):
    job = a_published_job(cast)
    ids = [cast.rolf.pk]
    [seat] = appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    declare_interest(
        actor=cast.rolf, job_id=job.pk, has_some=True, what="Otto is my cousin.", at=NOON + HOUR
    )
    bid = submit(cast, job)
    open_all(job)
    with refused(Unknown):
        opened_bids(actor=cast.rolf, job_id=job.pk)
    with refused(Forbidden):
        score(cast.rolf, bid, "Idea", 3)

    answer_interest(
        actor=cast.gerd, seat_id=seat.pk, may_stay=True, reason="A distant one.", at=DEADLINE
    )

    assert score(cast.rolf, bid, "Idea", 3).pk


def test_the_head_of_the_bidding_teams_department_reads_no_bid(cast, job, submit):
    add_member(
        actor=cast.adam,
        user_id=cast.sam.pk,
        department_id=cast.marketing.pk,
        role="head",
        at=NOON,
    )
    submit()
    open_all(job)

    with refused(Unknown):
        opened_bids(actor=cast.sam, job_id=job.pk)


def test_a_panel_relieved_after_the_opening_leaves_no_judging_to_the_department(cast, formal):
    for name in ("Rolf", "Gerd"):
        relieve_member(actor=cast.maya, seat_id=formal.seats[name].pk, reason="No.", at=ALONE)

    with refused(Forbidden):
        score(cast.rolf, formal.team, "Idea", 4)
    with refused(NotAgreed):
        open_prices(actor=cast.maya, job_id=formal.pk, at=TOGETHER)


def test_fewer_than_finance_wants_agree_on_nothing(cast):
    two_judge(cast)
    job = a_published_job(cast, procedure="formal")
    seats = seated(cast, job, cast.rolf, cast.gerd)
    bid = submit(cast, job)
    open_all(job)
    for person in (cast.rolf, cast.gerd):
        score(person, bid, "Idea", 3)
        score(person, bid, "Care", 3)
    for name in ("Idea", "Care"):
        agree(cast.rolf, bid, name, 3)
    relieve_member(actor=cast.maya, seat_id=seats["Gerd"].pk, reason="Ill.", at=TOGETHER)
    words = {"actor": cast.rolf, "job_id": job.pk, "at": TOGETHER + HOUR}

    with refused(PanelTooSmall, match="1 of at least 2"):
        consent(**words, digest=judging(job).digest)


def test_no_panel_is_set_over_the_department_once_bids_are_open(cast):
    job = a_published_job(cast)
    open_all(job)

    with refused(PanelTooLate):
        seated(cast, job, cast.rolf)


def test_a_member_from_another_department_judges_and_reads_files(cast):
    ida = add_person(actor=cast.adam, email="ida@house.example", name="Ida", at=NOON)
    words = {"user_id": ida.pk, "department_id": cast.house.pk, "role": "requester"}
    add_member(actor=cast.adam, at=NOON, **words)
    job = a_published_job(cast)
    seated(cast, job, ida)
    ours = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
    file = attach_file(**ours, name="plan.pdf", content=b"%PDF-1.7", at=NOON + HOUR)
    bid = submit(cast, job)
    with refused(Unknown):
        bid_file(actor=ida, bid_id=bid.pk, file_id=file.file_id, at=NOON + 2 * DAY)
    open_all(job)

    for name in ("Idea", "Care"):
        score(ida, bid, name, 3)
    assert agree(ida, bid, "Idea", 3).quarters == 3
    assert bid_file(actor=ida, bid_id=bid.pk, file_id=file.file_id, at=TOGETHER).content
