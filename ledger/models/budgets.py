"""Budgets: what a department may spend, and what it has promised."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.models.people import Office, OfficeHeld, User
from marketplace.models.policies import BudgetControl
from marketplace.models.providers import Category
from marketplace.money import Money
from marketplace.querysets import Findable


class BudgetLineQuerySet(Findable["BudgetLine"]):
    def visible_to(self, actor: User) -> Self:
        """A department's people see its lines; finance and auditors see all."""
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        own = Department.objects.with_member(actor).values("pk")
        return self.filter(Q(department__in=own) | models.Exists(held))


class BudgetLine(models.Model):
    """
    A department's money for one fiscal year, and perhaps one category. Its figures are moved by
    the posting function alone; a line begins empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fiscal_year = models.PositiveSmallIntegerField()
    department = models.ForeignKey(Department, models.PROTECT, related_name="budget_lines")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    control = models.CharField(max_length=10, choices=BudgetControl)
    tolerance_minor = models.BigIntegerField(default=0)
    budget_minor = models.BigIntegerField(default=0)
    carried_in_minor = models.BigIntegerField(default=0)
    precommitted_minor = models.BigIntegerField(default=0)
    committed_minor = models.BigIntegerField(default=0)
    charged_minor = models.BigIntegerField(default=0)
    available_minor = models.GeneratedField(
        expression=F("budget_minor")
        + F("carried_in_minor")
        - F("precommitted_minor")
        - F("committed_minor")
        - F("charged_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_budget_line_per_year_department_category_and_currency",
                fields=["fiscal_year", "department", "category", "currency"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="no_negative_commitment",
                condition=Q(precommitted_minor__gte=0, committed_minor__gte=0),
            ),
            models.CheckConstraint(
                name="a_budget_has_a_control_that_exists",
                condition=Q(control__in=BudgetControl.values),
            ),
            models.CheckConstraint(
                name="a_hard_budget_is_not_overspent",
                condition=~Q(control=BudgetControl.HARD)
                | Q(available_minor__gte=0 - F("tolerance_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.fiscal_year}"

    @property
    def available(self) -> Money:
        return Money(self.available_minor, self.currency)


class Precommitment(models.Model):
    """The estimate that a published job reserves until it is awarded or ends."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="precommitment")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_estimate_is_positive", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return str(self.amount_minor)


class EstimateCarried(models.Model):
    """
    A new year's line took over what a job that nobody decided on had reserved. The line of the
    latest year is the one on which the estimate stands.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    estimate = models.ForeignKey(Precommitment, models.PROTECT, related_name="carried")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    carried_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_estimate_is_carried_to_a_line_once", fields=["estimate", "budget_line"]
            )
        ]

    def __str__(self) -> str:
        return str(self.estimate_id)


class Commitment(models.Model):
    """
    The part of a budget line that an award promised. Its figures are moved by the posting
    function alone; a commitment begins empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey("ledger.Award", models.PROTECT, related_name="commitments")
    line = models.PositiveSmallIntegerField(default=1)
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="commitments")
    # A new year's line takes the promise over; the one that nobody follows is the one that stands.
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    original_minor = models.BigIntegerField(default=0)
    adjusted_minor = models.BigIntegerField(default=0)
    liquidated_minor = models.BigIntegerField(default=0)
    released_minor = models.BigIntegerField(default=0)
    open_minor = models.GeneratedField(
        expression=F("original_minor")
        + F("adjusted_minor")
        - F("liquidated_minor")
        - F("released_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="commitment_lines_of_an_award", fields=["award", "line", "budget_line"]
            ),
            models.CheckConstraint(
                name="a_commitment_is_never_overdrawn", condition=Q(open_minor__gte=0)
            ),
        ]
        indexes = [
            # Few promises are open at a time, and a statement asks for these.
            models.Index(
                name="promises_open_on_a_budget_line",
                fields=["budget_line"],
                condition=Q(open_minor__gt=0),
            )
        ]

    def __str__(self) -> str:
        return str(self.open_minor)
