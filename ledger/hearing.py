"""Hearing those who were not chosen: three questions about the contest, and the answer to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.models.bids import Bid
from bids.permissions import may_bid_for
from ledger.models.awards import Award
from ledger.models.hearings import Hearing, HearingReply
from ledger.permissions import may_choose
from ledger.standstill import hearing_ends_at
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep


class NothingDecided(Refusal):
    """A contest is judged once it is over."""

    code = "nothing_decided"


class NotForTheChosen(Refusal):
    """Whoever was chosen rates the department when the work is done."""

    code = "not_for_the_chosen"


class AlreadyHeard(Refusal):
    """A bidder is heard once."""

    code = "already_heard"


class HearingOver(Refusal):
    """Bidders have the days that finance has set for ratings."""

    code = "hearing_over"


class PointNotAsked(Refusal):
    """Each of the three questions takes a point from 1 to 5, or none; one of them takes one."""

    code = "point_not_asked"
    field = "reasons"


class AlreadyReplied(Refusal):
    """A hearing is answered once."""

    code = "already_replied"


@transaction.atomic(savepoint=False)
def hear_bidder(
    *,
    actor: User,
    job_id: UUID,
    provider_id: UUID,
    reasons: int | None,
    fairness: int | None,
    effort: int | None,
    at: datetime,
    text: str = "",
) -> Hearing:
    """
    Say how the contest was for a bidder who was not chosen: whether the reasons could be
    understood, whether the process was fair, whether the bid was worth its effort; and in words
    what remains open, which whoever chose answers.

    :raises Unknown: the actor has no bid on such a job.
    :raises Forbidden: the lead of the provider says it.
    :raises NothingDecided, NotForTheChosen, HearingOver, AlreadyHeard, PointNotAsked: no.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)
    own = Bid.objects.standing().of_provider_of(actor).filter(job=job, provider=provider_id)
    if not own.exists():
        raise Unknown("There is no such bid of yours.")
    provider = Provider.objects.one(provider_id)
    require(may_bid_for(actor, provider), "Whoever leads the provider says it.")
    _refuse_time(job, provider_id, at=at)
    _refuse_points(reasons, fairness, effort)
    words = keep(text.strip(), at=at) if text.strip() else None
    hearing = Hearing.objects.create(
        job=job,
        provider=provider,
        reasons=reasons,
        fairness=fairness,
        effort=effort,
        words=words,
        heard_by=actor,
        heard_at=at,
    )
    facts: dict[str, Fact] = {
        "reasons": reasons,
        "fairness": fairness,
        "effort": effort,
        "text_digest": words.digest.hex() if words else None,
    }
    _record(actor, "hearing.given", hearing, at=at, facts=facts)
    tell(
        "hearing.given",
        recipients=people_of_department(job.department),
        text=f"“{provider}” says how the contest for “{job.title}” was for them.",
        because="you belong to the department",
        at=at,
        job=job,
        subject=hearing,
    )
    return hearing


@transaction.atomic(savepoint=False)
def reply_to_hearing(*, actor: User, hearing_id: UUID, text: str, at: datetime) -> HearingReply:
    """
    Answer what a bidder said of the contest, once.

    :raises Unknown: there is no such hearing to see.
    :raises Forbidden: a head of the department, or of one above, answers.
    :raises AlreadyReplied, ReasonMissing: the rules say no.
    """
    found = Hearing.objects.visible_to(actor).one(hearing_id)
    job = Job.objects.visible_to(actor).select_related("department").lock(found.job_id)
    require(may_choose(actor, job), "A head of the department answers.")
    if HearingReply.objects.filter(hearing=found).exists():
        raise AlreadyReplied("It was answered.")
    if not text.strip():
        raise ReasonMissing("Write your answer; the bidder reads it, and it stays on the record.")
    words = keep(text.strip(), at=at)
    reply = HearingReply.objects.create(hearing=found, words=words, replied_by=actor, replied_at=at)
    facts: dict[str, Fact] = {"text_digest": words.digest.hex()}
    _record(actor, "hearing.replied", found, at=at, facts=facts)
    tell(
        "hearing.replied",
        recipients=people_of_provider(found.provider),
        text=f"{actor.name} answered what you said of “{job.title}”.",
        because="you bid for it",
        at=at,
        job=job,
        subject=found,
    )
    return reply


def _refuse_time(job: Job, provider_id: UUID, *, at: datetime) -> None:
    until = hearing_ends_at(job)
    if until is None:
        raise NothingDecided("The choice is not made yet. You are told the minute it is.")
    if Award.objects.filter(job=job, bid__provider=provider_id).exists():
        raise NotForTheChosen("You were chosen. You rate the department when the work is done.")
    if at >= until:
        raise HearingOver(f"This could be said until {until:%d %B %Y, %H:%M} UTC.")
    if Hearing.objects.filter(job=job, provider=provider_id).exists():
        raise AlreadyHeard("Your side has said how it was.")


def _refuse_points(*points: int | None) -> None:
    given = [one for one in points if one is not None]
    if not given or any(type(one) is not int or not 1 <= one <= 5 for one in given):
        raise PointNotAsked("Answer one of the three questions at least, with 1 to 5.")


def _record(
    actor: User, kind: str, hearing: Hearing, *, at: datetime, facts: dict[str, Fact]
) -> None:
    record(
        actor,
        kind,
        hearing,
        at=at,
        audience=Audience.BOTH,
        job=hearing.job,
        provider=hearing.provider,
        facts=facts,
    )
