"""Which changes are large enough to need a second head."""

from __future__ import annotations

from ledger.charging import promised_minor
from ledger.models.awards import Award, ChangeOrder


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
