"""Granting budgets: finance adds to what a department may spend in a year."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.carrying import budget_lines
from ledger.models.budgets import BudgetLine
from ledger.models.moves import Grant
from ledger.posting import BudgetMove, EntryKind, post_entry
from marketplace.admission import refuse_no_currency
from marketplace.history import Fact, record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.models.providers import Category
from marketplace.money import Money
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, Unknown, require


class NotAGrant(Refusal):
    """A grant adds something to a budget."""

    code = "not_a_grant"
    field = "amount"


class NotAControl(Refusal):
    """A line refuses what it cannot cover, or books it and shows the shortfall; no third way."""

    code = "not_a_control"
    field = "control"


class ControlDiffers(Refusal):
    """A line keeps the control that it was first granted under."""

    code = "control_differs"
    field = "control"


@transaction.atomic(savepoint=False)
def grant_budget(
    *,
    actor: User,
    department_id: UUID,
    fiscal_year: int,
    amount: Money,
    at: datetime,
    grant_id: UUID,
    category_id: UUID | None = None,
    control: str | None = None,
) -> BudgetLine:
    """
    Add to a department's budget for a year, perhaps for one category only, and return its line.

    :param grant_id: names the grant; the same one again is not booked twice.
    :param control: what a new line does with a promise that it cannot cover; hard if left out. An
        existing line has its rule already.
    :raises Unknown: there is no such department or kind of work.
    :raises Forbidden: only finance grants budgets.
    :raises NotAGrant, NotACurrency, NotAControl, ControlDiffers: the rules say no.
    """
    department = Department.objects.visible_to(actor).one(department_id)
    require(may_manage_money(actor))
    if amount.minor <= 0:
        raise NotAGrant("Grant more than zero. To take money away, move it to another line.")
    refuse_no_currency(amount.currency)
    if control and control not in BudgetControl.values:
        raise NotAControl(f"“{control}” is no control; write {' or '.join(BudgetControl.values)}.")
    category = Category.objects.filter(pk=category_id).first() if category_id else None
    if category is None and category_id is not None:
        raise Unknown("There is no such kind of work.")
    line, _ = BudgetLine.objects.get_or_create(
        fiscal_year=fiscal_year,
        department=department,
        category=category,
        currency=amount.currency,
        defaults={"control": control or BudgetControl.HARD},
    )
    if control and line.control != control:
        raise ControlDiffers(
            f"{department} has this budget already, and what it does with a promise that it cannot"
            f" cover is: {line.get_control_display().lower()}. Grant more under the same rule."
        )
    post_entry(
        actor=actor,
        kind=EntryKind.BUDGET_GRANTED,
        source=grant_id,
        at=at,
        lines=budget_lines(line, amount),
        budget_moves=[BudgetMove(line.pk, budget=amount.minor)],
    )
    line.refresh_from_db()
    _keep_grant(grant_id, line=line, amount=amount, actor=actor, at=at)
    return line


def _keep_grant(id: UUID, *, line: BudgetLine, amount: Money, actor: User, at: datetime) -> None:
    """Write and record a grant; the same one again changes and records nothing."""
    if Grant.objects.filter(pk=id).exists():
        return
    Grant.objects.create(
        pk=id, budget_line=line, amount_minor=amount.minor, granted_by=actor, granted_at=at
    )
    facts: dict[str, Fact] = {
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "year": line.fiscal_year,
    }
    record(actor, "budget.granted", line, at=at, audience=Audience.COMPANY, facts=facts)
