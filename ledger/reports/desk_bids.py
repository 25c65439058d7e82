"""On the desk of a bidder: invitations, bids to confirm, bids that wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Coalesce

from bids.drafts import drafts_to_read
from bids.models.bids import Bid
from ledger.reports.choosing import choosing_of_opened, to_decide
from ledger.reports.custody import Custody, to_choose
from ledger.reports.desk_jobs import MOST
from ledger.reports.open_items import OpenItem
from ledger.reports.reading import Reader
from ledger.reports.states import noted
from marketplace.models.jobs import Invitation
from marketplace.together import gathered


def bid_items(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    """Return what waits around the bids of the reader's providers before a choice."""
    if not reader.providers:
        return
    yield from gathered(lambda: _invitations(reader, at), lambda: _standing(reader, at))


def _invitations(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    own_bid = Bid.objects.standing().filter(job=OuterRef("job"), provider=OuterRef("provider"))
    begun = drafts_to_read(actor=reader.user, at=at).filter(
        job=OuterRef("job"), provider=OuterRef("provider")
    )
    invitations = Invitation.objects.filter(
        ~Exists(own_bid),
        provider__in=reader.providers,
        declined_at=None,
        job__published_at__lte=at,
        job__closes_at__gt=at,
        job__closed_at=None,
        job__cancelled_at=None,
    ).select_related("job__department", "provider")
    invitations = invitations.annotate(is_begun=Exists(begun))
    for invitation in invitations.order_by("job__closes_at")[:MOST]:
        job = invitation.job
        yield OpenItem(
            kind="bid",
            act="Go on with your draft" if noted(invitation, "is_begun") else "Bid, or decline",
            job_id=job.pk,
            job_title=job.title,
            subject_id=job.pk,
            what=f"{job.department.name} invites {invitation.provider.name}.",
            who="You",
            is_mine=True,
            since_at=job.published_at or invitation.invited_at,
            due_at=job.closes_at,
            is_late=False,
            then="Bids are closed; a late one is refused.",
        )


def _standing(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    bids = (
        Bid.objects.standing()
        .filter(
            to_decide("job"),
            provider__in=reader.providers,
            disqualified=None,
            job__cancelled_at=None,
            job__no_award=None,
        )
        .annotate(last_addendum=Coalesce(Max("job__addenda__number"), 0))
        .select_related("job__department", "provider")
        .defer("quality_envelope", "price_envelope", "receipt", "job__need")
    )
    found = list(bids.order_by(F("job__closes_at"))[:MOST])
    choices = choosing_of_opened({bid.job_id for bid in found if bid.job.opened_at}, reader)
    for bid in found:
        job = bid.job
        waits = job.closed_at is None and job.closes_at is not None and job.closes_at > at
        if waits and noted(bid, "last_addendum") > bid.confirmed_addendum:
            yield _confirm(bid)
        elif job.opened_at is None:
            yield _sealed(bid)
        else:
            yield _opened(bid, to_choose(job, choices[job.pk]), at)


def _confirm(bid: Bid) -> OpenItem:
    return OpenItem(
        kind="confirm",
        act="Confirm your bid",
        job_id=bid.job_id,
        job_title=bid.job.title,
        subject_id=bid.pk,
        what="The job changed after you bid.",
        who="You",
        is_mine=True,
        since_at=bid.submitted_at,
        due_at=bid.job.closes_at,
        is_late=False,
        then="A bid that was not confirmed is out at the opening.",
    )


def _sealed(bid: Bid) -> OpenItem:
    return OpenItem(
        kind="opening",
        act="Wait for the opening",
        job_id=bid.job_id,
        job_title=bid.job.title,
        subject_id=bid.pk,
        what=f"Bid {bid.reference} of {bid.provider.name}.",
        who="The clock",
        is_mine=False,
        since_at=bid.submitted_at,
        due_at=bid.job.closes_at,
        is_late=False,
        then="All bids are opened together.",
    )


def _opened(bid: Bid, now: Custody, at: datetime) -> OpenItem:
    return OpenItem(
        kind="choice",
        act="Wait for the choice",
        job_id=bid.job_id,
        job_title=bid.job.title,
        subject_id=bid.pk,
        what=f"Bid {bid.reference} of {bid.provider.name}.",
        who=now.has_it,
        is_mine=False,
        since_at=now.since_at,
        due_at=now.due_at,
        is_late=now.is_late(at),
        then="You get the result, with reasons.",
    )
