"""Where events are sent out to, what waits to be sent, and how often a token was used of late."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.models.people import User
from marketplace.models.tokens import Token
from marketplace.querysets import Findable


class RequestCount(models.Model):
    """How many requests a token made in its minute. Not written ahead: a crash may forget it."""

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.used} since {self.since}"


class WebhookQuerySet(Findable["Webhook"]):
    def live(self) -> Self:
        """Those that events are sent to."""
        return self.filter(ended_at=None)


class Webhook(models.Model):
    """An address of another system that is told what happened."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = models.URLField(max_length=500)
    purpose = models.CharField(max_length=80)
    kinds = ArrayField(models.CharField(max_length=40))
    # Its secret is made from this number and the installation's own: nothing to steal lies here.
    generation = models.PositiveIntegerField(default=1)
    rotated_at = models.DateTimeField(null=True)
    position = models.BigIntegerField()  # of the log: what stands before it was laid out
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, default="")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_webhook_is_an_address_of_the_web",
                condition=Q(address__startswith="https://") | Q(address__startswith="http://"),
            ),
            models.CheckConstraint(
                name="a_webhook_asks_for_something", condition=Q(kinds__len__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.address


class WebhookMessageQuerySet(Findable["WebhookMessage"]):
    def due(self, at: datetime) -> Self:
        return self.filter(due_at__lte=at, webhook__ended_at=None)


class WebhookMessage(models.Model):
    """One event on its way to one address: a row of the outbox, sent until it is taken."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=40)
    occurrence = models.CharField(max_length=80)  # the fact: it is told once to each address
    body = models.TextField()  # byte for byte what is signed, on every try
    told_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # none: taken, or given up
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, default="")

    objects = WebhookMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_webhook_is_told_a_fact_once", fields=["webhook", "kind", "occurrence"]
            ),
            models.CheckConstraint(
                name="a_taken_message_is_not_due", condition=Q(taken_at=None) | Q(due_at=None)
            ),
            models.CheckConstraint(
                name="a_message_is_taken_after_it_was_told",
                condition=Q(taken_at=None) | Q(taken_at__gte=F("told_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="messages_to_send", fields=["due_at"], condition=Q(due_at__isnull=False)
            ),
            models.Index(name="messages_of_a_webhook", fields=["webhook", "told_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurrence}"
