"""Who has a closed job: each paper says the same to the buyer, and to a bidder no ceiling."""

from __future__ import annotations

import pytest

from bids.closing import close_due_job
from bids.judging import PanelTooSmall
from bids.opening import open_bids
from bids.witnesses import sign_opening, state_opening_limit
from ledger.reports.desk import desk
from ledger.reports.register import register
from ledger.reports.timeline import timeline
from marketplace.interests import declare_interest
from marketplace.membership import add_member
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.panels import appoint_panel
from marketplace.policies import state_policy
from marketplace.system import the_clock
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders

pytestmark = pytest.mark.django_db
AT = DEADLINE + HOUR
TWO = "Two people, who sign the opening"
JUDGES = "Marketing, which appoints judges"


def holders(actor: User, job: Job) -> set[str]:
    """Whom the timeline and the list name; for a buyer the desk as well."""
    told = timeline(actor=actor, job_id=job.pk, at=AT)
    rows = register(actor=actor, at=AT).items
    items = desk(actor=actor, at=AT).others if told.side == "buyer" else ()
    return {
        told.has_it,
        told.steps[0].who,
        *(row.has_it for row in rows if row.job_id == job.pk),
        *(item.who for item in items if item.kind == "opening" and item.job_id == job.pk),
    }


@pytest.fixture
def above_the_limit(cast: Cast) -> Job:
    """A closed job whose ceiling is kept from bidders, and is above what the clock may open."""
    builders.grant(cast)
    state_opening_limit(actor=cast.adam, limit=eur("1000"), reason="Four eyes.", at=NOON - HOUR)
    job = builders.publish(cast, shows_ceiling=False, point=eur("75"))
    close_due_job(job_id=job.pk, at=DEADLINE)
    return job


@pytest.mark.parametrize("who", ["vera", "otto", "pia", "adam"])
def test_a_hidden_ceiling_is_not_told_by_who_opens(cast: Cast, above_the_limit: Job, who: str):
    assert holders(getattr(cast, who), above_the_limit) == {"The clock"}


def test_the_buyer_and_the_offices_read_everywhere_that_two_people_sign(
    cast: Cast, above_the_limit: Job
):
    for person in (cast.maya, cast.rolf, cast.fin, cast.ada):
        assert holders(person, above_the_limit) == {TWO}

    for person in (cast.maya, cast.ada):
        sign_opening(actor=person, job_id=above_the_limit.pk, at=DEADLINE + MINUTE)
    assert holders(cast.maya, above_the_limit) == {"The clock"}


def test_every_paper_says_that_the_panel_has_yet_to_declare(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=[cast.rolf.pk], at=NOON + HOUR)
    close_due_job(job_id=job.pk, at=DEADLINE)

    assert holders(cast.maya, job) == {"The panel, which declares its interests"}


def test_a_judge_who_joined_a_bidder_is_missed_until_another_is_appointed(cast: Cast):
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
    builders.grant(cast)
    job = builders.publish(cast, procedure="formal")
    seat(cast, job, cast.rolf, cast.gerd)
    close_due_job(job_id=job.pk, at=DEADLINE)
    assert holders(cast.maya, job) == {"The clock"}

    add_member(
        actor=cast.adam,
        user_id=cast.gerd.pk,
        role="member",
        provider_id=cast.events_team.pk,
        at=DEADLINE,
    )

    with refused(PanelTooSmall):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    assert holders(cast.maya, job) == {JUDGES}
    assert holders(cast.fin, job) == {JUDGES}


def seat(cast: Cast, job: Job, *people: User) -> None:
    """Maya appoints them, and none has anything to do with a bidder."""
    ids = [one.pk for one in people]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    for one in people:
        declare_interest(actor=one, job_id=job.pk, has_some=False, at=NOON + 2 * HOUR)
