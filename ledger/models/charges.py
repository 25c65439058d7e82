"""What departments were charged, and providers earned, in a month: summed up by the database."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ledger.models.journal import Account
from ledger.models.periods import Period
from marketplace.models.departments import Department
from marketplace.models.providers import Category, Provider


class MonthlyCharge(models.Model):
    """
    What a department was charged in a month, by provider and kind of work: the sum of its postings
    on accounts of cost. Written by the posting function, so that years are read without them.
    """

    id = models.BigAutoField(primary_key=True)
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3)
    debit_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)  # of postings

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_charge_per_month_and_what_it_was_for",
                fields=["period", "department", "account", "category", "provider", "currency"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="monthly_charges_are_not_negative",
                condition=Q(debit_minor__gte=0, credit_minor__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.debit_minor - self.credit_minor}"


class ProviderTurnover(models.Model):
    """
    What was posted with a provider's name in a closed month, by account. Written when the month is
    closed, so that a statement reads one month's postings; of a month that was reopened it counts
    again from its next closing.
    """

    id = models.BigAutoField(primary_key=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_turnover_per_provider_month_account_and_currency",
                fields=["provider", "period", "account", "currency"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.period_id}"
