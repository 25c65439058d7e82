"""The list of jobs: who sees which, where they stand, and who has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from ledger.commissioning import cancel_job, end_without_award
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.reports.custody import end_of
from ledger.reports.desk import desk
from ledger.reports.paging import NotACursor
from ledger.reports.register import JobRow, register
from ledger.reports.states import State
from ledger.reports.timeline import timeline
from marketplace.interests import declare_interest
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.panels import appoint_panel
from tests.builders import DAY, DEADLINE, HOUR, NOON, a_draft, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db
LATER = CHOICE + 60 * DAY


def row_of(job: Job, actor: User, at: datetime) -> JobRow:
    return next(row for row in register(actor=actor, at=at).items if row.job_id == job.pk)


def test_a_draft_is_with_its_department(cast: Cast):
    job = a_draft(cast)

    row = row_of(job, cast.rolf, NOON)

    assert (row.state, row.has_it, row.side) == (State.DRAFT, "Marketing", "buyer")
    assert register(actor=cast.pia, at=NOON).items == ()
    assert register(actor=cast.fin, at=NOON).items == ()


def test_a_published_job_is_with_the_bidders_until_its_deadline(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)

    before = row_of(job, cast.pia, DEADLINE - HOUR)
    after = row_of(job, cast.pia, DEADLINE)

    assert (before.state, before.has_it, before.next_at) == (State.OPEN, "Bidders", DEADLINE)
    assert (after.state, after.has_it) == (State.CLOSED, "The clock")


def test_opened_bids_are_with_the_department(cast: Cast, contest: Contest):
    row = row_of(contest.job, cast.vera, CHOICE)

    assert (row.state, row.has_it) == (State.TO_CHOOSE, "The head of Marketing")


def told_of_the_choice(actor: User, job: Job) -> set[tuple[str, datetime | None]]:
    """Who has it and by when: in the list, in the life of the job, and at home."""
    row = row_of(job, actor, CHOICE)
    life = timeline(actor=actor, job_id=job.pk, at=CHOICE)
    items = desk(actor=actor, at=CHOICE)
    home = [one for one in (*items.mine, *items.others) if one.kind in ("choose", "choice")]
    return {
        (row.has_it, row.next_at),
        (life.has_it, life.due_at),
        *((row.has_it if one.is_mine else one.who, one.due_at) for one in home),
    }


def test_each_paper_says_the_same_of_a_choice_and_a_bidder_only_how_long_the_own_bid_holds(
    cast: Cast,
):
    builders.grant(cast)
    job = builders.publish(cast)
    soon, late = date(2026, 6, 30), date(2026, 9, 30)
    for provider, until in ((cast.events_team, soon), (cast.vera_co, late)):
        offer = replace(builders.bid_of(builders.THREE_PARTS), valid_until_on=until)
        builders.submit(cast, job, provider, offer)
    builders.open_job(job)
    head = "The head of Marketing"

    assert told_of_the_choice(cast.maya, job) == {(head, end_of(soon))}
    assert told_of_the_choice(cast.rolf, job) == {(head, end_of(soon))}
    assert told_of_the_choice(cast.pia, job) == {(head, end_of(soon))}
    assert told_of_the_choice(cast.vera, job) == {(head, end_of(late))}
    assert told_of_the_choice(cast.otto, job) == {(head, None)}  # invited, and did not bid
    assert told_of_the_choice(cast.adam, job) == {(head, None)}


def test_a_choice_that_waits_for_the_panel_is_the_panels_everywhere(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=[cast.rolf.pk], at=NOON + HOUR)
    builders.submit(cast, job, cast.vera_co, builders.bid_of(builders.THREE_PARTS))
    declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=NOON + 2 * HOUR)
    builders.open_job(job)

    for person in (cast.maya, cast.vera, cast.ada):
        assert {who for who, _ in told_of_the_choice(person, job)} == {"The panel"}


def test_chosen_work_is_with_the_provider_until_it_is_delivered(cast: Cast, award: Award):
    before = row_of(award.job, cast.maya, CHOICE + DAY)
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    after = row_of(award.job, cast.maya, CHOICE + 2 * DAY)

    assert (before.state, before.has_it) == (State.IN_DELIVERY, "Events")
    assert (after.has_it, after.next_at) == ("Marketing", delivery.silent_at)
    assert after.then == "Silence after that counts as acceptance."


def test_a_bidder_who_was_not_chosen_sees_only_that_it_is_decided(cast: Cast, award: Award):
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    row = row_of(award.job, cast.vera, LATER)

    assert (row.state, row.has_it, row.provider_name) == (State.DECIDED, "", "Events")
    assert register(actor=cast.vera, at=LATER, state="in_delivery").items == ()
    assert len(register(actor=cast.vera, at=LATER, state="decided").items) == 1


def test_somebody_invited_who_did_not_bid_is_not_told_who_was_chosen(cast: Cast, award: Award):
    row = row_of(award.job, cast.otto, LATER)

    assert (row.state, row.provider_name, row.provider_id) == (State.DECIDED, "", None)


def test_finished_work_is_rated_for_some_days(cast: Cast, award: Award):
    builders.finish(cast, award, at=CHOICE + 30 * DAY)

    during = row_of(award.job, cast.maya, CHOICE + 32 * DAY)
    over = row_of(award.job, cast.maya, CHOICE + 31 * DAY + 14 * DAY)

    assert (during.state, during.has_it) == (State.TO_RATE, "Both sides")
    assert (over.state, over.has_it) == (State.FINISHED, "")


def test_work_is_finished_once_both_have_rated(cast: Cast, award: Award):
    builders.finish(cast, award, at=CHOICE + 30 * DAY)
    for side in ("department", "provider"):
        builders.rate_as(cast, award, side, at=CHOICE + 32 * DAY)

    assert row_of(award.job, cast.maya, CHOICE + 33 * DAY).state == State.FINISHED


def test_a_contested_charge_is_with_finance(cast: Cast, award: Award):
    milestone = builders.milestones(award)[0]
    builders.accept(cast, milestone, at=CHOICE + DAY)
    raise_dispute(
        actor=cast.maya,
        milestone_id=milestone.pk,
        amount=eur("100"),
        reason="Too loud.",
        at=CHOICE + 3 * DAY,
    )

    row = row_of(award.job, cast.pia, CHOICE + 4 * DAY)

    assert (row.state, row.has_it) == (State.DISPUTED, "Finance")


def test_a_job_may_end_without_a_choice(cast: Cast, contest: Contest):
    end_without_award(actor=cast.maya, job_id=contest.job.pk, reason="Called off.", at=CHOICE)

    assert row_of(contest.job, cast.vera, LATER).state == State.NO_AWARD


def test_a_cancelled_job_is_with_nobody(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="Called off.", at=NOON + DAY)

    row = row_of(job, cast.pia, LATER)

    assert (row.state, row.has_it) == (State.CANCELLED, "")


def test_a_hidden_ceiling_is_shown_to_the_buyer_and_finance_alone(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast, shows_ceiling=False, point=eur("75"))

    shown = {
        person.name: row_of(job, person, NOON + DAY).ceiling
        for person in (cast.maya, cast.rolf, cast.fin, cast.pia, cast.vera, cast.ada)
    }

    assert {name for name, ceiling in shown.items() if ceiling} == {"Maya", "Rolf", "Fin"}


def test_a_stranger_sees_no_job(cast: Cast, award: Award):
    assert register(actor=cast.sam, at=LATER).items == ()


@pytest.fixture
def three(cast: Cast) -> list[Job]:
    """Three published jobs, a day after one another."""
    builders.grant(cast, "900000")
    return [
        builders.publish(
            cast,
            title=title,
            at=NOON + number * HOUR,
            closes_at=DEADLINE + (3 - number) * DAY,
            category_id=category.pk,
        )
        for number, (title, category) in enumerate(
            [
                ("Summer party", cast.events),
                ("Poster", cast.printing),
                ("Winter party", cast.events),
            ]
        )
    ]


def titles(**words: object) -> list[str]:
    return [row.title for row in register(**words).items]  # type: ignore[arg-type]


def test_the_newest_comes_first_or_the_earliest_deadline(cast: Cast, three: list[Job]):
    assert titles(actor=cast.maya, at=NOON + DAY) == ["Winter party", "Poster", "Summer party"]
    by_deadline = titles(actor=cast.maya, at=NOON + DAY, order="deadline")
    assert by_deadline == ["Winter party", "Poster", "Summer party"]


@pytest.mark.parametrize("order", ["newest", "deadline"])
def test_pages_follow_each_other_without_a_gap(cast: Cast, three: list[Job], order: str):
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = register(actor=cast.maya, at=NOON + DAY, order=order, cursor=cursor, limit=1)
        seen += [row.title for row in page.items]
        cursor = page.next

    assert seen == ["Winter party", "Poster", "Summer party"]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ({"search": "PARTY"}, ["Winter party", "Summer party"]),
        ({"category": "print"}, ["Poster"]),
        ({"state": "open"}, ["Winter party", "Poster", "Summer party"]),
        ({"state": "draft"}, []),
        ({"state": "any_open", "search": "post"}, ["Poster"]),
        ({"mine": True}, ["Winter party", "Poster", "Summer party"]),
    ],
)
def test_the_list_can_be_narrowed(
    cast: Cast, three: list[Job], only: dict[str, object], expected: list[str]
):
    assert titles(actor=cast.maya, at=NOON + DAY, **only) == expected


def test_an_office_has_no_jobs_of_its_own(cast: Cast, three: list[Job]):
    assert len(titles(actor=cast.ada, at=NOON + DAY)) == 3
    assert titles(actor=cast.ada, at=NOON + DAY, mine=True) == []


def test_a_cursor_of_another_order_is_refused(cast: Cast, three: list[Job]):
    page = register(actor=cast.maya, at=NOON + DAY, limit=1)
    assert page.next

    with refused(NotACursor):
        register(actor=cast.maya, at=NOON + DAY, order="deadline", cursor=page.next)


def test_an_administrator_is_told_that_a_job_is_decided_and_not_for_whom(cast: Cast, award: Award):
    row = row_of(award.job, cast.adam, LATER)

    assert (row.state, row.has_it, row.provider_name) == (State.DECIDED, "", "")
