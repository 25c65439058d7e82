"""The rules of the house that a company sets, dated and visible."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.events import Words
from marketplace.models.people import User


class BudgetControl(models.TextChoices):
    """What a budget does with a promise that it cannot cover."""

    HARD = "hard", "Refuses it"
    TRACKED = "tracked", "Books it and shows the shortfall"


class Policy(models.Model):
    """A named set of rules. A job keeps the policy that it was published under."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.SlugField(max_length=40)
    in_force_on = models.DateField()
    explanation = models.TextField()
    budget_control = models.CharField(max_length=10, choices=BudgetControl)
    minimum_days = models.PositiveSmallIntegerField()  # from publication to the deadline
    needs_team_and_vendor = models.BooleanField()
    allows_variants = models.BooleanField(default=False)  # several bids of one provider at once
    formal_above_minor = models.BigIntegerField(null=True)  # in the department's currency
    fee_basis_points = models.PositiveIntegerField(default=0)  # of the price, to the marketplace
    acceptance_days = models.PositiveSmallIntegerField(default=15)  # silence is acceptance
    rating_days = models.PositiveSmallIntegerField(default=14)
    dispute_days = models.PositiveSmallIntegerField(default=30)
    retention_basis_points = models.PositiveIntegerField(default=0)  # kept back from a vendor
    retention_days = models.PositiveSmallIntegerField(default=0)  # from the acceptance
    charging_days = models.PositiveSmallIntegerField(default=45)  # after them the right is lost
    large_change_basis_points = models.PositiveIntegerField(default=1_000)  # two heads above it
    override_above_minor = models.BigIntegerField(null=True)  # no override below it, or at all
    administration_minor = models.BigIntegerField(default=0)  # of an outside contract
    changeover_minor = models.BigIntegerField(default=0)  # once, when work goes outside
    panel_members = models.PositiveSmallIntegerField(default=0)  # of a formal job, at least
    # Added to every outside bid: a share of the labour of the lowest in-house bid. Off at 0.
    differential_basis_points = models.PositiveIntegerField(default=0)
    choice_alone_minor = models.BigIntegerField(null=True)  # above it a second head signs
    # What bidders who were not chosen are told of the price: its band, or the price itself.
    tells_exact_price = models.BooleanField(default=False)
    stated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(
                name="one_policy_per_code_and_day", fields=["code", "in_force_on"]
            ),
            models.CheckConstraint(
                name="policy_amounts_are_not_negative",
                condition=Q(administration_minor__gte=0, changeover_minor__gte=0),
            ),
            models.CheckConstraint(
                name="no_more_is_kept_back_than_is_owed",
                condition=Q(retention_basis_points__lte=10_000),
            ),
            models.CheckConstraint(
                name="a_differential_is_a_share_of_the_labour",
                condition=Q(differential_basis_points__lte=10_000),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PolicyOffer(models.Model):
    """From a day on, jobs may be written under the rules of this name, or may not any more."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.SlugField(max_length=40)
    from_on = models.DateField()
    is_offered = models.BooleanField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_word_on_an_offer_per_day", fields=["code", "from_on"])
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.from_on}"
