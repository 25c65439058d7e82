"""Closing a month of the books: first nobody writes in it any more, then it is sealed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from ledger.accruals import accrue
from ledger.models.periods import Period, PeriodStep, Step
from ledger.period_steps import Seal, lock_month, take_step
from ledger.periods import period_for
from ledger.permissions import may_close
from ledger.reports.close_checklist import blockers
from ledger.reports.period_seal import sealed_now
from marketplace.history import Fact
from marketplace.models.log import Checkpoint
from marketplace.models.people import Office, User
from marketplace.notices import holders, tell
from marketplace.refusals import Refusal, require


class NotOpen(Refusal):
    """The month is closing or closed already."""

    code = "period_not_open"
    field = "period"


class NotClosing(Refusal):
    """Closing a month has two steps, and the first has not been taken."""

    code = "period_not_closing"
    field = "period"


class MonthNotOver(Refusal):
    """A month is closed when its last day is over."""

    code = "month_not_over"
    field = "period"


class CloseBlocked(Refusal):
    """Something on the checklist stands against it."""

    code = "close_blocked"
    field = "period"


class ReasonMissing(Refusal):
    """Whoever holds a month open says why."""

    code = "reason_missing"
    field = "reason"


@transaction.atomic(savepoint=False)
def begin_closing(*, actor: User, period_id: int, at: datetime) -> PeriodStep:
    """
    Let nobody write in a month any more. Whoever is writing is waited for, so that no entry is
    lost and none comes later. What was delivered in it and is not decided is accrued first, and
    taken back on the first day of the next month, which is opened if nobody has.

    :raises Forbidden: only finance closes months. :raises Unknown: there is no such month.
    :raises NotOpen, MonthNotOver: the rules say no.
    """
    require(may_close(actor))
    period = lock_month(period_id)
    if period.closing_at is not None:
        raise NotOpen(f"The books of {period} are {_state(period)} already.")
    if at.date() <= period.ends_on:
        first = period.ends_on + timedelta(days=1)
        raise MonthNotOver(f"{period} can be closed from {first:%d %B %Y} on.")

    period_for(period.ends_on + timedelta(days=1), at=at)
    accrued = len(accrue(actor=actor, period=period, at=at))
    return take_step(
        actor=actor, period=period, step=Step.CLOSING, at=at, facts={"accrued": accrued}
    )


@transaction.atomic(savepoint=False)
def stop_closing(*, actor: User, period_id: int, reason: str, at: datetime) -> PeriodStep:
    """
    Let people write again in a month that was about to be closed, because something is missing.

    :raises Forbidden: only finance closes months. :raises Unknown: there is no such month.
    :raises NotClosing, ReasonMissing: the rules say no.
    """
    require(may_close(actor))
    period = lock_month(period_id)
    _refuse_unless_closing(period)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what is missing.")
    return take_step(actor=actor, period=period, step=Step.STOPPED, reason=reason, at=at)


@transaction.atomic(savepoint=False)
def close_period(*, actor: User, period_id: int, at: datetime) -> PeriodStep:
    """
    Close a month for good and seal it: the root over its balances stands in the record, so that
    anybody can tell later whether one of them moved.

    :raises Forbidden: only finance closes months. :raises Unknown: there is no such month.
    :raises NotClosing: begin to close it first.
    :raises CloseBlocked: the checklist names what stands against it.
    """
    require(may_close(actor))
    period = lock_month(period_id)
    _refuse_unless_closing(period)
    against = blockers(period, at=at)
    if against:
        raise CloseBlocked(" ".join(item.says for item in against))

    sealed = sealed_now(period)
    taken = take_step(
        actor=actor,
        period=period,
        step=Step.CLOSED,
        at=at,
        seal=Seal(sealed.root, sealed.key),
        facts={"root": sealed.root.hex(), "lines": len(sealed.lines), **_checkpoint()},
    )
    tell(
        "period.closed",
        recipients=[*holders(Office.FINANCE), *holders(Office.AUDITOR)],
        text=f"The books of {period} are closed. Their seal is {sealed.root.hex()[:16]}….",
        because="you keep or audit the books",
        at=at,
        subject=taken,
    )
    return taken


def _refuse_unless_closing(period: Period) -> None:
    if period.closed_at is not None:
        raise NotClosing(f"The books of {period} are closed already.")
    if period.closing_at is None:
        raise NotClosing(f"The books of {period} are open. Begin to close them first.")


def _checkpoint() -> dict[str, Fact]:
    """Return how far the record was sealed at that moment; nothing when it never was."""
    newest = Checkpoint.objects.latest_first().first()
    if newest is None:
        return {}
    return {"checkpoint_size": newest.size, "checkpoint_root": bytes(newest.root).hex()}


def _state(period: Period) -> str:
    return "closed" if period.closed_at else "closing"
