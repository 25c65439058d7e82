"""Granting a budget, and moving it from one line to another."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.budgets import BudgetLine
from marketplace.models.departments import Department
from marketplace.models.events import Words
from marketplace.models.people import Office, OfficeHeld, User
from marketplace.models.providers import Category
from marketplace.querysets import Findable


class Grant(models.Model):
    """Money was added to a line. Its id was named by whoever asked, so that it happens once."""

    id = models.UUIDField(primary_key=True)
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="grants")
    amount_minor = models.BigIntegerField()
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_grant_adds_something", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return str(self.amount_minor)


class SigningLimit(models.Model):
    """Above this, a move of budget needs a second person of finance. The latest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_signing_limit_is_not_negative", condition=Q(limit_minor__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.limit_minor} {self.currency}"


class MoveWantedQuerySet(Findable["MoveWanted"]):
    def visible_to(self, actor: User) -> Self:
        """Finance and auditors; and the people of either department."""
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        own = Department.objects.with_member(actor).values("pk")
        return self.filter(
            Q(from_line__department__in=own) | Q(to_department__in=own) | models.Exists(held)
        )

    def waiting(self) -> Self:
        """Neither signed nor declined."""
        return self.filter(answer=None)


class MoveWanted(models.Model):
    """Somebody of finance wants a part of one budget line to stand on another one."""

    id = models.UUIDField(primary_key=True)  # named by whoever asks: sent twice, it is one
    from_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    to_department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    to_category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    needs_signature = models.BooleanField()  # by the limit of that moment

    objects = MoveWantedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_move_moves_something", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return str(self.amount_minor)


class MoveAnswer(models.Model):
    """A move was made, or declined. Above the limit it is another person's to make."""

    wanted = models.OneToOneField(
        MoveWanted, models.PROTECT, primary_key=True, related_name="answer"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    is_made = models.BooleanField()  # false: declined
    to_line = models.ForeignKey(BudgetLine, models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_move_that_is_made_names_its_line",
                condition=Q(is_made=True, to_line__isnull=False)
                | Q(is_made=False, to_line=None, reason__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.wanted_id)
