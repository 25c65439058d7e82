"""The end of a year: what is carried on, and what a team recovered too much or too little."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.departments import Department
from marketplace.models.events import Words
from marketplace.models.people import User
from marketplace.models.providers import Category, Provider


class Unspent(models.TextChoices):
    """What becomes of a budget that nobody used."""

    LAPSE = "lapse", "Lapses"
    CARRY = "carry", "Is carried on"


class OpenPromises(models.TextChoices):
    """What becomes of the budget behind a promise that is still open."""

    WITH_BUDGET = "with_budget", "Carried on with their budget"
    WITHOUT_BUDGET = "without_budget", "Carried on; the new year pays"


class CarryForward(models.Model):
    """How a year passes into the next, for all departments or for one. The latest counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fiscal_year = models.PositiveSmallIntegerField()  # the one that ends
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    unspent = models.CharField(max_length=10, choices=Unspent)
    promises = models.CharField(max_length=15, choices=OpenPromises)
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="carry_forward_of_a_year", fields=["fiscal_year"])]

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.unspent}"


class YearEnd(models.Model):
    """The year was ended; a further run books what came after the one before."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fiscal_year = models.PositiveSmallIntegerField()
    run = models.PositiveSmallIntegerField()  # 1, 2, …
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="runs_of_a_year_end", fields=["fiscal_year", "run"])
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}, run {self.run}"


class RecoveryPolicy(models.TextChoices):
    """What becomes of the difference between what a team recovered and what it cost."""

    CARRY = "carry", "Carried into next year's rate"
    REBATE = "rebate", "Given back to who used the team"


class RecoverySettled(models.Model):
    """A team's year was settled against its actual cost, once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    team = models.ForeignKey(Provider, models.PROTECT, related_name="recoveries")
    fiscal_year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    recovered_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()  # as finance states it
    policy = models.CharField(max_length=10, choices=RecoveryPolicy)
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_teams_year_is_settled_once", fields=["team", "fiscal_year", "currency"]
            ),
            models.CheckConstraint(
                name="a_teams_cost_is_not_negative", condition=Q(cost_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.fiscal_year}"


class OutsideSpend(models.Model):
    """A payment made outside the marketplace, or money that came back of one."""

    id = models.UUIDField(primary_key=True)  # named by whoever tells of it
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    payee = models.CharField(max_length=300)
    document = models.CharField(max_length=100)  # by which the accounts know it
    # How often the same document was recorded and reversed before: then it is free again.
    again = models.PositiveSmallIntegerField(db_default=0)
    paid_on = models.DateField()
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()  # negative when money came back
    tax_minor = models.BigIntegerField(default=0)  # recoverable; of the same sign
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "outside spend"
        constraints = [
            models.CheckConstraint(
                name="outside_spend_is_paid_or_comes_back",
                condition=Q(net_minor__gt=0, tax_minor__gte=0)
                | Q(net_minor__lt=0, tax_minor__lte=0),
            ),
            models.UniqueConstraint(
                name="a_document_of_a_payee_is_recorded_once",
                fields=["department", "payee", "document", "again"],
            ),
        ]
        indexes = [models.Index(name="outside_spend_by_day", fields=["paid_on"])]

    def __str__(self) -> str:
        return f"{self.payee} {self.document}"
