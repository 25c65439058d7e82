"""The journal: double entry in four books. Written by the posting function alone, and once."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from ledger.models.periods import Period
from marketplace.models.departments import Department
from marketplace.models.people import Office, OfficeHeld, User
from marketplace.models.providers import Category, Provider
from marketplace.querysets import Findable


class Book(models.TextChoices):
    """Each book balances by itself."""

    ACTUAL = "A", "Actual"
    BUDGET = "B", "Budget"
    ENCUMBRANCE = "E", "Commitments"
    MEMO = "M", "Memo"


class Side(models.TextChoices):
    DEBIT = "debit", "Debit"
    CREDIT = "credit", "Credit"


class EntryKind(models.TextChoices):
    """The events of the ledger; each is described in the chapter's README."""

    BUDGET_GRANTED = "budget_granted", "Budget granted"
    BUDGET_MOVED = "budget_moved", "Budget moved"
    ESTIMATE_RESERVED = "estimate_reserved", "Estimate reserved"
    ESTIMATE_RELEASED = "estimate_released", "Estimate released"
    ESTIMATE_CARRIED = "estimate_carried", "Estimate carried on"
    AWARDED = "awarded", "Awarded"
    OVERRIDDEN = "overridden", "Choice overridden"
    CHANGED = "changed", "Change order"
    CHARGED = "charged", "Charged"
    RELEASED = "released", "Rest released"
    CANCELLED = "cancelled", "Award cancelled"
    DISPUTED = "disputed", "Disputed"
    CREDITED = "credited", "Credited"
    ACCRUED = "accrued", "Accrued"
    ACCRUAL_REVERSED = "accrual_reversed", "Accrual reversed"
    RECOVERED = "recovered", "Credit recovered"
    REPAID = "repaid", "Paid back by a vendor"
    RETENTION_RELEASED = "retention_released", "Retention released"
    CURRENCY_EXCHANGED = "currency_exchanged", "Taken from another currency"
    CURRENCY_SETTLED = "currency_settled", "Currency difference"
    REVERSED = "reversed", "Reversed"
    SPENT_OUTSIDE = "spent_outside", "Paid outside"
    CREDITED_OUTSIDE = "credited_outside", "Came back from outside"
    PROMISE_CARRIED = "promise_carried", "Promise carried on"
    BUDGET_CARRIED = "budget_carried", "Budget carried on"
    BUDGET_LAPSED = "budget_lapsed", "Budget lapsed"
    YEAR_CLOSED = "year_closed", "Year closed"
    RECOVERY_CARRIED = "recovery_carried", "Recovery carried on"
    RECOVERY_REBATED = "recovery_rebated", "Recovery given back"
    TOPPED_UP = "topped_up", "Balance topped up"
    TOP_UP_RETURNED = "top_up_returned", "Top-up taken back"
    PAYOUT_APPROVED = "payout_approved", "Payout approved"
    PAYOUT_SENT = "payout_sent", "Payout sent"
    PAYOUT_PAID = "payout_paid", "Payout paid"
    PAYOUT_REFUSED = "payout_refused", "Payout refused"
    PAYOUT_RETURNED = "payout_returned", "Payout returned"
    PAYOUT_REVERSED = "payout_reversed", "Payout reversed"
    PAYOUT_PART_REVERSED = "payout_part_reversed", "Part of a payout reversed"
    PAYMENT_FEE = "payment_fee", "Payment fee"


THIS_TRANSACTION = Cast(models.Func(function="pg_current_xact_id"), models.TextField())


def entry_kinds() -> list[tuple[str, str]]:
    """Return the choices of a kind. Asked when needed: a new kind of entry changes no table."""
    return EntryKind.choices


