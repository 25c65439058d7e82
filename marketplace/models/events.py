"""The record: what happened, the words people wrote, and what is to be told to whom."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from marketplace.models.mailing import Topic
from marketplace.models.people import User
from marketplace.querysets import Findable


class Audience(models.TextChoices):
    """Who may read an event: a circle, never a list of persons."""

    ALL = "all", "Everybody who sees the job"
    BUYER = "buyer", "The department, finance, auditors"
    PROVIDER = "provider", "The provider it concerns, auditors"
    BOTH = "both", "The department and the provider"
    COMPANY = "company", "Finance, auditors, administrators"


class Words(models.Model):
    """
    Free text that a person wrote. The record keeps only its salted hash, so that the text can be
    redacted for a reason without breaking a proof.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    text = models.TextField()
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)  # SHA-256(salt ‖ UTF-8 text)
    written_at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "words"

    def __str__(self) -> str:
        return self.text


class EventQuerySet(Findable["Event"]):
    def about(self, *subject_ids: object) -> Self:
        """Events of these things, in the order they happened."""
        return self.filter(subject_id__in=subject_ids).order_by("happened_at", "id")


class Event(models.Model):
    """One line of the history. Append-only; its leaf hash is what the log seals later."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    subject_id = models.UUIDField(db_index=True)
    job = models.ForeignKey("marketplace.Job", models.PROTECT, null=True, related_name="events")
    provider = models.ForeignKey(
        "marketplace.Provider", models.PROTECT, null=True, related_name="+"
    )
    audience = models.CharField(max_length=10, choices=Audience)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=models.functions.Now())
    body = models.TextField()  # canonical JSON: what the leaf hashes
    salt = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)  # SHA-256(0x00 ‖ salt ‖ body), RFC 6962

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="events_of_a_job", fields=["job", "happened_at"])]

    def __str__(self) -> str:
        return self.kind


class Notice(models.Model):
    """Something to tell one person: a row of the outbox first, then of their list."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="notices")
    job = models.ForeignKey("marketplace.Job", models.PROTECT, null=True, related_name="+")
    subject_id = models.UUIDField(null=True)
    text = models.TextField()
    because = models.CharField(max_length=200)  # why this person gets it
    topic = models.CharField(
        max_length=10, choices=Topic, default=Topic.BINDING, db_default=Topic.BINDING.value
    )
    told_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = ArrayField(models.DateTimeField(), default=list)

    class Meta:
        indexes = [
            models.Index(name="notices_to_send", fields=["told_at"], condition=Q(sent_at=None)),
            models.Index(name="notices_of_a_person", fields=["recipient", "told_at"]),
        ]

    def __str__(self) -> str:
        return self.text
