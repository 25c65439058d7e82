"""Payouts: what is paid, for which work, and each step on the way. Rows are added, no more."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q

from ledger.models.awards import Award, Milestone
from ledger.models.payees import Payee
from marketplace.models.events import Words
from marketplace.models.people import Membership, Office, OfficeHeld, User
from marketplace.models.providers import Provider
from marketplace.querysets import Findable


class PayoutQuerySet(Findable["Payout"]):
    def visible_to(self, actor: User) -> Self:
        """Finance and auditors; and the vendor's own people."""
        if actor.is_system:
            return self.all()
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        own = Membership.objects.current().filter(user=actor, provider=OuterRef("provider"))
        return self.filter(Exists(held) | Exists(own))


class Payout(models.Model):
    """What a vendor is to be paid in one sum. Named by whoever asks: asked twice, it is one."""

    id = models.UUIDField(primary_key=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="payouts")
    payee = models.ForeignKey(Payee, models.PROTECT, related_name="payouts")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    needs_signature = models.BooleanField()  # by the limit of that moment
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_payout_pays_something", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class PayoutPart(models.Model):
    """What of a payout is for which milestone, and what was set off there against a credit."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="parts")
    award = models.ForeignKey(Award, models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    recovered_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_part_pays_or_sets_off_something",
                condition=Q(amount_minor__gte=0, recovered_minor__gte=0)
                & (Q(amount_minor__gt=0) | Q(recovered_minor__gt=0)),
            ),
            models.UniqueConstraint(
                name="a_payout_has_one_part_for_each_milestone",
                fields=["payout", "award", "milestone"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount_minor)


class PayoutAnswer(models.Model):
    """A payout was approved, or declined. Above the limit it is another person's to approve."""

    payout = models.OneToOneField(Payout, models.PROTECT, primary_key=True, related_name="answer")
    is_approved = models.BooleanField()
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_declines_a_payout_says_why",
                condition=Q(is_approved=True) | Q(reason__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.payout_id)


class StepKind(models.TextChoices):
    """What happened to an attempt to pay."""

    APPROVED = "approved", "Approved"  # the outbox: booked, and to be sent
    SENDING = "sending", "Sending"
    UNKNOWN = "unknown", "Unknown"  # no clear answer: looked up before anything else
    REFUSED = "refused", "Refused"  # nothing moved; another attempt may be made
    SENT = "sent", "Sent"  # the money is in the vendor's account at Stripe
    PAID = "paid", "Paid"  # … and at its bank
    FAILED = "failed", "Failed"  # its bank would not take it; it is in its account at Stripe
    REVERSED = "reversed", "Reversed"  # the money is back


class PayoutStep(models.Model):
    """One thing that happened to one attempt."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="steps")
    attempt = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind)
    # Stripe's name: of the transfer, the payout to the bank, the reversal. By hand: the document.
    reference = models.CharField(max_length=100, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    happened_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_step_is_taken_once", fields=["payout", "attempt", "kind", "reference"]
            ),
            models.UniqueConstraint(
                name="an_attempt_is_sent_or_refused_once",
                fields=["payout", "attempt"],
                condition=Q(kind__in=["sent", "refused"]),
            ),
            models.UniqueConstraint(
                name="a_payout_is_sent_once", fields=["payout"], condition=Q(kind="sent")
            ),
            models.UniqueConstraint(
                name="a_payout_is_reversed_once", fields=["payout"], condition=Q(kind="reversed")
            ),
            models.UniqueConstraint(
                name="a_transfer_pays_one_payout",
                fields=["reference"],
                condition=Q(kind="sent") & Q(reference__startswith="tr_"),
            ),
        ]
        indexes = [models.Index(name="steps_by_reference", fields=["kind", "reference"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class SendBack(models.Model):
    """Finance wants a transfer back: noted before Stripe is asked, and asked under this name."""

    payout = models.OneToOneField(
        Payout, models.PROTECT, primary_key=True, related_name="send_back"
    )
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    wanted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wanted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.payout_id)


class PartWanted(models.Model):
    """Finance wants a part of a transfer back, of what the vendor owes: asked under this name."""

    id = models.UUIDField(primary_key=True)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="parts_wanted")
    amount_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    wanted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wanted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_part_wanted_is_something", condition=Q(amount_minor__gt=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.amount_minor)


class PartBack(models.Model):
    """A part of a transfer came back; what of it was set off against what the vendor owed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="parts_back")
    wanted = models.OneToOneField(
        PartWanted, models.PROTECT, null=True, related_name="back"
    )  # none: it was taken back at Stripe itself
    reference = models.CharField(max_length=100, unique=True)  # Stripe's name of the reversal
    amount_minor = models.BigIntegerField()
    set_off_minor = models.BigIntegerField()
    happened_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_part_back_sets_off_what_came_back_at_most",
                condition=Q(amount_minor__gt=0, set_off_minor__gte=0)
                & Q(set_off_minor__lte=models.F("amount_minor")),
            )
        ]

    def __str__(self) -> str:
        return self.reference
