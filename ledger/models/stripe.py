"""What Stripe announced, what it says of the company's balance, and how that is explained."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.journal import JournalEntry
from marketplace.models.events import Words
from marketplace.models.people import User


class StripeEvent(models.Model):
    """Something that Stripe announced, once however often it came. What is true is read again."""

    id = models.CharField(primary_key=True, max_length=100)
    kind = models.CharField(max_length=100)
    account = models.CharField(max_length=100, blank=True, default="")
    object_id = models.CharField(max_length=100)
    announced_at = models.DateTimeField()
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    tried = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(name="events_to_work", fields=["received_at"], condition=Q(worked_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Poll(models.Model):
    """When Stripe is read again, whatever it announced; and whose turn it is then."""

    name = models.CharField(primary_key=True, max_length=20)
    due_at = models.DateTimeField()
    turn = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.due_at}"


class TopUp(models.Model):
    """Finance wants money brought from the bank to the balance at Stripe."""

    id = models.UUIDField(primary_key=True)  # named by whoever asks: sent twice, it is one
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_top_up_brings_something", condition=Q(amount_minor__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class TopUpStep(models.Model):
    """What became of a top-up: taken on, arrived, refused, or taken back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    top_up = models.ForeignKey(TopUp, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10)  # taken, arrived, refused, returned
    reference = models.CharField(max_length=100, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_step_of_a_top_up_is_taken_once", fields=["top_up", "kind"]
            ),
            models.CheckConstraint(
                name="a_top_up_is_taken_arrives_or_comes_back",
                condition=Q(kind__in=["taken", "arrived", "refused", "returned"]),
            ),
        ]
        indexes = [models.Index(name="top_ups_by_reference", fields=["reference"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class BalanceMovement(models.Model):
    """One line of the company's balance at Stripe, as Stripe tells it."""

    id = models.CharField(primary_key=True, max_length=100)
    kind = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()  # negative when money left
    fee_minor = models.BigIntegerField()
    source = models.CharField(max_length=100, blank=True, default="")
    happened_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="movements_by_day", fields=["happened_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class MovementMatch(models.Model):
    """A movement is explained: by an entry of the books, or by somebody of finance in words."""

    movement = models.OneToOneField(
        BalanceMovement, models.PROTECT, primary_key=True, related_name="match"
    )
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    matched_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_movement_is_explained_by_an_entry_or_in_words",
                condition=Q(entry__isnull=False) | Q(reason__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.movement_id)


class MovementException(models.Model):
    """A movement that nothing in the books explains, and why it does not."""

    movement = models.OneToOneField(
        BalanceMovement, models.PROTECT, primary_key=True, related_name="exception"
    )
    code = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code
