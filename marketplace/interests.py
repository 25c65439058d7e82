"""What a panel member has to do with the bidders: declared before anything is seen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import Fact
from marketplace.models.jobs import Job
from marketplace.models.panels import Interest, InterestAnswer
from marketplace.models.people import User
from marketplace.notices import heads_above, people_of_department, tell
from marketplace.panels import lock_seat, record_on_panel, refuse_ended
from marketplace.permissions import may_answer_interests
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.sides import stands_with_bidder
from marketplace.words import keep


class AlreadyDeclared(Refusal):
    """Interests are declared once; what changes later is told to the head."""

    code = "already_declared"


class InterestMissing(Refusal):
    """An interest says what it is."""

    code = "interest_missing"
    field = "what"


class NothingDeclared(Refusal):
    """There is no interest to decide on."""

    code = "nothing_declared"


@transaction.atomic(savepoint=False)
def declare_interest(
    *, actor: User, job_id: UUID, has_some: bool, at: datetime, what: str = ""
) -> Interest:
    """
    Say what one has to do with the bidders of a job that one is to judge; or nothing. With some,
    one is out, unless one level up it is decided otherwise.

    :raises Unknown: the actor is not on that panel.
    :raises NoPanelAnyMore, AlreadyDeclared, InterestMissing: the rules say no.
    """
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    seat = job.panel.current().filter(user=actor).first()
    if seat is None:
        raise Unknown("You are not on this panel.")
    refuse_ended(job)
    if Interest.objects.filter(seat=seat).exists():
        raise AlreadyDeclared("You have declared. Tell the head if something changes.")
    what = what.strip()
    if has_some and not what:
        raise InterestMissing("Say what you have to do with a bidder.")
    words = keep(what, at=at) if has_some else None
    interest = Interest.objects.create(seat=seat, declared_at=at, has_some=has_some, what=words)
    facts: dict[str, Fact] = {
        "has_some": int(has_some),
        "what_digest": words.digest.hex() if words else None,
    }
    record_on_panel(actor=actor, kind="panel.interest_declared", seat=seat, at=at, facts=facts)
    if has_some:
        tell(
            "panel.interest_declared",
            recipients=heads_above(job.department) or people_of_department(job.department),
            text=f"{actor.name} declared an interest in “{job.title}” and is out until you decide.",
            because="it is decided one level up",
            at=at,
            job=job,
            subject=seat,
        )
    return interest


@transaction.atomic(savepoint=False)
def answer_interest(
    *, actor: User, seat_id: UUID, may_stay: bool, reason: str, at: datetime
) -> InterestAnswer:
    """
    Decide one level up whether a declared interest keeps a member off the panel.

    :raises Unknown, Forbidden: no such seat; a head above decides, who bids for nobody.
    :raises NoPanelAnyMore, NothingDeclared, ReasonMissing: the rules say no.
    """
    seat = lock_seat(actor, seat_id)
    job = Job.objects.select_related("department").lock(seat.job_id)
    require(may_answer_interests(actor, job.department), "A head one level up decides this.")
    require(actor.pk != seat.user_id, "Nobody decides on their own interest.")
    require(stands_with_bidder(actor, job) is None, "You stand on the bidding side yourself.")
    refuse_ended(job)
    interest = Interest.objects.filter(seat=seat, has_some=True, answer=None).first()
    if interest is None:
        raise NothingDeclared("There is no interest here that waits for a decision.")
    if not reason.strip():
        raise ReasonMissing("Say why they may judge all the same, or may not.")
    words = keep(reason.strip(), at=at)
    answer = InterestAnswer.objects.create(
        interest=interest, answered_by=actor, answered_at=at, may_stay=may_stay, reason=words
    )
    facts: dict[str, Fact] = {"may_stay": int(may_stay), "reason_digest": words.digest.hex()}
    record_on_panel(actor=actor, kind="panel.interest_answered", seat=seat, at=at, facts=facts)
    tell(
        "panel.interest_answered",
        recipients=[seat.user],
        text=f"You {'may' if may_stay else 'may not'} judge “{job.title}”: {reason.strip()}",
        because="you declared an interest",
        at=at,
        job=job if may_stay else None,
        subject=seat,
    )
    return answer
