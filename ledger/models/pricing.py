"""Prices inside the company: what a team recovers, and whether anybody is charged at all."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.events import Words
from marketplace.models.people import User
from marketplace.models.providers import Provider


class PriceRule(models.TextChoices):
    """How a team's accepted work becomes a price. The bid is always the most that is charged."""

    MARKET = "market", "Market: the bid"
    COST_PLUS = "cost_plus", "Cost plus a margin"
    NEGOTIATED = "negotiated", "Negotiated: a part of the bid"
    DUAL = "dual", "Dual: the team recovers another amount"


class TeamPricing(models.Model):
    """A team's price rule from a day on. A job keeps the rule of the day it was published."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    team = models.ForeignKey(Provider, models.PROTECT, related_name="price_rules")
    rule = models.CharField(max_length=10, choices=PriceRule)
    # Cost plus: the margin on cost. Negotiated: what is charged of the bid. Dual: what is
    # recovered of the bid. In hundredths of a percent; nothing for the market's price.
    basis_points = models.PositiveIntegerField()
    in_force_on = models.DateField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_price_rule_per_team_and_day", fields=["team", "in_force_on"]
            ),
            models.CheckConstraint(
                name="a_price_rule_has_its_share",
                condition=Q(rule="market", basis_points=0)
                | Q(rule="cost_plus", basis_points__lte=10_000)
                | Q(rule="negotiated", basis_points__gte=1, basis_points__lte=10_000)
                | Q(rule="dual", basis_points__lte=50_000),
            ),
        ]

    def __str__(self) -> str:
        return self.rule


class ChargingMode(models.TextChoices):
    """Whether work moves money between budgets."""

    CHARGEBACK = "chargeback", "Charged"
    SHOWBACK = "showback", "Shown, not charged"


class ModeStated(models.Model):
    """From a month on, the company's departments are charged, or only shown what they used."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    mode = models.CharField(max_length=10, choices=ChargingMode)
    from_period = models.PositiveIntegerField(unique=True)  # 202701
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mode} from {self.from_period}"
