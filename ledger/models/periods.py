"""Periods: the months of the books, and each step in their lives."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from marketplace.models.events import Words
from marketplace.models.people import User


class Period(models.Model):
    """
    A month of the books, named 202611; 13 is a year's adjusting period. What it is now stands
    here, for the posting function to read; only a step moves it.
    """

    id = models.PositiveIntegerField(primary_key=True)
    fiscal_year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    opened_at = models.DateTimeField()
    closing_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_period_opens_then_closes",
                condition=Q(starts_on__lte=F("ends_on"))
                & (Q(closed_at=None) | Q(closing_at__isnull=False, closed_by__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.id // 100}-{self.id % 100:02}"


class Step(models.TextChoices):
    """What can happen to a month after it was opened."""

    CLOSING = "closing", "Closing began"
    STOPPED = "stopped", "Closing stopped"
    CLOSED = "closed", "Closed"
    ASKED = "asked", "Reopening asked for"
    DECLINED = "declined", "Reopening declined"
    REOPENED = "reopened", "Reopened"


class PeriodStep(models.Model):
    """
    One step of a month, by one person. Never rewritten, so that a month may be closed twice and
    both closings stay told. The database moves the month with it, and refuses a step out of turn.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    period = models.ForeignKey(Period, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=10, choices=Step)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    answers = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="answer"
    )  # who signs or declines names what was asked
    root = models.BinaryField(max_length=32, null=True)  # the seal: over the month's balances
    key = models.BinaryField(max_length=32, null=True)  # what the seal's lines are salted with

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="steps_of_a_month_stand_in_order", fields=["period", "position"]
            ),
            models.CheckConstraint(
                name="a_closed_month_is_sealed",
                condition=Q(step=Step.CLOSED, root__isnull=False, key__isnull=False)
                | (~Q(step=Step.CLOSED) & Q(root=None, key=None)),
            ),
            models.CheckConstraint(
                name="who_holds_a_month_open_says_why",
                condition=Q(step__in=[Step.CLOSING, Step.CLOSED, Step.REOPENED])
                | Q(reason__isnull=False),
            ),
            models.CheckConstraint(
                name="an_answer_names_what_was_asked",
                condition=Q(step__in=[Step.DECLINED, Step.REOPENED], answers__isnull=False)
                | (~Q(step__in=[Step.DECLINED, Step.REOPENED]) & Q(answers=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.step}"
