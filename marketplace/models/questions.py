"""What is asked and added after a job is published."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider


class Question(models.Model):
    """A bidder asks; the answer goes to everybody and the asker's name to nobody."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="questions")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_answer_says_who_and_when",
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            )
        ]

    def __str__(self) -> str:
        return self.text


class Addendum(models.Model):
    """A change to a published job. Every submitted bid must be confirmed after it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    closes_at = models.DateTimeField()  # the deadline from then on

    class Meta:
        verbose_name_plural = "addenda"
        constraints = [
            models.UniqueConstraint(name="addenda_are_numbered_per_job", fields=["job", "number"])
        ]

    def __str__(self) -> str:
        return self.text
