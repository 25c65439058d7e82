"""What stands in the books, as a test states it: in major units, exactly."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F, Sum

from ledger.models.budgets import BudgetLine
from ledger.models.journal import Posting, Side
from marketplace.money import Money


def standing(currency: str = "EUR") -> dict[str, Decimal]:
    """Every account on which anything stands, on its normal side."""
    sums = (
        Posting.objects.filter(currency=currency)
        .values_list("account__code", "account__normal_side")
        .annotate(net=Sum(F("debit_minor") - F("credit_minor")))
        .order_by("account__code")
    )
    return {
        code: Money(net if side == Side.DEBIT else -net, currency).amount
        for code, side, net in sums
        if net
    }


def figures(line: BudgetLine) -> tuple[Decimal, Decimal, Decimal]:
    """What a budget line holds: committed, charged, available."""
    line.refresh_from_db()
    held = (line.committed_minor, line.charged_minor, line.available_minor)
    committed, charged, available = (Money(minor, line.currency).amount for minor in held)
    return committed, charged, available
