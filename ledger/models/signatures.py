"""What a second person said yes to: large changes, and charges that come too late."""

from __future__ import annotations

from django.db import models

from ledger.models.awards import ChangeOrder, Milestone
from marketplace.models.events import Words
from marketplace.models.people import User


class ChangeSignature(models.Model):
    """A second head said yes to a change that is large."""

    change = models.OneToOneField(
        ChangeOrder, models.PROTECT, primary_key=True, related_name="signature"
    )
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.change_id)


class LateCharge(models.Model):
    """Finance allowed that a milestone is charged after the days for it were over."""

    milestone = models.OneToOneField(
        Milestone, models.PROTECT, primary_key=True, related_name="late_charge"
    )
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    allowed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.milestone_id)
