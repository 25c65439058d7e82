"""What departments were charged, as FOCUS rows (FinOps Open Cost and Usage Specification 1.2)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from ledger.reports.batch_lines import ChargeLine, charge_lines
from ledger.reports.columns import Column, columns
from marketplace.models.people import User
from marketplace.money import Money

DAY = timedelta(days=1)
FEE = "5300"


def _billing(line: ChargeLine) -> tuple[datetime, datetime]:
    year, month = divmod(line.line.period, 100)
    month = min(month, 12)  # the adjusting period is billed with December
    last = date(year, month, monthrange(year, month)[1])
    return _midnight(date(year, month, 1)), _midnight(last + DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _cost(line: ChargeLine) -> Money:
    return Money(line.minor, line.line.currency)


COLUMNS: tuple[Column[ChargeLine], ...] = columns(
    BillingAccountId=lambda row: row.line.cost_centre,
    BillingAccountName=lambda row: row.line.department_name,
    BillingAccountType=lambda row: "Department",
    BillingPeriodStart=lambda row: _billing(row)[0],
    BillingPeriodEnd=lambda row: _billing(row)[1],
    ChargePeriodStart=lambda row: _midnight(row.line.effective_on),
    ChargePeriodEnd=lambda row: _midnight(row.line.effective_on + DAY),
    ChargeCategory=lambda row: "Credit" if row.minor < 0 else "Purchase",
    ChargeClass=lambda row: "Correction" if row.line.corrects_period else None,
    ChargeDescription=lambda row: row.line.memo or row.line.account_name,
    ChargeFrequency=lambda row: "One-Time",
    BilledCost=_cost,
    EffectiveCost=_cost,
    ListCost=_cost,
    ContractedCost=_cost,
    BillingCurrency=lambda row: row.line.currency,
    InvoiceIssuerName=lambda row: "Choicebook",
    ProviderName=lambda row: row.line.provider_name or row.line.account_name,
    PublisherName=lambda row: row.line.provider_name or row.line.account_name,
    ServiceCategory=lambda row: "Other",
    ServiceName=lambda row: (
        "Marketplace fee" if row.line.account_code == FEE else row.category_name
    ),
    ResourceId=lambda row: row.line.job_reference or None,
    SubAccountId=lambda row: row.line.account_code,
    SubAccountName=lambda row: row.line.account_name,
    x_EntryId=lambda row: row.line.entry_id,
    x_EntryLine=lambda row: row.line.line,
    x_CorrectsPeriod=lambda row: row.line.corrects_period,
    x_InHouse=lambda row: row.provider_in_house,
)


def focus_rows(*, actor: User, since_on: date, until_on: date) -> Iterator[ChargeLine]:
    """Return the charges of the departments that the actor may read, with credits."""
    return charge_lines(actor=actor, since_on=since_on, until_on=until_on)
