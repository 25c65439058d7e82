"""Corrections: finance takes an entry back, two people together."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.journal import JournalEntry
from marketplace.models.events import Words
from marketplace.models.people import Office, OfficeHeld, User
from marketplace.querysets import Findable


class CorrectionQuerySet(Findable["Correction"]):
    def visible_to(self, actor: User) -> Self:
        """Finance and auditors."""
        held = OfficeHeld.objects.filter(
            user=actor, ended_at=None, office__in=[Office.FINANCE, Office.AUDITOR]
        )
        return self.filter(models.Exists(held))

    def waiting(self) -> Self:
        """Neither signed nor declined."""
        return self.filter(answer=None)


class Correction(models.Model):
    """One person of finance asks that an entry be reversed, and says why. Never rewritten."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="corrections")
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = CorrectionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.entry_id)


class CorrectionAnswer(models.Model):
    """A second person of finance signs the correction, which books it, or declines it."""

    correction = models.OneToOneField(
        Correction, models.PROTECT, primary_key=True, related_name="answer"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    reversal = models.OneToOneField(
        JournalEntry, models.PROTECT, null=True, related_name="+"
    )  # none: declined
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_correction_is_booked_or_declined_with_a_reason",
                condition=Q(reversal__isnull=False) | Q(reason__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.correction_id)
