"""Choices and the work that follows them."""

from __future__ import annotations

from typing import Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q

from bids.models.bids import Bid
from ledger.models.budgets import BudgetLine
from marketplace.compiled import Kept
from marketplace.models.departments import Department
from marketplace.models.events import Words
from marketplace.models.jobs import Criterion, Job
from marketplace.models.people import Membership, Office, OfficeHeld, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.querysets import Findable


class ReasonCode(models.TextChoices):
    """Why a bid was chosen, in one word; a sentence of the head's stands beside it."""

    BEST_VALUE = "best_value", "Best value"
    QUALITY = "quality", "Better quality"
    PRICE = "price", "Better price"
    DATES = "dates", "Better dates"
    EXPERIENCE = "experience", "Experience with them"
    CAPACITY = "capacity", "Capacity"
    IMPORTED = "imported", "Not stated at the source"


class MoneyView(models.TextChoices):
    """The two views of money; of a bid that leads in neither, neither may be what was followed."""

    CHARGED = "charged", "What the department is charged"
    SPENT = "spent", "What the company really spends"
    NEITHER = "neither", "Neither of the two"


class AwardQuerySet(Findable["Award"]):
    def standing(self) -> Self:
        """Neither overridden nor withdrawn: what the work, the money and the reports go by."""
        # Asked of the column that joins, so that PostgreSQL knows how few are left out.
        return self.filter(replaced_by__replaces=None, withdrawal=None)

    def visible_to(self, actor: User) -> Self:
        """The department, the provider chosen, finance and auditors."""
        if actor.is_system:
            return self.all()
        seats = Membership.objects.current().filter(user=actor, provider__isnull=False)
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        return self.filter(
            Q(provider__in=seats.values("provider_id"))
            | Q(department__in=Department.objects.with_member(actor).values("pk"))
            | models.Exists(held)
        )

    def lock(self, id: UUID) -> Award:
        """
        Return the award with its job locked until the transaction ends. An award is never
        updated, so nobody holds the right to lock its row: the job stands for all that follows.
        """
        rows = self.select_related(
            "job__policy", "department", "provider", "budget_line", "override", "standstill"
        )
        return rows.select_for_update(of=("job",)).one(id)


Awards = models.Manager.from_queryset(AwardQuerySet)


class StandingAwards(Awards["Award"]):
    """What was overridden or withdrawn stays on the record, and nothing goes by it any more."""

    def get_queryset(self) -> AwardQuerySet:
        return AwardQuerySet(self.model, using=self._db).standing()


class Award(models.Model):
    """
    The choice of a bid: one author, one reason, one frozen comparison. Never rewritten. A head
    above may override it, or it may be withdrawn before any work; the award that takes its place
    names the one that it replaces.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="awards", related_query_name="award")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    bid = models.OneToOneField(Bid, models.PROTECT, related_name="award")
    department = models.ForeignKey(Department, models.PROTECT, related_name="awards")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="awards")
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    reason_code = models.CharField(max_length=20, choices=ReasonCode)
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    decisive_criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, related_name="+")
    followed_view = models.CharField(
        max_length=10, choices=MoneyView, blank=True, default=""
    )  # where the two views disagree
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    fee_basis_points = models.PositiveIntegerField(default=0)
    retention_basis_points = models.PositiveIntegerField(default=0)  # held of a vendor's milestones
    # Minor units of the budget line's currency for so many of the award's: exact, and 1 to 1
    # where both are the same.
    rate_numerator = models.BigIntegerField(default=1)
    rate_denominator = models.BigIntegerField(default=1)
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="awards")
    comparison = models.TextField()  # canonical JSON of what the head saw
    comparison_digest = models.BinaryField(max_length=32)

    objects = StandingAwards()
    record = AwardQuerySet.as_manager()  # the overridden and withdrawn ones as well

    class Meta:
        base_manager_name = "record"
        constraints = [
            models.CheckConstraint(name="an_award_has_a_price", condition=Q(price_minor__gte=0)),
            models.CheckConstraint(
                name="an_award_is_booked_at_a_rate",
                condition=Q(rate_numerator__gt=0, rate_denominator__gt=0),
            ),
            models.UniqueConstraint(
                name="a_job_is_awarded_once", fields=["job"], condition=Q(replaces=None)
            ),
        ]
        indexes = [models.Index(name="awards_by_moment", fields=["chosen_at"])]

    def __str__(self) -> str:
        return f"{self.provider} for {self.job}"

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class NoAward(models.Model):
    """The head ended an opened job without a choice, and said why."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="no_award")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.job_id)


