"""A job's panel on paper: who judges, who has still to declare, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from marketplace.models.jobs import Job, Procedure
from marketplace.models.panels import PanelSeat
from marketplace.models.people import Membership, User
from marketplace.permissions import (
    may_answer_for,
    may_answer_interests,
    may_audit,
    may_publish_for,
)
from marketplace.refusals import Unknown
from marketplace.sides import bidding_side


class SeatState(StrEnum):
    """Where a member of a panel stands."""

    TO_DECLARE = "to_declare"
    JUDGES = "judges"
    OUT = "out"  # declared an interest; one level up it is decided
    KEPT_OFF = "kept_off"  # it was decided
    BIDDING_SIDE = "bidding_side"  # joined it after the appointment
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class PanelMember:
    """One seat. The words of an interest are for those who decide on it, and its owner."""

    seat_id: UUID
    user_id: UUID
    name: str
    seat_state: SeatState
    appointed_by: str
    appointed_at: datetime
    declared_at: datetime | None
    interest: str
    answered_by: str
    answer: str
    left_reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be appointed."""

    user_id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A job's panel. `wanted` is how many must judge it at least; 0: the department may alone."""

    job_id: UUID
    reference: str
    title: str
    department_name: str
    is_formal: bool
    wanted: int
    opened_at: datetime | None
    members: tuple[PanelMember, ...]
    candidates: tuple[Candidate, ...]  # for whoever appoints; else none
    can_appoint: bool
    can_declare: bool
    can_answer: bool

    @property
    def judging(self) -> int:
        """How many judge."""
        return sum(member.seat_state == SeatState.JUDGES for member in self.members)

    def has_place_for(self, user_id: UUID) -> bool:
        """Whether the person is on it."""
        return any(
            one.user_id == user_id and one.seat_state != SeatState.LEFT for one in self.members
        )

    @property
    def undeclared(self) -> tuple[str, ...]:
        """Whom the opening waits for."""
        return tuple(one.name for one in self.members if one.seat_state == SeatState.TO_DECLARE)


def panel(*, actor: User, job_id: UUID) -> Panel:
    """
    Return a job's panel, for the department, its members, the head above and auditors.

    :raises Unknown: the actor cannot see the job, or is on its bidding side.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").one(job_id)
    seats = list(
        PanelSeat.objects.filter(job=job)
        .select_related(
            *("user", "appointed_by", "left_reason", "interest__what"),
            *("interest__answer__answered_by", "interest__answer__reason"),
        )
        .order_by("left_at", "user__name", "pk")
    )
    own = next((one for one in seats if one.user_id == actor.pk and one.left_at is None), None)
    side = bidding_side(job)
    above = may_answer_interests(actor, job.department)
    reads = own is not None or above or may_answer_for(actor, job.department) or may_audit(actor)
    if not reads or actor.pk in side:
        raise Unknown("There is no such panel.")
    is_over = job.decided_at is not None or job.cancelled_at is not None
    appoints = not is_over and may_publish_for(actor, job.department)
    reads_words = above or may_audit(actor)
    return Panel(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        department_name=job.department.name,
        is_formal=job.procedure == Procedure.FORMAL,
        wanted=job.policy.panel_members if job.procedure == Procedure.FORMAL else 0,
        opened_at=job.opened_at,
        members=tuple(
            _member(one, side, reads_words=reads_words or one.user_id == actor.pk) for one in seats
        ),
        candidates=_candidates(seats, side) if appoints else (),
        can_appoint=appoints,
        can_declare=own is not None and not hasattr(own, "interest") and not is_over,
        can_answer=above and not is_over,
    )


def _member(seat: PanelSeat, side: dict[UUID, str], *, reads_words: bool) -> PanelMember:
    interest = getattr(seat, "interest", None)
    answer = getattr(interest, "answer", None)
    return PanelMember(
        seat_id=seat.pk,
        user_id=seat.user_id,
        name=seat.user.name,
        seat_state=_state(seat, side),
        appointed_by=seat.appointed_by.name,
        appointed_at=seat.appointed_at,
        declared_at=interest.declared_at if interest else None,
        interest=interest.what.text if interest and interest.what and reads_words else "",
        answered_by=answer.answered_by.name if answer else "",
        answer=answer.reason.text if answer and reads_words else "",
        left_reason=seat.left_reason.text if seat.left_reason else "",
    )


def _state(seat: PanelSeat, side: dict[UUID, str]) -> SeatState:
    if seat.left_at is not None:
        return SeatState.LEFT
    if seat.user_id in side:
        return SeatState.BIDDING_SIDE
    interest = getattr(seat, "interest", None)
    if interest is None:
        return SeatState.TO_DECLARE
    if not interest.has_some:
        return SeatState.JUDGES
    answer = getattr(interest, "answer", None)
    if answer is None:
        return SeatState.OUT
    return SeatState.JUDGES if answer.may_stay else SeatState.KEPT_OFF


def _candidates(seats: list[PanelSeat], side: dict[UUID, str]) -> tuple[Candidate, ...]:
    """Return the company's people who sit in a department, bid for nobody and have no seat."""
    inside = Membership.objects.current().filter(department__isnull=False)
    taken = {one.user_id for one in seats if one.left_at is None} | side.keys()
    people = User.objects.filter(is_active=True, pk__in=inside.values("user_id"))
    rows = people.exclude(pk__in=taken).order_by("name", "email")
    return tuple(Candidate(*row) for row in rows.values_list("pk", "name", "email"))
