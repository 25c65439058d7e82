"""Budgets that are nearly or wholly used: other systems are told, once for each mark."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from ledger.models.budgets import BudgetLine
from ledger.periods import fiscal_year_of
from marketplace.messaging import is_wanted, tell_webhooks

KIND = "budget.threshold"
MARKS = (80, 100)  # per cent of what was granted and carried in


def tell_of_thresholds(*, at: datetime) -> int:
    """Tell of each line of this year that reached a mark, and return how many messages it made."""
    told = 0
    if not is_wanted(KIND):
        return told
    lines = BudgetLine.objects.filter(fiscal_year=fiscal_year_of(at.date())).annotate(
        whole=F("budget_minor") + F("carried_in_minor")
    )
    for mark in MARKS:
        reached = lines.filter(whole__gt=0, available_minor__lte=F("whole") * (100 - mark) / 100)
        for line in reached.values_list("pk", flat=True):
            data = {"id": str(line), "percent": mark}
            occurrence = f"{line} {mark}"
            told += len(tell_webhooks(KIND, occurrence=occurrence, data=data, at=at))
    return told
