"""
What a team recovered in a year, against what it cost. A team's rates recover its cost, no more and
no less: what is over or under goes into next year's rate, or back to those who used the team.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ledger import chart
from ledger.balances import Use, recovered_in, use_of
from ledger.models.years import RecoveryPolicy, RecoverySettled
from ledger.periods import adjusting_period, days_of
from ledger.posting import About, BudgetMove, EntryKind, Line, post_entry
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.notices import people_of_provider, tell
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, require
from marketplace.words import keep

LOCK = 7305  # one settlement of one team's year


class NotATeam(Refusal):
    """A vendor's cost is the vendor's."""

    code = "not_a_team"
    field = "team_id"


class YearNotOver(Refusal):
    """A year is settled when it is over."""

    code = "year_not_over"
    field = "fiscal_year"


class NotACost(Refusal):
    """A cost is zero or more."""

    code = "not_a_cost"
    field = "cost"


class NoSuchPolicy(Refusal):
    """The difference is carried, or given back."""

    code = "no_such_policy"
    field = "policy"


class NothingToRebate(Refusal):
    """Only what was recovered too much, from somebody, can be given back."""

    code = "nothing_to_rebate"
    field = "policy"


class AlreadySettled(Refusal):
    """A team's year is settled once."""

    code = "already_settled"
    field = "fiscal_year"


class ReasonMissing(Refusal):
    """A settlement says where the cost is taken from."""

    code = "reason_missing"
    field = "reason"


@transaction.atomic(savepoint=False)
def settle_recovery(
    *,
    actor: User,
    team_id: UUID,
    fiscal_year: int,
    cost: Money,
    policy: str,
    reason: str,
    at: datetime,
) -> RecoverySettled:
    """
    Settle a team's year (entry 21 of the chart): the difference between what it recovered and
    what it cost is carried into the next year's rate, or given back to the departments that used
    it, each in proportion to what it was charged. Booked in the year's adjusting period.

    :param cost: what the team really cost in that year, as finance knows it.
    :raises Unknown: the actor cannot see the team. :raises Forbidden: only finance settles.
    :raises NotATeam, YearNotOver, NotACost, NoSuchPolicy, NothingToRebate, AlreadySettled,
        ReasonMissing: the rules say no.
    :raises PeriodClosed: the year's adjusting period takes no more entries.
    """
    team = Provider.objects.visible_to(actor).select_related("department").one(team_id)
    require(may_manage_money(actor), "Only finance settles a team's year.")
    _hold(team, fiscal_year)
    _refuse_impossible(team, fiscal_year, cost=cost, policy=policy, reason=reason, at=at)
    recovered = recovered_in(fiscal_year, team).get(cost.currency, Money(0, cost.currency))
    over = recovered - cost
    used = use_of(fiscal_year, team, cost.currency)
    if policy == RecoveryPolicy.REBATE and (over.minor <= 0 or not used):
        raise NothingToRebate(
            f"{team} recovered {recovered} and cost {cost}: nothing can be given back. Carry it."
        )

    settled = RecoverySettled.objects.create(
        team=team,
        fiscal_year=fiscal_year,
        currency=cost.currency,
        recovered_minor=recovered.minor,
        cost_minor=cost.minor,
        policy=RecoveryPolicy(policy),
        reason=keep(reason.strip(), at=at),
        settled_by=actor,
        settled_at=at,
    )
    if over and policy == RecoveryPolicy.CARRY:
        _carry(settled, over=over, actor=actor, at=at)
    elif over:
        _give_back(settled, over=over, used=used, actor=actor, at=at)
    _record(settled, over=over, actor=actor, at=at)
    _tell(settled, over=over, at=at)
    return settled


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """
    Return the amount in proportion to the weights, in whole units that add up to it: what
    rounding leaves goes to the largest remainders, the first ones where they are equal.
    """
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    remainders = [amount * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -remainders[place])
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def _carry(settled: RecoverySettled, *, over: Money, actor: User, at: datetime) -> None:
    """Out of the old year's recovery, and into the recovery of the year that it is now."""
    about = _about(settled)
    out = [
        Line.debit(chart.PROVIDER_RECOVERY, over, **about),
        Line.credit(chart.RECOVERY_DEFERRED, over, **about),
    ]
    period = adjusting_period(settled.fiscal_year, at=at)
    post_entry(
        actor=actor,
        kind=EntryKind.RECOVERY_CARRIED,
        source=settled.pk,
        occurrence="out",
        at=at,
        period=period,
        effective_on=days_of(period)[1],
        lines=out,
    )
    post_entry(
        actor=actor,
        kind=EntryKind.RECOVERY_CARRIED,
        source=settled.pk,
        occurrence="in",
        at=at,
        lines=[line.turned() for line in out],
    )


