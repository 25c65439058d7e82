"""How a vendor is paid: its account at Stripe, or by hand. Never an account at a bank."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from marketplace.models.events import Words
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.models.providers import Provider
from marketplace.querysets import Findable


class PayMethod(models.TextChoices):
    STRIPE = "stripe", "Stripe"
    BY_HAND = "by_hand", "By hand"


class PayeeQuerySet(Findable["Payee"]):
    def visible_to(self, actor: User) -> Self:
        """Finance and auditors; and whoever leads the vendor."""
        if actor.is_system:
            return self.all()
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        leads = Membership.objects.current().filter(
            user=actor, role=Role.LEAD, provider=OuterRef("provider")
        )
        return self.filter(Exists(held) | Exists(leads))


class Payee(models.Model):
    """How a vendor is paid, since when and said by whom. The latest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="payees")
    method = models.CharField(max_length=10, choices=PayMethod)
    # The account at Stripe, or the number by which the company's own bank program knows the vendor.
    reference = models.CharField(max_length=100)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = PayeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_payee_is_known_by_something", condition=~Q(reference="")
            ),
            models.UniqueConstraint(
                name="one_payee_of_a_vendor_at_a_time", fields=["provider", "set_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.reference}"


class PayeeConfirmation(models.Model):
    """Another person, of finance, has seen that this is the vendor's."""

    payee = models.OneToOneField(
        Payee, models.PROTECT, primary_key=True, related_name="confirmation"
    )
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.payee_id)


class PayeeReading(models.Model):
    """What Stripe said of a vendor's account when it was read; a row whenever that changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    payee = models.ForeignKey(Payee, models.PROTECT, related_name="readings")
    may_receive = models.BooleanField()
    pays_out = models.BooleanField()
    due = ArrayField(models.CharField(max_length=200), default=list)
    disabled_reason = models.CharField(max_length=100, blank=True, default="")
    # A digest that differs when the bank account behind it does. It tells nothing else.
    destination = models.BinaryField(max_length=32)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="readings_of_a_payee", fields=["payee", "read_at"])]

    def __str__(self) -> str:
        return str(self.payee_id)


class LimitKind(models.TextChoices):
    SIGNATURE = "signature", "Above it a second person signs"
    DAILY = "daily", "The most that is approved in a day"


class PayoutLimit(models.Model):
    """A limit on payouts in a currency, stated by an administrator. The latest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=LimitKind)
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_payout_limit_is_not_negative", condition=Q(limit_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.limit_minor} {self.currency}"