class MilestoneQuerySet(Findable["Milestone"]):
    def visible_to(self, actor: User) -> Self:
        if actor.is_system:
            return self.all()
        return self.filter(award__in=Award.objects.visible_to(actor).values("pk"))


class Milestone(models.Model):
    """An agreed part of the work, with its date and price."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    due_on = models.DateField(null=True)
    price_minor = models.BigIntegerField()  # at the choice; agreed changes come on top

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="milestones_stand_in_order", fields=["award", "position"]),
            models.CheckConstraint(name="a_milestone_has_a_price", condition=Q(price_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return self.title

    def agreed_minor(self) -> int:
        """What it costs now: the price at the choice and every change agreed since."""
        return self.price_minor + sum(_agreed_changes.all(self.pk))


class ChangeOrderQuerySet(Findable["ChangeOrder"]):
    def visible_to(self, actor: User) -> Self:
        if actor.is_system:
            return self.all()
        return self.filter(award__in=Award.objects.visible_to(actor).values("pk"))


class ChangeOrder(models.Model):
    """A change to what one milestone costs. It counts once the provider has agreed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="change_orders")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="change_orders")
    difference_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    objects = ChangeOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_change_order_changes_something",
                condition=~Q(difference_minor=0),
            ),
            models.CheckConstraint(
                name="an_agreed_change_says_who",
                condition=Q(agreed_at=None, agreed_by=None)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.difference_minor)


@Kept
def _agreed_changes(milestone: UUID) -> models.QuerySet[ChangeOrder, int]:
    agreed = ChangeOrder.objects.filter(milestone=milestone, agreed_at__isnull=False)
    return agreed.values_list("difference_minor", flat=True)


class DeliveryQuerySet(Findable["Delivery"]):
    def visible_to(self, actor: User) -> Self:
        if actor.is_system:
            return self.all()
        return self.filter(milestone__award__in=Award.objects.visible_to(actor).values("pk"))

    def waiting(self) -> Self:
        """Neither accepted nor returned."""
        return self.filter(acceptance=None, returned=None)


class Delivery(models.Model):
    """Work handed over for one milestone, with what will be charged for it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="deliveries")
    delivered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()  # at most the milestone's price
    note = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    silent_at = models.DateTimeField()  # the moment at which silence is acceptance

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="a_delivery_has_an_amount", condition=Q(amount_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.delivered_at:%Y-%m-%d}"


class Acceptance(models.Model):
    """A delivery was agreed to, by a person or by silence."""

    delivery = models.OneToOneField(
        Delivery, models.PROTECT, primary_key=True, related_name="acceptance"
    )
    milestone = models.OneToOneField(Milestone, models.PROTECT, related_name="acceptance")
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()
    by_silence = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.milestone} {self.accepted_at:%Y-%m-%d}"


class Return(models.Model):
    """A delivery was sent back, with what is missing."""

    delivery = models.OneToOneField(
        Delivery, models.PROTECT, primary_key=True, related_name="returned"
    )
    returned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    missing = models.ForeignKey(Words, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.delivery_id)


class Completion(models.Model):
    """The last milestone was accepted; the rest of the commitment was released."""

    award = models.OneToOneField(Award, models.PROTECT, primary_key=True, related_name="completion")
    completed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.award_id)


class DisputeQuerySet(Findable["Dispute"]):
    def visible_to(self, actor: User) -> Self:
        if actor.is_system:
            return self.all()
        return self.filter(milestone__award__in=Award.objects.visible_to(actor).values("pk"))


class Dispute(models.Model):
    """The department contests a charge; what is owed for it is held."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="disputes")
    amount_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    objects = DisputeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_dispute_is_about_money", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.amount_minor}"


class Resolution(models.Model):
    """How finance settled a dispute: the credit to the department, perhaps nothing."""

    dispute = models.OneToOneField(
        Dispute, models.PROTECT, primary_key=True, related_name="resolution"
    )
    credit_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    resolved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_credit_is_not_negative", condition=Q(credit_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.credit_minor)