def _give_back(
    settled: RecoverySettled, *, over: Money, used: Sequence[Use], actor: User, at: datetime
) -> None:
    """Give each line that paid for the team's work its share of what was too much."""
    parts = shares(over.minor, [one.charged_minor for one in used])
    period = adjusting_period(settled.fiscal_year, at=at)
    credits = [
        Line.credit(
            chart.CHARGE_IN_HOUSE,
            Money(part, over.currency),
            department=one.department_id,
            category=one.category_id,
            budget_line=one.budget_line_id,
            provider=settled.team_id,
        )
        for one, part in zip(used, parts, strict=True)
    ]
    post_entry(
        actor=actor,
        kind=EntryKind.RECOVERY_REBATED,
        source=settled.pk,
        at=at,
        period=period,
        effective_on=days_of(period)[1],
        lines=[Line.debit(chart.PROVIDER_RECOVERY, over, **_about(settled)), *credits],
        budget_moves=[
            BudgetMove(one.budget_line_id, charged=-part)
            for one, part in zip(used, parts, strict=True)
            if part
        ],
    )


def _about(settled: RecoverySettled) -> About:
    return {"department": settled.team.department_id, "provider": settled.team_id}


def _hold(team: Provider, year: int) -> None:
    with connection.cursor() as cursor:
        held = f"{team.pk} {year}"
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, held])


def _refuse_impossible(
    team: Provider, year: int, *, cost: Money, policy: str, reason: str, at: datetime
) -> None:
    if not team.is_in_house:
        raise NotATeam("A vendor's cost is its own. A team's year is settled.")
    if at.year <= year:
        raise YearNotOver(f"{year} is not over yet.")
    if cost.minor < 0:
        raise NotACost("Give what the team cost, zero or more.")
    if policy not in RecoveryPolicy.values:
        raise NoSuchPolicy("Say “carry” or “rebate”.")
    before = RecoverySettled.objects.filter(team=team, fiscal_year=year, currency=cost.currency)
    if before.exists():
        raise AlreadySettled(f"{year} of {team} is settled in {cost.currency}.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence where this cost is taken from.")


def _record(settled: RecoverySettled, *, over: Money, actor: User, at: datetime) -> None:
    facts: dict[str, Fact] = {
        "year": settled.fiscal_year,
        "recovered_minor": settled.recovered_minor,
        "cost_minor": settled.cost_minor,
        "over_minor": over.minor,
        "currency": over.currency,
        "policy": str(settled.policy),
        "reason_digest": bytes(settled.reason.digest).hex(),
    }
    record(
        actor,
        "recovery.settled",
        settled,
        at=at,
        audience=Audience.PROVIDER,
        provider=settled.team,
        facts=facts,
    )


def _tell(settled: RecoverySettled, *, over: Money, at: datetime) -> None:
    difference = Money(abs(over.minor), over.currency)
    what = "more" if over.minor >= 0 else "less"
    how = settled.get_policy_display().lower()
    tell(
        "recovery.settled",
        recipients=people_of_provider(settled.team, Role.LEAD),
        text=f"{settled.fiscal_year}: {settled.team} recovered {difference} {what} than it cost."
        f" The difference is {how}.",
        because="you lead this team",
        at=at,
        subject=settled,
    )
