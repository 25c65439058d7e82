"""Between a choice and the work: the standstill, objections, and choices that were withdrawn."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.awards import Award
from marketplace.models.departments import Department
from marketplace.models.events import Words
from marketplace.models.people import Membership, Office, OfficeHeld, User
from marketplace.models.providers import Provider
from marketplace.querysets import Findable


class Standstill(models.Model):
    """Until when a bidder may object to a choice, and no work starts. Formal jobs alone have it."""

    award = models.OneToOneField(Award, models.PROTECT, primary_key=True, related_name="standstill")
    until_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until_at:%Y-%m-%d %H:%M}"


class ObjectionQuerySet(Findable["Objection"]):
    def open(self) -> Self:
        """Neither decided nor overtaken by the end of the choice that they are about."""
        return self.filter(ruling=None, award__withdrawal=None, award__replaced_by=None)

    def visible_to(self, actor: User) -> Self:
        """Who objects, the department with those above it, finance and auditors."""
        if actor.is_system:
            return self.all()
        seats = Membership.objects.current().filter(user=actor, provider__isnull=False)
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        return self.filter(
            Q(provider__in=seats.values("provider_id"))
            | Q(award__department__in=Department.objects.with_member(actor).values("pk"))
            | models.Exists(held)
        )


class Objection(models.Model):
    """A bidder who was not chosen says what was wrong with the choice."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="objections")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="objections")
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_bidder_objects_to_a_choice_once", fields=["award", "provider"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.award_id}"


class Ruling(models.Model):
    """How an objection was decided, one level up or by an auditor, with the reason."""

    objection = models.OneToOneField(
        Objection, models.PROTECT, primary_key=True, related_name="ruling"
    )
    upheld = models.BooleanField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return "upheld" if self.upheld else "not upheld"


class WithdrawalCause(models.TextChoices):
    """Why a choice does not stand any more."""

    OBJECTION = "objection", "An objection was upheld"
    DECLINED = "declined", "The provider declined"


class Withdrawal(models.Model):
    """A choice was taken back before any work began; another bid may be chosen freely."""

    award = models.OneToOneField(Award, models.PROTECT, primary_key=True, related_name="withdrawal")
    cause = models.CharField(max_length=10, choices=WithdrawalCause)
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.cause
