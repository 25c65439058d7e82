"""What stands on an account: now, or at the end of a period."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Sum

from ledger.models.journal import Balance
from marketplace.money import Money


def balance(
    code: str, currency: str, *, department: UUID | None = None, until_period: int | None = None
) -> Money:
    """
    Return debit less credit on an account, in all departments or in one.

    :param until_period: the last period to count, like 202611; all of them if left out.
    """
    rows = Balance.objects.filter(account__code=code, currency=currency)
    if department is not None:
        rows = rows.filter(department=department)
    if until_period is not None:
        rows = rows.filter(period__lte=until_period)
    sums = rows.aggregate(net=Sum(Balance.net()))
    return Money(int(sums["net"] or 0), currency)
