"""What a second person said yes to: large choices and changes, and charges that come too late."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from bids.models.bids import Bid
from ledger.models.awards import Award, ChangeOrder, Milestone, MoneyView, ReasonCode
from marketplace.models.events import Words
from marketplace.models.jobs import Criterion, Job
from marketplace.models.people import User
from marketplace.querysets import Findable


class ChoiceWanted(models.Model):
    """A head would choose this bid, for this reason; a second head signs, or does not."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="choices_wanted")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="+")
    wanted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wanted_at = models.DateTimeField()
    reason_code = models.CharField(max_length=20, choices=ReasonCode)
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    decisive_criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, related_name="+")
    followed_view = models.CharField(max_length=10, choices=MoneyView, blank=True, default="")
    comparison_digest = models.BinaryField(max_length=32)  # of what it was wanted on

    objects = Findable["ChoiceWanted"].as_manager()

    class Meta:
        verbose_name_plural = "choices wanted"

    def __str__(self) -> str:
        return str(self.job_id)


class ChoiceAnswer(models.Model):
    """What the second head said: signed, with the award that it became, or not, and why."""

    wanted = models.OneToOneField(
        ChoiceWanted, models.PROTECT, primary_key=True, related_name="answer"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    award = models.OneToOneField(Award, models.PROTECT, null=True, related_name="signature")
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_choice_is_signed_or_sent_back_for_a_reason",
                condition=Q(award__isnull=False, reason=None) | Q(award=None, reason__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.wanted_id)


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
