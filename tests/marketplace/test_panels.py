"""Who judges: appointed by the head, on neither side of the contest, with interests declared."""

from __future__ import annotations

import pytest

from marketplace.interests import (
    AlreadyDeclared,
    InterestMissing,
    NothingDeclared,
    answer_interest,
    declare_interest,
)
from marketplace.invitations import JudgeInInvitedTeam, invite_provider
from marketplace.membership import add_member, end_membership
from marketplace.models.people import Membership
from marketplace.panel_paper import SeatState, panel
from marketplace.panels import (
    AlreadyOnPanel,
    BiddingSideOnPanel,
    NobodyNamed,
    NoPanelAnyMore,
    OutsiderOnPanel,
    appoint_panel,
    relieve_member,
)
from marketplace.people import add_person
from marketplace.publishing import cancel_job, publish_job
from marketplace.readiness import AuthorInInvitedTeam
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.sides import bidding_side
from tests.builders import HOUR, MINUTE, NOON, a_draft, a_published_job, refused
from tests.cast import assemble_again

pytestmark = pytest.mark.django_db
LATER = NOON + HOUR


@pytest.fixture
def cast():
    return assemble_again()


@pytest.fixture
def job(cast):
    return a_published_job(cast)


def appoint(cast, job, *people, at=LATER, actor=None):
    ids = [one.pk for one in people]
    return appoint_panel(actor=actor or cast.maya, job_id=job.pk, user_ids=ids, at=at)


def colleagues(cast, count, *, provider=None):
    """Return so many people of Marketing, or of a team."""
    place = {"provider_id": provider.pk} if provider else {"department_id": cast.marketing.pk}
    role = "member" if provider else "requester"
    found = []
    for number in range(count):
        name = f"{'Eva' if provider else 'Ida'} {number + 1}"
        email = f"{name.lower().replace(' ', '')}@house.example"
        person = add_person(actor=cast.adam, email=email, name=name, at=NOON)
        add_member(actor=cast.adam, user_id=person.pk, role=role, at=NOON, **place)
        found.append(person)
    return found


def states(cast, job):
    return {one.name: one.seat_state for one in panel(actor=cast.maya, job_id=job.pk).members}


def test_a_panel_with_14_of_16_members_from_the_bidding_side_is_refused_with_their_names(cast, job):
    bidding = colleagues(cast, 14, provider=cast.events_team)

    with refused(BiddingSideOnPanel) as caught:
        appoint(cast, job, cast.maya, cast.rolf, *bidding)

    assert caught.value.text.startswith("14 of 16 stand on the bidding side: ")
    for person in bidding:
        assert f"{person.name} (Events)" in caught.value.text
    assert "Maya" not in caught.value.text
    assert panel(actor=cast.maya, job_id=job.pk).members == ()


def test_the_head_of_the_teams_department_stands_on_the_bidding_side(cast, job):
    with refused(BiddingSideOnPanel) as caught:
        appoint(cast, job, cast.sam)

    assert caught.value.text == "1 of 1 stand on the bidding side: Sam (Events)."


def test_who_heads_both_sides_of_the_tree_answers_for_both(cast, job):
    assert cast.gerd.pk not in bidding_side(job)

    [seat] = appoint(cast, job, cast.gerd)

    assert seat.user == cast.gerd


def test_who_left_a_bidder_after_the_publication_still_stands_on_its_side(cast, job):
    add_member(
        actor=cast.adam,
        user_id=cast.rolf.pk,
        provider_id=cast.events_team.pk,
        role="member",
        at=NOON + MINUTE,
    )
    seat = Membership.objects.get(user=cast.rolf, provider=cast.events_team)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=NOON + 2 * MINUTE)

    with refused(BiddingSideOnPanel):
        appoint(cast, job, cast.rolf)


def test_who_joins_a_bidder_after_the_appointment_is_off_the_panel(cast, job):
    appoint(cast, job, cast.rolf, cast.gerd)
    declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=LATER)
    add_member(
        actor=cast.adam,
        user_id=cast.rolf.pk,
        provider_id=cast.events_team.pk,
        role="member",
        at=LATER + MINUTE,
    )

    assert states(cast, job) == {"Gerd": SeatState.TO_DECLARE, "Rolf": SeatState.BIDDING_SIDE}
    with refused(Unknown):
        panel(actor=cast.rolf, job_id=job.pk)


def test_nobody_is_invited_whose_people_judge(cast):
    job = a_published_job(cast, invited=(cast.vera_co.pk, cast.otto_co.pk), waiver="No team fits.")
    appoint(cast, job, cast.sam)

    with refused(JudgeInInvitedTeam) as caught:
        invite_provider(
            actor=cast.maya, job_id=job.pk, provider_id=cast.events_team.pk, at=LATER + MINUTE
        )

    assert "Sam" in caught.value.text


def test_the_head_over_an_invited_team_writes_no_job_for_it(cast):
    add_member(
        actor=cast.adam,
        user_id=cast.sam.pk,
        department_id=cast.marketing.pk,
        role="requester",
        at=NOON - 2 * HOUR,
    )
    job = a_draft(cast, actor=cast.sam)

    with refused(AuthorInInvitedTeam):
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)


