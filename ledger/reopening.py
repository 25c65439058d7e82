"""Reopening a closed month: one asks and says why, another signs or declines."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ledger.closing import ReasonMissing
from ledger.models.periods import Period, PeriodStep, Step
from ledger.period_steps import asked_reopening, lock_month, take_step
from ledger.permissions import may_close, may_cosign_reopening
from marketplace.models.people import Office, User
from marketplace.notices import holders, tell
from marketplace.refusals import Refusal, require


class NotClosed(Refusal):
    """Only a closed month can be reopened."""

    code = "period_not_closed"
    field = "period"


class LaterMonthClosed(Refusal):
    """Months are reopened from the last one backwards."""

    code = "later_month_closed"
    field = "period"


class ReopeningAsked(Refusal):
    """Somebody asked before, and it waits for a second person."""

    code = "reopening_asked"
    field = "period"


class NothingAsked(Refusal):
    """Nobody has asked for it, so there is nothing to sign or to decline."""

    code = "reopening_not_asked"
    field = "period"


class SecondPersonNeeded(Refusal):
    """Two people reopen a month."""

    code = "second_person_needed"
    field = "period"


@transaction.atomic(savepoint=False)
def ask_reopening(*, actor: User, period_id: int, reason: str, at: datetime) -> PeriodStep:
    """
    Ask for a closed month to be reopened. It stays closed until a second person signs.

    :raises Forbidden: only finance asks. :raises Unknown: there is no such month.
    :raises NotClosed, LaterMonthClosed, ReopeningAsked, ReasonMissing: the rules say no.
    """
    require(may_close(actor))
    period = lock_month(period_id)
    _refuse_unless_last_closed(period)
    waiting = asked_reopening(period)
    if waiting is not None:
        raise ReopeningAsked(f"{waiting.taken_by} has asked already; a second person must sign.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why the month must be reopened.")

    asked = take_step(actor=actor, period=period, step=Step.ASKED, reason=reason, at=at)
    others = {*holders(Office.FINANCE), *holders(Office.AUDITOR)} - {actor}
    tell(
        "period.reopening_asked",
        recipients=others,
        text=f"{actor} asks to reopen the books of {period}: {reason.strip()}",
        because="you may sign it or decline it",
        at=at,
        subject=asked,
    )
    return asked


@transaction.atomic(savepoint=False)
def reopen_period(*, actor: User, period_id: int, at: datetime) -> PeriodStep:
    """
    Sign what another person asked for: the month is open again. Its seals of before stay told.

    :raises Forbidden: only finance and auditors sign. :raises Unknown: there is no such month.
    :raises NotClosed, LaterMonthClosed, NothingAsked, SecondPersonNeeded: the rules say no.
    """
    require(may_cosign_reopening(actor))
    period = lock_month(period_id)
    _refuse_unless_last_closed(period)
    asked = _asked(period)
    if asked.taken_by_id == actor.pk:
        raise SecondPersonNeeded("You asked for it. Another person of finance or an auditor signs.")

    taken = take_step(actor=actor, period=period, step=Step.REOPENED, answers=asked, at=at)
    _tell_answer(f"The books of {period} are open again, signed by {actor}.", taken, at=at)
    return taken


@transaction.atomic(savepoint=False)
def decline_reopening(*, actor: User, period_id: int, reason: str, at: datetime) -> PeriodStep:
    """
    Decline what was asked for, or take one's own asking back. The month stays closed.

    :raises Forbidden: only finance and auditors decline. :raises Unknown: no such month.
    :raises NotClosed, NothingAsked, ReasonMissing: the rules say no.
    """
    require(may_cosign_reopening(actor))
    period = lock_month(period_id)
    _refuse_unless_closed(period)
    asked = _asked(period)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why the month stays closed.")

    taken = take_step(
        actor=actor, period=period, step=Step.DECLINED, answers=asked, reason=reason, at=at
    )
    _tell_answer(f"The books of {period} stay closed: {reason.strip()}", taken, at=at)
    return taken


def _refuse_unless_closed(period: Period) -> None:
    if period.closed_at is None:
        raise NotClosed(f"The books of {period} are not closed.")


def _refuse_unless_last_closed(period: Period) -> None:
    _refuse_unless_closed(period)
    later = Period.objects.filter(pk__gt=period.pk, closing_at__isnull=False).order_by("-pk")
    last = later.first()
    if last is not None:
        raise LaterMonthClosed(f"Reopen {last} first: months are reopened from the last one.")


def _asked(period: Period) -> PeriodStep:
    asked = asked_reopening(period)
    if asked is None:
        raise NothingAsked(f"Nobody has asked to reopen {period}.")
    return asked


def _tell_answer(text: str, taken: PeriodStep, *, at: datetime) -> None:
    tell(
        f"period.{taken.step}",
        recipients=[*holders(Office.FINANCE), *holders(Office.AUDITOR)],
        text=text,
        because="you keep or audit the books",
        at=at,
        subject=taken,
    )
