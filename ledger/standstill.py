"""
The standstill after the choice of a formal job: two business days in which bidders may object.
The commitment stands meanwhile; no work starts, and so nothing is charged.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.models.awards import Award, NoAward
from ledger.models.objections import Objection, Standstill
from marketplace.calendar import business_days_after, spoken
from marketplace.models.jobs import Job, Procedure
from marketplace.models.people import User
from marketplace.refusals import Refusal

STANDSTILL_DAYS = 2  # business days
RULING_DAYS = 5  # business days in which an objection is promised to be decided


class StandstillRuns(Refusal):
    """Until it is over a bidder may object, and no work starts."""

    code = "standstill_runs"


class ObjectionOpen(Refusal):
    """What somebody objects to is decided before anything follows from it."""

    code = "objection_open"


def stand_still(award: Award, *, actor: User) -> None:
    """Begin the standstill of a formal choice. What another system tells of had its own."""
    if award.job.procedure != Procedure.FORMAL or actor.is_system:
        return
    until = business_days_after(award.chosen_at, STANDSTILL_DAYS)
    Standstill.objects.create(award=award, until_at=until)


def standstill_until(award: Award) -> datetime | None:
    """Return the end of a choice's standstill; None where it has none."""
    standstill: Standstill | None = getattr(award, "standstill", None)
    return standstill.until_at if standstill else None


def ruling_due_at(objection: Objection) -> datetime:
    """Return until when an objection is promised to be decided."""
    return business_days_after(objection.raised_at, RULING_DAYS)


def waiting_words(award: Award) -> str:
    """Return the sentence that says since when work may start; empty where it may at once."""
    # Only the choice of a formal job stands still.
    until = standstill_until(award) if award.job.procedure == Procedure.FORMAL else None
    if until is None:
        return ""
    return f" Work starts after the standstill, {spoken(until)}, if nobody objects."


def is_waiting(award: Award, *, at: datetime) -> bool:
    """Whether no work may start yet."""
    until = standstill_until(award)
    if until is None:
        return False
    return at < until or Objection.objects.open().filter(award=award).exists()


def refuse_standing_still(award: Award, *, at: datetime) -> None:
    """:raises StandstillRuns, ObjectionOpen: no work may start yet. Call it under the lock."""
    until = standstill_until(award)
    if until is None:
        return
    refuse_open_objection(award)
    if at < until:
        raise StandstillRuns(
            f"Work starts after the standstill, {spoken(until)}. Until then bidders may object."
        )


def refuse_open_objection(award: Award) -> None:
    """:raises ObjectionOpen: an objection to this choice waits for its ruling."""
    waiting = Objection.objects.open().filter(award=award).order_by("raised_at").first()
    if waiting is not None:
        raise ObjectionOpen(
            "A bidder objects to this choice. It is decided first,"
            f" as promised until {spoken(ruling_due_at(waiting))}."
        )


def hearing_ends_at(job: Job) -> datetime | None:
    """Return until when bidders of a decided job may be heard; None before it is decided."""
    award = Award.objects.filter(job=job).first()
    ended = NoAward.objects.filter(job=job).first()
    decided_at = award.chosen_at if award else ended.decided_at if ended else None
    return decided_at + timedelta(days=job.policy.rating_days) if decided_at else None