class Account(models.Model):
    """Where an amount stands. The chart is set by migrations."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=80)
    book = models.CharField(max_length=1, choices=Book)
    normal_side = models.CharField(max_length=6, choices=Side)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalEntryQuerySet(Findable["JournalEntry"]):
    def visible_to(self, actor: User) -> Self:
        """Finance and auditors see every entry; others see their own postings in statements."""
        offices = [Office.FINANCE, Office.AUDITOR]
        held = OfficeHeld.objects.filter(user=actor, ended_at=None, office__in=offices)
        return self.filter(models.Exists(held))


class JournalEntry(models.Model):
    """One event. *(kind, source, occurrence)* names the fact, which is booked once for ever."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=entry_kinds)
    # Month, maker and all that postings name are held by triggers, a statement at a time: see
    # 0013_entries_in_groups.
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    effective_on = models.DateField()
    posted_at = models.DateTimeField()
    actor = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.UUIDField()
    occurrence = models.CharField(max_length=40, default="0")
    request_hash = models.BinaryField(max_length=32)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    corrects_period = models.ForeignKey(
        Period, models.PROTECT, null=True, related_name="+", db_index=False
    )
    memo = models.TextField(blank=True, default="")
    # The transaction that wrote it: a posting may join its entry only in the same one.
    written_in = models.BigIntegerField(
        db_default=Cast(THIS_TRANSACTION, models.BigIntegerField()),
    )

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(
                name="a_fact_is_booked_once", fields=["kind", "source", "occurrence"]
            )
        ]
        indexes = [
            models.Index(name="entries_of_a_period", fields=["period", "id"]),
            models.Index(
                name="reversals_of_an_entry",
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.posted_at:%Y-%m-%d}"


class Posting(models.Model):
    """
    One line of an entry: a debit or a credit, with the dimensions that reports filter on. Its month
    is that of its entry, here too so that a month is found without reading the entries.
    """

    pk = models.CompositePrimaryKey("entry_id", "line")
    entry = models.ForeignKey(
        JournalEntry, models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    line = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    currency = models.CharField(max_length=3)
    debit_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    budget_line = models.ForeignKey(
        "ledger.BudgetLine",
        models.PROTECT,
        null=True,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    job = models.ForeignKey(
        "marketplace.Job",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    award = models.ForeignKey(
        "ledger.Award",
        models.PROTECT,
        null=True,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    milestone = models.ForeignKey(
        "ledger.Milestone",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_posting_is_a_debit_or_a_credit",
                condition=Q(debit_minor__gt=0, credit_minor=0)
                | Q(debit_minor=0, credit_minor__gt=0),
            ),
        ]
        indexes = [
            models.Index(name="postings_of_an_account", fields=["account", "department", "period"]),
            models.Index(
                name="postings_of_a_provider",
                fields=["provider", "account", "period"],
                condition=Q(provider__isnull=False),
            ),
            models.Index(
                name="postings_of_an_award",
                fields=["award"],
                condition=Q(award__isnull=False),
            ),
            models.Index(
                name="postings_of_a_budget_line",
                fields=["budget_line"],
                condition=Q(budget_line__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debit_minor or -self.credit_minor}"


class BudgetMovement(models.Model):
    """What an entry did to one budget line: every figure of a line is the sum of these."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(
        JournalEntry, models.PROTECT, related_name="budget_movements", db_constraint=False
    )
    budget_line = models.ForeignKey(
        "ledger.BudgetLine",
        models.PROTECT,
        related_name="movements",
        db_index=False,
        db_constraint=False,
    )
    budget_minor = models.BigIntegerField()
    carried_in_minor = models.BigIntegerField()
    precommitted_minor = models.BigIntegerField()
    committed_minor = models.BigIntegerField()
    charged_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.budget_line_id}: {self.entry_id}"


class Balance(models.Model):
    """Gross turnover of an account in a period, in sixteen stripes so that no row runs hot."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="balances", db_index=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="balances", db_index=False)
    currency = models.CharField(max_length=3)
    stripe = models.PositiveSmallIntegerField()
    debit_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_balance_per_account_department_period_currency_stripe",
                fields=["account", "department", "period", "currency", "stripe"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="turnover_is_not_negative",
                condition=Q(debit_minor__gte=0, credit_minor__gte=0, stripe__lt=16),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debit_minor - self.credit_minor}"

    @staticmethod
    def net() -> models.expressions.CombinedExpression:
        """Debit less credit."""
        return F("debit_minor") - F("credit_minor")
