"""Which choices and changes are large enough to need a second head."""

from __future__ import annotations

from datetime import date

from ledger.charging import promised_minor
from ledger.models.awards import Award, ChangeOrder
from ledger.rates import rate_in_force
from marketplace.models.jobs import Job
from marketplace.money import Money


def is_large(change: ChangeOrder, award: Award) -> bool:
    """
    Whether the price, with this change and all that were agreed before, has grown by more than the
    policy leaves to one head. Several small changes are no way around it; taking away is never
    large.
    """
    if change.difference_minor <= 0:
        return False
    grown = promised_minor(award) + change.difference_minor - award.price_minor
    return grown * 10_000 > award.price_minor * award.job.policy.large_change_basis_points


def signed_above(job: Job, price: Money, *, on: date) -> Money | None:
    """Return the amount above which a second head signs, if this price is above it."""
    if job.policy.choice_alone_minor is None:
        return None
    limit = Money(job.policy.choice_alone_minor, job.department.currency)
    rate = rate_in_force(price.currency, limit.currency, on)
    return limit if rate.of(price.minor) > limit else None
