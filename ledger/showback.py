"""
Charged, or only shown. In months of showback the departments read what they used and pay nothing:
it stands in book M and uses no budget. What a vendor is owed is owed all the same, by the company.

An award is shown or charged to its end, by the month in which it was made: a department that was
told “this is not charged” is not charged for it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from ledger import chart
from ledger.models.awards import Award
from ledger.models.pricing import ChargingMode, ModeStated
from ledger.models.years import OutsideSpend
from ledger.periods import days_of
from ledger.posting import BudgetMove, CommitmentMove, EntryKind, Line, post_entry
from marketplace.compiled import Kept
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.permissions import may_manage_money
from marketplace.prepared import answered
from marketplace.refusals import Refusal, require
from marketplace.words import keep

LOCK = 7302  # whoever promises holds it with others, whoever switches holds it alone


class NotAMonth(Refusal):
    """A mode begins with a month, this one or a later one."""

    code = "not_a_month"
    field = "from_period"


class PeriodInUse(Refusal):
    """In that month or a later one, something was promised or charged already."""

    code = "period_in_use"
    field = "from_period"


class NothingSwitches(Refusal):
    """That mode is in force then anyway, or another one is stated for the month."""

    code = "nothing_switches"
    field = "mode"


class ReasonMissing(Refusal):
    """People read why they are charged, or why not."""

    code = "reason_missing"
    field = "reason"


@transaction.atomic(savepoint=False)
def switch_mode(
    *, actor: User, mode: str, from_period: int, reason: str, at: datetime
) -> ModeStated:
    """
    Charge departments, or only show them what they used, from a month on.

    :param from_period: such as 202701: this month, if nothing was promised in it, or a later one.
    :raises Forbidden: only finance decides it.
    :raises NotAMonth, PeriodInUse, NothingSwitches, ReasonMissing: the rules say no.
    """
    require(may_manage_money(actor))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
    first = _first_day(from_period, at)
    if mode not in ChargingMode.values:
        raise NothingSwitches("Say “chargeback” or “showback”.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why. Every department reads it.")
    stated = ModeStated.objects.filter(from_period=from_period).exists()
    if stated or mode_on(first) == mode:
        raise NothingSwitches(f"From {_named(from_period)} it is decided already.")
    used = Award.objects.filter(chosen_at__date__gte=first).exists()
    if used or OutsideSpend.objects.filter(paid_on__gte=first).exists():
        raise PeriodInUse(
            f"Something was promised or paid in {_named(from_period)} already."
            " Switch from a month that is still empty."
        )

    switched = ModeStated.objects.create(
        mode=mode,
        from_period=from_period,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {"mode": mode, "from_period": from_period}
    record(actor, "mode.switched", switched, at=at, audience=Audience.COMPANY, facts=facts)
    return switched


def mode_on(on: date) -> ChargingMode:
    """Return whether what begins on a day is charged or shown: charged, until finance says."""
    period = on.year * 100 + on.month
    mode = _modes_until.first(period)
    return ChargingMode(mode) if mode else ChargingMode.CHARGEBACK


@Kept
def _modes_until(period: int) -> QuerySet[ModeStated, str]:
    stated = ModeStated.objects.filter(from_period__lte=period).order_by("-from_period")
    return stated.values_list("mode", flat=True)


def is_shown_on(on: date) -> bool:
    return mode_on(on) == ChargingMode.SHOWBACK


def is_shown(award: Award) -> bool:
    """Whether an award is only shown, by the month in which it was made."""
    return is_shown_on(award.chosen_at.date())


def hold_mode() -> None:
    """Keep the mode as it is until the transaction ends. Call it before a promise is booked."""
    answered("SELECT pg_advisory_xact_lock_shared(%s, 0)", [LOCK])


def post_for(
    *,
    award: Award,
    actor: User,
    kind: EntryKind,
    source: UUID,
    at: datetime,
    lines: Sequence[Line],
    budget_moves: Sequence[BudgetMove] = (),
    commitment_moves: Sequence[CommitmentMove] = (),
    occurrence: str = "0",
    corrects_period: int | None = None,
) -> int | None:
    """
    Book an event of an award: as it is where the award is charged, and where it is only shown,
    in book M without any budget; None if nothing is left of it then. Refusals: `post_entry`.
    """
    if is_shown(award):
        lines, budget_moves, commitment_moves = shown(lines), (), ()
        if not lines:
            return None
    return post_entry(
        actor=actor,
        kind=kind,
        source=source,
        at=at,
        lines=lines,
        budget_moves=budget_moves,
        commitment_moves=commitment_moves,
        occurrence=occurrence,
        corrects_period=corrects_period,
    )


def shown(lines: Sequence[Line], *, company: str = chart.CHARGE_VENDOR) -> list[Line]:
    """
    Return an entry's lines as they are in showback: cost and recovery in book M; nothing of a
    budget or a promise; what a vendor is really owed stays, as the company's own cost.

    :param company: the account on which the company's own cost stands.
    """
    booked = [line for line in lines if not line.is_empty and line.account[0] not in "BE"]
    memo = [
        replace(line, account=chart.SHOWN[line.account], budget_line=None)
        for line in booked
        if line.account in chart.SHOWN
    ]
    real = [line for line in booked if line.account not in chart.SHOWN]
    if real:
        real.append(_balancing(company, real, like=real[0]))
        memo.append(_balancing(chart.SHOWN_VENDOR_PAYABLE, memo, like=real[0]))
    return [line for line in (*real, *memo) if not line.is_empty]


def _balancing(account: str, lines: Sequence[Line], *, like: Line) -> Line:
    """Return the company's own line that lets the others balance."""
    missing = sum(line.credit_minor - line.debit_minor for line in lines)
    return replace(
        like,
        account=account,
        department=None,
        budget_line=None,
        debit_minor=max(0, missing),
        credit_minor=max(0, -missing),
    )


def _first_day(period: int, at: datetime) -> date:
    year, month = divmod(period, 100)
    this = at.year * 100 + at.month
    if not 1 <= month <= 12 or not 2000 <= year <= 2100 or period < this:
        raise NotAMonth("Write this month or a later one, like 202701.")
    return days_of(period)[0]


def _named(period: int) -> str:
    return f"{period // 100}-{period % 100:02}"
