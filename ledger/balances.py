"""What stands on an account: now, or at the end of a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Sum

from ledger import chart
from ledger.models.journal import Balance, Book, Posting
from marketplace.models.providers import Provider
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


@dataclass(frozen=True, slots=True)
class Result:
    """What stands on an account of a year's cost or recovery, debit less credit."""

    account: str
    department_id: UUID | None
    net: Money


def results_of(year: int) -> list[Result]:
    """
    Return what stands on the accounts of cost and recovery in a year, zero left out. What a team
    carries into its next rate is none of them.
    """
    rows: Iterable[Any] = (
        Balance.objects.filter(period__fiscal_year=year, account__book=Book.ACTUAL)
        .filter(Q(account__code__startswith="4") | Q(account__code__startswith="5"))
        .exclude(account__code=chart.RECOVERY_DEFERRED)
        .values("account__code", "department", "currency")
        .annotate(standing=Sum(Balance.net()))
        .exclude(standing=0)
        .order_by("currency", "department", "account__code")
    )
    return [
        Result(
            row["account__code"], row["department"], Money(int(row["standing"]), row["currency"])
        )
        for row in rows
    ]


def recovered_in(year: int, team: Provider) -> dict[str, Money]:
    """Return what a team recovered in a year, by currency, with what it carried into it."""
    rows: Iterable[Any] = (
        Posting.objects.filter(
            provider=team,
            account__code=chart.PROVIDER_RECOVERY,
            entry__period__fiscal_year=year,
        )
        .values("currency")
        .annotate(net=Sum(F("credit_minor") - F("debit_minor")))
    )
    return {row["currency"]: Money(int(row["net"]), row["currency"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Use:
    """What one budget line was charged for a team's work in a year."""

    department_id: UUID
    budget_line_id: UUID
    category_id: UUID | None
    charged_minor: int


def use_of(year: int, team: Provider, currency: str) -> list[Use]:
    """Return who was charged for a team's work in a year, in a steady order; only above zero."""
    rows: Iterable[Any] = (
        Posting.objects.filter(
            provider=team,
            account__code=chart.CHARGE_IN_HOUSE,
            entry__period__fiscal_year=year,
            currency=currency,
            budget_line__isnull=False,
        )
        .values("department", "budget_line", "budget_line__category")
        .annotate(net=Sum(F("debit_minor") - F("credit_minor")))
        .filter(net__gt=0)
        .order_by("department", "budget_line")
    )
    return [
        Use(row["department"], row["budget_line"], row["budget_line__category"], int(row["net"]))
        for row in rows
    ]
