"""Ratings: once per finished job, by both sides, hidden until both are in."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from ledger.models.awards import Award
from marketplace.models.events import Words
from marketplace.models.people import User


class RatingSide(models.TextChoices):
    """Who rates: the department rates the provider, the provider the department."""

    DEPARTMENT = "department", "Department"
    PROVIDER = "provider", "Provider"


class Again(models.TextChoices):
    """Would you choose them again for this kind of work?"""

    YES = "yes", "Yes"
    IF_CHANGED = "if_changed", "Only if changed"
    NO = "no", "No"


# The questions each side answers, in the order of the screen; five points, 1 to 5.
DEPARTMENT_ASKED = [
    "informed",
    "in_control",
    "choices",
    "friendly",
    "knowledgeable",
    "attentive",
    "result",
]
PROVIDER_ASKED = ["clear_need", "timely_answers", "fair_changes", "prompt_acceptance"]


class Rating(models.Model):
    """One side's judgement of the other. Read by nobody else before the reveal."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="ratings")
    side = models.CharField(max_length=10, choices=RatingSide)
    rated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()
    points = models.JSONField()  # question -> 1 to 5; left out where it does not apply
    again = models.CharField(max_length=10, choices=Again)
    text = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="each_side_rates_once", fields=["award", "side"]),
            models.CheckConstraint(
                name="a_rating_says_whether_again", condition=Q(again__in=Again.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} on {self.award_id}"


class Reveal(models.Model):
    """Both ratings of an award may be read from this moment on."""

    award = models.OneToOneField(Award, models.PROTECT, primary_key=True, related_name="reveal")
    revealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.award_id)
