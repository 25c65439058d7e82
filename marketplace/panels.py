"""Appointing who judges a job, and taking them off its panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.panels import PanelSeat
from marketplace.models.people import Membership, User
from marketplace.notices import tell
from marketplace.permissions import is_outsider, may_publish_for
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.sides import bidding_side, stands_with_bidder
from marketplace.words import keep


class BiddingSideOnPanel(Refusal):
    """Nobody judges a contest that their own side is in."""

    code = "bidding_side_on_panel"
    field = "user_ids"


class OutsiderOnPanel(Refusal):
    """A panel is of the company's own people."""

    code = "outsider_on_panel"
    field = "user_ids"


class AlreadyOnPanel(Refusal):
    """One person, one seat."""

    code = "already_on_panel"
    field = "user_ids"


class NobodyNamed(Refusal):
    """A panel is of people."""

    code = "nobody_named"
    field = "user_ids"


class PanelTooLate(Refusal):
    """Who judges is known before anything is seen, where no panel judges yet."""

    code = "panel_too_late"


class NoPanelAnyMore(Refusal):
    """The job is decided or cancelled."""

    code = "no_panel_any_more"


@transaction.atomic(savepoint=False)
def appoint_panel(
    *, actor: User, job_id: UUID, user_ids: Sequence[UUID], at: datetime
) -> list[PanelSeat]:
    """
    Appoint people to judge a job, all of them or none. Each is asked for their interests.

    :raises Unknown, Forbidden: not the actor's to see, or to appoint for.
    :raises NoPanelAnyMore, PanelTooLate, NobodyNamed, OutsiderOnPanel, AlreadyOnPanel,
        BiddingSideOnPanel: no.
    """
    job = _lock_with_panel(actor, job_id)
    if job.opened_at is not None and not job.panel.binding().exists():
        raise PanelTooLate("The bids are open, and the department judges them. It is too late.")
    people = _people(user_ids)
    if outside := [one for one in people if _is_no_insider(one)]:
        raise OutsiderOnPanel(f"Not of the company: {_names(outside)}.")
    seated = set(job.panel.current().values_list("user", flat=True))
    if twice := [one for one in people if one.pk in seated]:
        raise AlreadyOnPanel(f"On the panel already: {_names(twice)}.")
    side = bidding_side(job)
    if bidding := [one for one in people if one.pk in side]:
        named = ", ".join(f"{one.name} ({side[one.pk]})" for one in bidding)
        raise BiddingSideOnPanel(
            f"{len(bidding)} of {len(people)} stand on the bidding side: {named}."
        )
    seats = [
        PanelSeat.objects.create(job=job, user=one, appointed_by=actor, appointed_at=at)
        for one in people
    ]
    for seat in seats:
        facts = {"user": str(seat.user_id)}
        record_on_panel(actor=actor, kind="panel.appointed", seat=seat, at=at, facts=facts)
    tell(
        "panel.appointed",
        recipients=people,
        text=f"You are on the panel for “{job.title}”. Say first what you have to do with bidders.",
        because="you were appointed to judge its bids",
        at=at,
        job=job,
        subject=job,
    )
    return seats


@transaction.atomic(savepoint=False)
def relieve_member(*, actor: User, seat_id: UUID, reason: str, at: datetime) -> PanelSeat:
    """
    Take a person off a panel, for a reason. What they scored does not count any more.

    :raises Unknown, Forbidden: no such seat; not the actor's to decide.
    :raises NoPanelAnyMore, ReasonMissing: the rules say no.
    """
    seat = lock_seat(actor, seat_id)
    job = _lock_with_panel(actor, seat.job_id)
    if not reason.strip():
        raise ReasonMissing("Say why they leave the panel.")
    words = keep(reason.strip(), at=at)
    seat.left_at, seat.left_reason = at, words
    seat.save(update_fields=["left_at", "left_reason"])
    facts = {"user": str(seat.user_id), "reason_digest": words.digest.hex()}
    record_on_panel(actor=actor, kind="panel.left", seat=seat, at=at, facts=facts)
    tell(
        "panel.left",
        recipients=[seat.user],
        text=f"You are not on the panel for “{job.title}” any more.",
        because="it is about you",
        at=at,
    )
    return seat


def _lock_with_panel(actor: User, job_id: UUID) -> Job:
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    require(may_publish_for(actor, job.department), "The head appoints the panel.")
    require(stands_with_bidder(actor, job) is None, "You stand on the bidding side yourself.")
    refuse_ended(job)
    return job


def refuse_ended(job: Job) -> None:
    """:raises NoPanelAnyMore: there is nothing left to judge."""
    if job.decided_at is not None or job.cancelled_at is not None:
        raise NoPanelAnyMore(f"“{job.title}” is over.")


def lock_seat(actor: User, seat_id: UUID) -> PanelSeat:
    """Return a seat that nobody left, and its job, locked. :raises Unknown: not theirs to see."""
    seats = PanelSeat.objects.current().filter(job__in=Job.objects.visible_to(actor).values("pk"))
    found = seats.one(seat_id)
    Job.objects.lock(found.job_id)
    return seats.select_related("user").one(seat_id)


def _people(user_ids: Sequence[UUID]) -> list[User]:
    wanted = set(user_ids)
    if not wanted:
        raise NobodyNamed("Name who judges.")
    people = list(User.objects.filter(pk__in=wanted, is_active=True).order_by("name", "pk"))
    if len(people) != len(wanted) or any(one.is_system for one in people):
        raise Unknown("There is no such person.")
    return people


def _is_no_insider(person: User) -> bool:
    inside = Membership.objects.current().filter(user=person).exists()
    return is_outsider(person) or not (inside or person.offices.filter(ended_at=None).exists())


def _names(people: Sequence[User]) -> str:
    return ", ".join(one.name for one in people)


def record_on_panel(
    *, actor: User, kind: str, seat: PanelSeat, at: datetime, facts: Mapping[str, Fact]
) -> None:
    """Record what happened to a seat, for the buying side and the company's offices."""
    record(actor, kind, seat, at=at, audience=Audience.BUYER, job=seat.job, facts=facts)
