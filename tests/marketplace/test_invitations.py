"""Who may bid, and who will not."""

import pytest

from marketplace.addenda import add_addendum
from marketplace.admission import admit_vendor, register_team
from marketplace.declining import AlreadyDeclined, decline_invitation
from marketplace.invitations import AlreadyInvited, invite_provider
from marketplace.membership import add_member
from marketplace.models.events import Event, Notice
from marketplace.openness import AlreadyCancelled, BiddingOver
from marketplace.publishing import cancel_job
from marketplace.readiness import AuthorInInvitedTeam, OwnTeamInvited, SuspendedInvited
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.suspension import suspend_provider
from tests.builders import DAY, DEADLINE, NOON, a_draft, a_published_job, refused


@pytest.fixture
def job(cast):
    return a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))


@pytest.fixture
def invite(cast, job):
    def invite(*, actor=cast.maya, provider=cast.otto_co, at=NOON + DAY):
        return invite_provider(actor=actor, job_id=job.pk, provider_id=provider.pk, at=at)

    return invite


@pytest.fixture
def decline(cast, job):
    def decline(
        *, actor=cast.vera, provider=cast.vera_co, reason="Booked out.", at=NOON + DAY, job=job
    ):
        return decline_invitation(
            actor=actor, job_id=job.pk, provider_id=provider.pk, reason=reason, at=at
        )

    return decline


def test_one_more_is_invited_while_bids_may_come(cast, job, invite):
    with refused(Unknown):
        add_addendum(actor=cast.otto, job_id=job.pk, text="?", at=NOON + DAY)

    invite()

    assert job.invitations.count() == 3
    assert Notice.objects.filter(recipient=cast.otto, job=job).exists()
    assert Event.objects.filter(kind="invitation.sent", job=job, provider=cast.otto_co).exists()


def test_nobody_is_invited_twice_or_too_late_or_by_others(cast, invite):
    with refused(AlreadyInvited):
        invite(provider=cast.vera_co)
    with refused(BiddingOver):
        invite(at=DEADLINE)
    with refused(Forbidden):
        invite(actor=cast.rolf)
    with refused(Unknown):
        invite(actor=cast.sam)


def test_who_may_not_bid_is_not_invited_later_either(cast, invite):
    own = register_team(actor=cast.adam, name="Ads", department_id=cast.marketing.pk, at=NOON)
    with refused(OwnTeamInvited):
        invite(provider=own)
    words = {"reason": "They do not answer.", "at": NOON}
    suspend_provider(actor=cast.adam, provider_id=cast.otto_co.pk, **words)
    with refused(SuspendedInvited):
        invite()
    other = register_team(actor=cast.adam, name="Stage", department_id=cast.services.pk, at=NOON)
    add_member(actor=cast.adam, user_id=cast.rolf.pk, role="member", provider_id=other.pk, at=NOON)
    with refused(AuthorInInvitedTeam):
        invite(provider=other)


def test_a_provider_declines_with_a_reason_and_the_department_is_told(cast, job, decline):
    invitation = decline()

    assert invitation.decline_reason.text == "Booked out."
    assert (invitation.declined_by, invitation.declined_at) == (cast.vera, NOON + DAY)
    told = Notice.objects.filter(kind="invitation.declined")
    assert set(told.values_list("recipient__name", flat=True)) == {"Maya", "Rolf"}
    event = Event.objects.get(kind="invitation.declined")
    assert invitation.decline_reason.digest.hex() in event.body
    assert "Booked out" not in event.body


def test_who_declined_hears_no_more_of_the_job(cast, job, decline):
    decline()

    add_addendum(actor=cast.maya, job_id=job.pk, text="More.", at=NOON + DAY)

    told = Notice.objects.filter(kind="job.addendum").values_list("recipient__name", flat=True)
    assert set(told) == {"Pia", "Paul"}


def test_declining_needs_a_reason_in_time_and_once(cast, decline):
    with refused(ReasonMissing):
        decline(reason=" ")
    with refused(BiddingOver):
        decline(at=DEADLINE)
    decline()
    with refused(AlreadyDeclined):
        decline()


def test_only_a_lead_of_an_invited_provider_declines(cast, decline):
    with refused(Forbidden):
        decline(actor=cast.paul, provider=cast.events_team)
    with refused(Unknown):
        decline(actor=cast.otto, provider=cast.otto_co)
    stranger = admit_vendor(actor=cast.adam, name="Stranger", at=NOON)
    add_member(actor=cast.adam, user_id=cast.otto.pk, role="lead", provider_id=stranger.pk, at=NOON)
    with refused(Unknown):
        decline(actor=cast.otto, provider=stranger)
    with refused(Unknown):
        decline(job=a_draft(cast))


def test_nobody_declines_a_cancelled_job(cast, job, decline):
    cancel_job(actor=cast.maya, job_id=job.pk, reason="Off.", at=NOON)

    with refused(AlreadyCancelled):
        decline()
