"""
Prices inside the company: what a team's accepted work costs the department, and what the team
recovers for it.

The bid is the most that a department pays, whatever the rule: it was compared and chosen at that
price. A job keeps the rule that was in force on the day of its publication, because the bidders
reckoned with that one; so a rule begins tomorrow at the earliest.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ledger.models.awards import Award
from ledger.models.pricing import PriceRule, TeamPricing
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.notices import people_of_provider, tell
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, require
from marketplace.words import keep

# The smallest and the largest share that a rule may name, in hundredths of a percent.
SHARES = {
    PriceRule.MARKET: (0, 0),
    PriceRule.COST_PLUS: (0, 10_000),
    PriceRule.NEGOTIATED: (1, 10_000),
    PriceRule.DUAL: (0, 50_000),
}


class NotATeam(Refusal):
    """A vendor's price is its bid."""

    code = "not_a_team"
    field = "team_id"


class NoSuchRule(Refusal):
    """The rule is one of four, and its share lies within bounds."""

    code = "no_such_rule"
    field = "rule"


class ShareOutOfBounds(Refusal):
    """The share does not fit the rule."""

    code = "share_out_of_bounds"
    field = "basis_points"


class RuleTooEarly(Refusal):
    """Jobs published up to today keep the rule of their day."""

    code = "rule_too_early"
    field = "in_force_on"


class RuleStated(Refusal):
    """A rule of one day is not stated twice."""

    code = "rule_stated"
    field = "in_force_on"


class ReasonMissing(Refusal):
    """The team reads why it recovers what it recovers."""

    code = "reason_missing"
    field = "reason"


class CostMissing(Refusal):
    """Under cost plus a margin, whoever delivers says what it cost."""

    code = "cost_missing"
    field = "amount"


@transaction.atomic(savepoint=False)
def state_price_rule(
    *,
    actor: User,
    team_id: UUID,
    rule: str,
    in_force_on: date,
    reason: str,
    at: datetime,
    basis_points: int = 0,
) -> TeamPricing:
    """
    State how a team's accepted work becomes a price, for jobs published from a day on.

    :param basis_points: cost plus: the margin on cost; negotiated: what is charged of the bid;
        dual: what the team recovers of the bid. Hundredths of a percent.
    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: only finance states prices.
    :raises NotATeam, NoSuchRule, ShareOutOfBounds, RuleTooEarly, RuleStated, ReasonMissing: the
        rules say no.
    """
    team = Provider.objects.visible_to(actor).one(team_id)
    require(may_manage_money(actor))
    if not team.is_in_house:
        raise NotATeam("A vendor is paid what it bid. A price rule is for a team.")
    _refuse_impossible(rule, basis_points)
    if in_force_on <= at.date() and not actor.is_system:
        raise RuleTooEarly("A rule begins tomorrow at the earliest: today's jobs keep today's.")
    if TeamPricing.objects.filter(team=team, in_force_on=in_force_on).exists():
        raise RuleStated(f"For {in_force_on} a rule is stated already; choose a later day.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why. The team reads it.")

    stated = TeamPricing.objects.create(
        team=team,
        rule=PriceRule(rule),
        basis_points=basis_points,
        in_force_on=in_force_on,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {
        "rule": rule,
        "basis_points": basis_points,
        "in_force_on": in_force_on.isoformat(),
    }
    record(
        actor, "price.stated", stated, at=at, audience=Audience.PROVIDER, provider=team, facts=facts
    )
    tell(
        "price.stated",
        recipients=people_of_provider(team, Role.LEAD),
        text=f"For jobs published from {in_force_on:%d %B %Y} on, {team} is paid so:"
        f" {stated.get_rule_display()}. {reason.strip()}",
        because="you lead this team",
        at=at,
        subject=stated,
    )
    return stated


def price_rule_of(award: Award) -> tuple[PriceRule, int]:
    """Return the rule that an award is priced by, with its share: that of its publication."""
    published_at = award.job.published_at
    if not award.provider.is_in_house or published_at is None:
        return PriceRule.MARKET, 0
    return price_rule_on(award.provider_id, published_at.date())


def price_rule_on(team_id: UUID, day: date) -> tuple[PriceRule, int]:
    """Return a team's rule and share on a day; until finance states one, the bid is the price."""
    stated = TeamPricing.objects.filter(team=team_id, in_force_on__lte=day).order_by("-in_force_on")
    latest = stated.values_list("rule", "basis_points").first()
    return (PriceRule(latest[0]), latest[1]) if latest else (PriceRule.MARKET, 0)


def price_asked(award: Award, *, agreed: Money, said: Money | None) -> Money:
    """
    Return what is charged for a milestone that is handed over.

    :param agreed: what the milestone costs by the bid and the changes since: never exceeded.
    :param said: what the provider asks, where that is less; under cost plus, what it cost.
    :raises CostMissing: the rule is cost plus, and nobody says what it cost.
    """
    rule, basis_points = price_rule_of(award)
    if rule == PriceRule.COST_PLUS:
        if said is None:
            raise CostMissing("Say what the work cost. The margin is added, up to the bid.")
        return min(said + said.share(basis_points), agreed)
    if rule == PriceRule.NEGOTIATED and agreed.minor >= 0:
        most = agreed.share(basis_points)
        return most if said is None else min(said, most)
    return agreed if said is None else said


def recovered_between(award: Award, before: int, after: int) -> Money:
    """
    Return what the provider earns with what comes on top of `before` to make `after`, net, of
    running totals: under dual pricing another amount than the department pays.
    """
    paid = Money(after - before, award.currency)
    rule, basis_points = price_rule_of(award)
    if rule != PriceRule.DUAL:
        return paid
    whole, first = Money(after, award.currency), Money(before, award.currency)
    return whole.share(basis_points) - first.share(basis_points)


def _refuse_impossible(rule: str, basis_points: int) -> None:
    if rule not in PriceRule.values:
        raise NoSuchRule(f"Name one of: {', '.join(PriceRule.values)}.")
    least, most = SHARES[PriceRule(rule)]
    if not least <= basis_points <= most:
        text = f"Give between {least / 100:g} % and {most / 100:g} % for this rule."
        raise ShareOutOfBounds(text if most else "The market's price is the bid: give no share.")
