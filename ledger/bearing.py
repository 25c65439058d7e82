"""
Who bears what an award costs, and in which currency it is booked: the department that ordered;
where its choice was overridden, the overrider's for the difference.

Everything is taken of running totals: the share of a part is the share of all so far less the
share of all before. So the shares of the parts are the shares of the whole, whatever was rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ledger import chart
from ledger.models.awards import Award
from ledger.models.overrides import Override
from ledger.rates import Rate, part_of
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class Share:
    """What one department bears of an amount, in the currency of its budget."""

    department: UUID
    account: str  # where its cost stands
    cost: Money
    fee: Money

    @property
    def total(self) -> Money:
        return self.cost + self.fee


def rate_of(award: Award) -> Rate:
    """Return the rate at which an award is booked; 1 to 1 in the budget's own currency."""
    return Rate(award.budget_line.currency, award.rate_numerator, award.rate_denominator)


def is_converted(award: Award) -> bool:
    """Whether an award is in another currency than the budget that pays it."""
    return award.budget_line.currency != award.currency


def override_of(award: Award) -> Override | None:
    """Return how an overriding award's price is divided; None where there is nothing to divide."""
    if award.replaces_id is None:
        return None  # a first choice overrides nothing
    override: Override | None = getattr(award, "override", None)
    return override if override is not None and override.difference_minor else None


def shares(award: Award, before: int, after: int) -> tuple[Share, ...]:
    """
    Return who bears what of that which comes on top of `before` to make `after`, the fee on it
    included; both are in minor units of the award's currency.
    """
    now, then = _shares_of(award, after), _shares_of(award, before)
    return tuple(
        Share(new.department, new.account, new.cost - old.cost, new.fee - old.fee)
        for new, old in zip(now, then, strict=True)
    )


def cost_and_fee(minor: int, *, rate: Rate, fee_basis_points: int) -> tuple[Money, Money]:
    """Return what a net amount costs in the currency of the budget, and the fee on it."""
    cost = rate.of(minor)
    return cost, cost.share(fee_basis_points)


def _shares_of(award: Award, minor: int) -> tuple[Share, ...]:
    cost, fee = cost_and_fee(minor, rate=rate_of(award), fee_basis_points=award.fee_basis_points)
    account = chart.charge_account(award.provider)
    override = override_of(award)
    if override is None:
        return (Share(award.department_id, account, cost, fee),)

    def own(amount: Money) -> Money:
        whole = override.own_minor + override.difference_minor
        return Money(part_of(amount.minor, override.own_minor, whole or 1), amount.currency)

    return (
        Share(award.department_id, account, own(cost), own(fee)),
        Share(override.department_id, chart.OVERRIDE_DIFFERENCE, cost - own(cost), fee - own(fee)),
    )


def summed(shares: tuple[Share, ...]) -> Share:
    """Return the shares as one: the department's that ordered, with all of the money."""
    first, *others = shares
    cost, fee = first.cost, first.fee
    for other in others:
        cost, fee = cost + other.cost, fee + other.fee
    return Share(first.department, first.account, cost, fee)
