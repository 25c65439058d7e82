"""Whether a department could pay for what it asks bids: told of a draft, kept at publication."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ledger.budgeting import budget_line_for, line_that_stands
from ledger.posting import InsufficientFunds
from ledger.rates import rate_in_force
from ledger.showback import is_shown_on
from marketplace.models.jobs import Job, Procedure
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.readiness import FormalNeeded, Missing
from marketplace.refusals import Refusal


class CeilingAboveBudget(InsufficientFunds):
    """A department does not ask for bids that it could not pay."""

    field = "ceiling"


def money_gaps(*, actor: User, job_id: UUID, at: datetime) -> list[Missing]:
    """
    Return what would be refused of a draft for its department's money, so that it is said with
    all else that lacks, and not only when it is published. It writes nothing.

    :raises Unknown: there is no such job of the actor's departments.
    """
    jobs = Job.objects.of_department_of(actor).select_related("department", "policy", "category")
    job = jobs.one(job_id)
    # A line that publishing would make for itself refuses nothing.
    makes_its_line = (
        job.policy.budget_control == BudgetControl.TRACKED
        and line_that_stands(job, at.date()) is None
    )
    asked = [refuse_quick_beyond_limit, *([] if makes_its_line else [refuse_beyond_budget])]
    found = []
    for refuse in asked:
        try:
            refuse(job, at=at)
        except Refusal as refusal:
            found.append(Missing(refusal.field or "ceiling", refusal.text))
    return found


def refuse_quick_beyond_limit(job: Job, *, at: datetime) -> None:
    """:raises FormalNeeded, NoRate: in the department's currency it is above the limit."""
    # The limit is in the department's currency; whether a job in it needs the formal procedure
    # was asked already.
    limit, ceiling, own = job.policy.formal_above_minor, job.ceiling, job.department.currency
    if limit is None or ceiling is None or job.currency == own or job.procedure != Procedure.QUICK:
        return
    if rate_in_force(job.currency, own, at.date()).of(ceiling.minor) > Money(limit, own):
        raise FormalNeeded(f"Above {Money(limit, own)}, choose the formal procedure.")


def refuse_beyond_budget(job: Job, *, at: datetime) -> None:
    """:raises NoBudget, NoRate, CeilingAboveBudget: the department could not pay the ceiling."""
    # A look, not a promise: the exact check is made when something is booked.
    if is_shown_on(at.date()):
        return
    line = budget_line_for(job, at.date())
    ceiling, available = job.ceiling, line.available
    if ceiling is None or line.control != BudgetControl.HARD:
        return
    price = rate_in_force(job.currency, line.currency, at.date()).of(ceiling.minor)
    fee = price.share(job.policy.fee_basis_points)
    if price + fee <= available:
        return
    text = f"The ceiling is {price}, and {fee} the fee on it; the budget has {available} left."
    raise CeilingAboveBudget(text, available=available, wanted=price + fee)
