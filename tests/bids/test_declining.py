"""A provider that will not bid: its bids go back, and it bids again only when invited again."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bids import bidding, submission
from bids.declining import decline_to_bid
from bids.drafts import save_bid_draft
from bids.models.bids import Bid, BidAccess
from marketplace.addenda import add_addendum
from marketplace.declining import AlreadyDeclined
from marketplace.invitations import AlreadyInvited, invite_provider
from marketplace.models.events import Event, Notice
from marketplace.models.jobs import Invitation
from marketplace.openness import BiddingOver
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.bids.builders import MORNING_AFTER, offer, open_all, refused
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, NOON

LATER = MORNING_AFTER + HOUR


@pytest.fixture
def decline(cast, job):
    """Vera declines, unless a test says otherwise."""
    usual: dict[str, Any] = {
        "actor": cast.vera,
        "job_id": job.pk,
        "provider_id": cast.vera_co.pk,
        "reason": "Booked out.",
        "at": LATER,
    }
    return partial(decline_to_bid, **usual)


@pytest.fixture
def invite_again(cast, job):
    return partial(
        invite_provider,
        actor=cast.maya,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        at=LATER + HOUR,
    )


def test_who_declines_takes_its_standing_bid_back(submit, decline, cast, job):
    bid = submit(provider=cast.vera_co)
    other = submit()

    invitation = decline()

    bid.refresh_from_db()
    assert (bid.withdrawn_at, invitation.declined_at) == (LATER, LATER)
    last = BidAccess.objects.filter(bid=bid).order_by("happened_at").last()
    assert (last.kind, last.actor, last.recorded_at) == ("withdrawn", cast.vera, None)
    assert Bid.objects.standing().get() == other


def test_declining_does_not_tell_that_a_bid_was_there(submit, decline, cast, job):
    submit(provider=cast.vera_co)
    before = Event.objects.count()

    decline()

    assert Event.objects.count() == before + 1
    assert not Event.objects.filter(kind="bid.withdrawn").exists()
    open_all(job)
    assert Event.objects.filter(kind="bid.withdrawn", provider=cast.vera_co).exists()


def test_who_declined_neither_submits_nor_drafts(submit, decline, cast, job):
    decline()

    with refused(bidding.DeclinedBefore, match="invite you again"):
        submit(provider=cast.vera_co, at=LATER + MINUTE)
    with refused(bidding.DeclinedBefore):
        save_bid_draft(
            actor=cast.vera,
            job_id=job.pk,
            provider_id=cast.vera_co.pk,
            content=offer(),
            at=LATER + MINUTE,
        )


def test_who_is_invited_again_bids_and_hears_of_the_job(submit, decline, invite_again, cast, job):
    decline()
    invitation = invite_again()

    assert (invitation.invited_at, invitation.declined_at) == (LATER + HOUR, None)
    assert (invitation.declined_by, invitation.decline_reason) == (None, None)
    add_addendum(actor=cast.maya, job_id=job.pk, text="Rain.", at=LATER + 2 * HOUR)
    assert Notice.objects.filter(kind="job.addendum", recipient=cast.vera).exists()
    assert submit(provider=cast.vera_co, at=LATER + 3 * HOUR).pk
    about = Event.objects.filter(job=job, provider=cast.vera_co, kind__startswith="invitation.")
    kinds = about.order_by("happened_at").values_list("kind", flat=True)
    assert list(kinds) == ["invitation.declined", "invitation.sent"]
    with refused(AlreadyInvited):
        invite_again()


def test_who_was_invited_again_may_decline_again(decline, invite_again, cast):
    decline()
    invite_again()

    decline(reason="Still booked out.", at=LATER + DAY)

    declined = Invitation.objects.get(provider=cast.vera_co)
    assert (declined.declined_at, declined.decline_reason.text) == (
        LATER + DAY,
        "Still booked out.",
    )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"at": DEADLINE}, BiddingOver),
        ({"at": MORNING_AFTER - MINUTE}, submission.Superseded),
    ],
)
def test_a_refused_declining_leaves_the_bid_standing(submit, decline, cast, changes, refusal):
    bid = submit(provider=cast.vera_co)

    with refused(refusal):
        decline(**changes)

    assert Bid.objects.standing().get() == bid
    assert not BidAccess.objects.filter(kind="withdrawn").exists()


def test_only_the_lead_of_an_invited_provider_declines_and_once(submit, decline, cast):
    submit()
    with refused(Forbidden):
        decline(actor=cast.paul, provider_id=cast.events_team.pk)
    with refused(Unknown):
        decline(actor=cast.sam)
    with refused(Unknown):
        decline(provider_id=cast.events_team.pk)
    decline()
    with refused(AlreadyDeclined):
        decline(at=LATER + MINUTE)
    assert Bid.objects.standing().exists()


def test_a_bid_sent_before_the_declining_and_handled_after_it_does_not_stand(submit, decline, cast):
    decline()

    with refused(bidding.DeclinedBefore):
        submit(provider=cast.vera_co, at=NOON + HOUR)
