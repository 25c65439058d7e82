"""What a choice would cost, before it binds: reckoned as the promise that it books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.bearing import cost_and_fee
from ledger.budgeting import estimate_on, line_that_stands
from ledger.rates import NoRate, Rate, rate_in_force
from ledger.reports.reading import departments_to_read, reader_of
from ledger.showback import is_shown_on
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class ChoiceCost:
    """Price and fee in the currency of the budget that pays, and what is free then."""

    cost: Money
    fee: Money
    reserved: Money  # by the estimate: free again with the choice
    free_now: Money
    free_then: Money

    @property
    def total(self) -> Money:
        """Return what is promised: price and fee."""
        return self.cost + self.fee


@dataclass(frozen=True, slots=True)
class ChoiceBudget:
    """The budget that pays for a choice, and by what its cost is reckoned."""

    rate: Rate
    fee_basis_points: int
    reserved: Money
    free_now: Money

    def cost_of(self, price: Money) -> ChoiceCost:
        """Return what choosing at a price in the job's currency would promise."""
        cost, fee = cost_and_fee(
            price.minor, rate=self.rate, fee_basis_points=self.fee_basis_points
        )
        then = self.free_now + self.reserved - cost - fee
        return ChoiceCost(cost, fee, self.reserved, self.free_now, then)


def choice_budget(*, actor: User, job_id: UUID, at: datetime) -> ChoiceBudget | None:
    """
    Return the budget that a choice would be promised from now; None where none stands that pays
    it, where no rate is stated, or where costs are only shown.

    :raises Unknown: the actor cannot see the job, or may not read the department's budget.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").one(job_id)
    on = at.date()
    departments_to_read(reader_of(actor), department_id=job.department_id)
    line = None if is_shown_on(on) else line_that_stands(job, on)
    if line is None:
        return None
    try:
        rate = rate_in_force(job.currency, line.currency, on)
    except NoRate:
        return None
    return ChoiceBudget(
        rate=rate,
        fee_basis_points=job.policy.fee_basis_points,
        reserved=estimate_on(job, line),
        free_now=line.available,
    )
