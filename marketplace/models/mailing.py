"""What notices are about, and how a person wants each kind of them by mail."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.people import User


class Topic(models.TextChoices):
    """What a notice is about, by its purpose."""

    WAITING = "waiting", "What waits for you"
    WORK = "work", "Your jobs and bids"
    MONEY = "money", "Money"
    COMPANY = "company", "The whole company"
    BINDING = "binding", "What binds or runs out"


class Mailing(models.TextChoices):
    """When a notice comes by mail. In the person's list it always stands."""

    NOW = "now", "At once"
    DAILY = "daily", "Once a day"
    NEVER = "never", "Not by mail"


class MailChoice(models.Model):
    """That a person wants what is about something otherwise than at once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="mail_choices")
    topic = models.CharField(max_length=10, choices=Topic)
    mailing = models.CharField(max_length=10, choices=Mailing)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_person_chooses_once_per_topic", fields=["user", "topic"]
            ),
            models.CheckConstraint(
                name="what_binds_is_mailed_at_once",
                condition=~Q(topic=Topic.BINDING),
            ),
            models.CheckConstraint(
                name="who_wants_it_at_once_has_no_row",
                condition=Q(mailing__in=[Mailing.DAILY, Mailing.NEVER]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.mailing}"
