"""Moving a month of the books: its lock, and one row for each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from ledger.models.periods import Period, PeriodStep, Step
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.refusals import Unknown
from marketplace.words import keep

LOCK = 7301  # writers of the journal share it, month by month


@dataclass(frozen=True, slots=True)
class Seal:
    """What a closed month is sealed with: the root, and the key of its lines' salts."""

    root: bytes
    key: bytes


def lock_month(id: int) -> Period:
    """
    Wait for everybody who is writing in a month, let nobody begin, and return it.

    :raises Unknown: there is no such month in the books.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, id])
    period = Period.objects.filter(pk=id).first()
    if period is None:
        raise Unknown("There is no such month in the books.")
    return period


def take_step(
    *,
    actor: User,
    period: Period,
    step: Step,
    at: datetime,
    reason: str = "",
    answers: PeriodStep | None = None,
    seal: Seal | None = None,
    facts: dict[str, Fact] | None = None,
) -> PeriodStep:
    """Write one step of a locked month and record it; the database moves the month."""
    last = PeriodStep.objects.filter(period=period).aggregate(last=Max("position"))["last"]
    taken = PeriodStep.objects.create(
        period=period,
        position=(last or 0) + 1,
        step=step,
        taken_by=actor,
        taken_at=at,
        reason=keep(reason.strip(), at=at) if reason.strip() else None,
        answers=answers,
        root=seal.root if seal else None,
        key=seal.key if seal else None,
    )
    known: dict[str, Fact] = {"period": period.pk, **(facts or {})}
    if taken.reason:
        known["reason_digest"] = bytes(taken.reason.digest).hex()
    record(actor, f"period.{step}", taken, at=at, audience=Audience.COMPANY, facts=known)
    return taken


def asked_reopening(period: Period) -> PeriodStep | None:
    """Return what waits for a second person: the last step, if it asks for the reopening."""
    last = PeriodStep.objects.filter(period=period).order_by("-position").first()
    return last if last is not None and last.step == Step.ASKED else None
