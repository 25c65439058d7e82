"""What bidders who were not chosen said of a contest, and what they were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bids.permissions import may_bid_for
from ledger.models.awards import Award
from ledger.models.hearings import Hearing
from ledger.permissions import may_choose
from ledger.standstill import hearing_ends_at
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider


@dataclass(frozen=True, slots=True)
class HearingPaper:
    """One bidder's three answers, its words, and the reply."""

    hearing_id: UUID
    job_id: UUID
    provider_id: UUID
    provider_name: str
    reasons: int | None
    fairness: int | None
    effort: int | None
    text: str
    heard_by: str
    heard_at: datetime
    reply: str
    replied_by: str
    replied_at: datetime | None
    may_reply: bool


@dataclass(frozen=True, slots=True)
class HearingRoom:
    """All that the reader may know of them, and whether they may still say something."""

    hearings: tuple[HearingPaper, ...]
    until: datetime | None
    may_say: tuple[UUID, ...]  # the reader's own providers that may still be heard


def hearing_room(*, actor: User, job_id: UUID, at: datetime) -> HearingRoom:
    """
    Return them: the department and auditors read all, a bidder its own.

    :raises Unknown: the job is not theirs to see.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").one(job_id)
    rows = (
        Hearing.objects.visible_to(actor)
        .filter(job=job)
        .select_related("provider", "words", "heard_by", "reply__words", "reply__replied_by")
    )
    heard = [
        _paper(one, may_reply=may_choose(actor, job)) for one in rows.order_by("heard_at", "pk")
    ]
    until = hearing_ends_at(job)
    is_time = until is not None and at < until
    return HearingRoom(tuple(heard), until, _open_to(actor, job) if is_time else ())


def _open_to(actor: User, job: Job) -> tuple[UUID, ...]:
    chosen = Award.objects.filter(job=job).values("bid__provider")
    bidders = (
        Provider.objects.filter(bids__job=job, bids__withdrawn_at=None)
        .exclude(pk__in=chosen)
        .exclude(hearings__job=job)
        .distinct()
    )
    return tuple(one.pk for one in bidders if may_bid_for(actor, one))


def _paper(one: Hearing, *, may_reply: bool) -> HearingPaper:
    reply = getattr(one, "reply", None)
    return HearingPaper(
        hearing_id=one.pk,
        job_id=one.job_id,
        provider_id=one.provider_id,
        provider_name=one.provider.name,
        reasons=one.reasons,
        fairness=one.fairness,
        effort=one.effort,
        text=one.words.text if one.words else "",
        heard_by=one.heard_by.name,
        heard_at=one.heard_at,
        reply=reply.words.text if reply else "",
        replied_by=reply.replied_by.name if reply else "",
        replied_at=reply.replied_at if reply else None,
        may_reply=may_reply and reply is None,
    )