def test_a_panel_is_of_the_companys_own_people_each_once_and_of_somebody(cast, job):
    with refused(OutsiderOnPanel):
        appoint(cast, job, cast.rolf, cast.vera)
    with refused(NobodyNamed):
        appoint(cast, job)
    appoint(cast, job, cast.rolf)
    with refused(AlreadyOnPanel):
        appoint(cast, job, cast.rolf, cast.gerd)


@pytest.mark.parametrize(("person", "rule"), [("rolf", Forbidden), ("pia", Forbidden)])
def test_only_the_head_appoints_and_relieves(cast, job, person, rule):
    [seat] = appoint(cast, job, cast.gerd)
    actor = getattr(cast, person)

    with refused(rule):
        appoint(cast, job, cast.rolf, actor=actor)
    with refused(rule):
        relieve_member(actor=actor, seat_id=seat.pk, reason="Ill.", at=LATER)


def test_a_relieved_member_is_off_the_panel_and_may_be_appointed_again(cast, job):
    [seat] = appoint(cast, job, cast.rolf)
    with refused(ReasonMissing):
        relieve_member(actor=cast.maya, seat_id=seat.pk, reason=" ", at=LATER)

    relieve_member(actor=cast.maya, seat_id=seat.pk, reason="Ill until May.", at=LATER + MINUTE)

    assert states(cast, job) == {"Rolf": SeatState.LEFT}
    appoint(cast, job, cast.rolf, at=LATER + 2 * MINUTE)
    with refused(Unknown):
        relieve_member(actor=cast.maya, seat_id=seat.pk, reason="Again.", at=LATER + HOUR)


def test_a_member_who_declares_nothing_to_do_with_bidders_judges(cast, job):
    appoint(cast, job, cast.rolf)
    assert states(cast, job) == {"Rolf": SeatState.TO_DECLARE}

    declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=LATER)

    assert states(cast, job) == {"Rolf": SeatState.JUDGES}
    with refused(AlreadyDeclared):
        declare_interest(actor=cast.rolf, job_id=job.pk, has_some=True, what="Oh.", at=LATER)


def test_a_declared_interest_keeps_off_until_one_level_up_it_is_decided(cast, job):
    [seat] = appoint(cast, job, cast.rolf)
    with refused(InterestMissing):
        declare_interest(actor=cast.rolf, job_id=job.pk, has_some=True, at=LATER)
    declare_interest(
        actor=cast.rolf, job_id=job.pk, has_some=True, what="Otto is my cousin.", at=LATER
    )
    assert states(cast, job) == {"Rolf": SeatState.OUT}
    words = {"seat_id": seat.pk, "may_stay": True, "at": LATER + MINUTE}
    with refused(Forbidden):
        answer_interest(actor=cast.maya, reason="It does not matter.", **words)
    with refused(ReasonMissing):
        answer_interest(actor=cast.gerd, reason=" ", **words)

    answer_interest(actor=cast.gerd, reason="A distant one; they have not met.", **words)

    assert states(cast, job) == {"Rolf": SeatState.JUDGES}
    with refused(NothingDeclared):
        answer_interest(actor=cast.gerd, reason="Once more.", **words)


def test_the_words_of_an_interest_are_for_its_owner_and_one_level_up(cast, job):
    appoint(cast, job, cast.rolf)
    declare_interest(
        actor=cast.rolf, job_id=job.pk, has_some=True, what="Otto is my cousin.", at=LATER
    )

    told = {
        name: panel(actor=getattr(cast, name), job_id=job.pk).members[0].interest
        for name in ("rolf", "gerd", "ada", "maya")
    }

    assert told["rolf"] == told["gerd"] == told["ada"] == "Otto is my cousin."
    assert told["maya"] == ""


def test_nobody_declares_who_is_not_on_the_panel_and_no_bidder_sees_it(cast, job):
    appoint(cast, job, cast.rolf)

    with refused(Unknown):
        declare_interest(actor=cast.maya, job_id=job.pk, has_some=False, at=LATER)
    for person in (cast.pia, cast.vera, cast.sam):
        with refused(Unknown):
            panel(actor=person, job_id=job.pk)


def test_a_judge_from_another_department_sees_the_job(cast):
    job = a_published_job(cast, invited=(cast.vera_co.pk, cast.otto_co.pk), waiver="No team fits.")
    with refused(Unknown):
        panel(actor=cast.sam, job_id=job.pk)

    appoint(cast, job, cast.sam)

    assert panel(actor=cast.sam, job_id=job.pk).can_declare


def test_a_job_that_is_over_takes_no_panel(cast, job):
    appoint(cast, job, cast.rolf)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="No need any more.", at=LATER)

    with refused(NoPanelAnyMore):
        appoint(cast, job, cast.gerd, at=LATER + MINUTE)
    with refused(NoPanelAnyMore):
        declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=LATER + MINUTE)
