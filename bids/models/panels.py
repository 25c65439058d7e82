"""Judging: who scored which bid on which criterion, and why."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from bids.models.bids import Bid
from marketplace.models.events import Words
from marketplace.models.jobs import Criterion
from marketplace.models.people import User


class Score(models.Model):
    """One person's judgement of one bid on one criterion. A new judgement replaces it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    scorer = models.ForeignKey(User, models.PROTECT, related_name="+")
    quarters = models.PositiveSmallIntegerField()  # the level: 0 to 4 quarters
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_level_is_0_to_4_quarters", condition=Q(quarters__lte=4)),
            models.UniqueConstraint(
                name="one_current_score_per_bid_criterion_and_scorer",
                fields=["bid", "criterion", "scorer"],
                condition=Q(replaced_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarters}/4"
