"""What machines show at the door, and the answers that they may ask for again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.models.people import User
from marketplace.querysets import Findable


class Scope(models.TextChoices):
    """What a token may be used for. It never allows more than its person may do."""

    JOBS_READ = "jobs:read", "Read jobs, providers and departments"
    JOBS_WRITE = "jobs:write", "Draft and publish jobs, ask and answer"
    BIDS_READ = "bids:read", "Read own bids, and others after the opening"
    BIDS_WRITE = "bids:write", "Submit, confirm and withdraw bids, score"
    AWARDS_READ = "awards:read", "Read choices and the work that follows"
    AWARDS_WRITE = "awards:write", "Choose, deliver, accept, dispute, rate"
    LEDGER_READ = "ledger:read", "Read accounts, the journal and the trial balance"
    LEDGER_WRITE = "ledger:write", "Grant budgets and resolve disputes"
    REPORTS_READ = "reports:read", "Read reports"
    COMPANY_WRITE = "company:write", "Add people, departments and providers"


class TokenQuerySet(Findable["Token"]):
    def of(self, actor: User) -> Self:
        """A token is its owner's alone to see."""
        return self.filter(user=actor)

    def valid(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)


class Token(models.Model):
    """Lets a program act as a person. Shown once; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    beginning = models.CharField(max_length=12)  # enough to recognise it in a list
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # to the minute
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_token_expires_within_a_year",
                condition=Q(
                    expires_at__gt=F("issued_at"),
                    expires_at__lte=F("issued_at") + timedelta(days=366),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """The answer to a request that must have one effect only, however often it is sent."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    # Keyed with a secret that the database does not hold: a bid's price must not be guessable
    # from the hash of the request that brought it.
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    answered_at = models.DateTimeField()
    is_kept_for_ever = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_answer_per_person_route_and_key",
                fields=["user", "route", "key"],
            )
        ]
        indexes = [
            models.Index(
                name="answers_to_forget",
                fields=["answered_at"],
                condition=Q(is_kept_for_ever=False),
            )
        ]

    def __str__(self) -> str:
        return self.key
