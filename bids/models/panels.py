"""Judging: who scored which bid on which criterion, and why; and what they agreed on together."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q

from bids.models.bids import Bid
from marketplace.models.events import Words
from marketplace.models.jobs import Criterion, Job
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


class AgreedScore(models.Model):
    """What a panel says together of one bid on one criterion. A further one replaces it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="agreed_scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="agreed_scores")
    quarters = models.PositiveSmallIntegerField()  # the level: 0 to 4 quarters
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    was_talked_over = models.BooleanField()  # asked for where scores lie far apart
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_agreed_level_is_0_to_4_quarters", condition=Q(quarters__lte=4)
            ),
            models.UniqueConstraint(
                name="one_current_agreed_score_per_bid_and_criterion",
                fields=["bid", "criterion"],
                condition=Q(replaced_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarters}/4"


class Consent(models.Model):
    """A member says yes to the whole sheet of agreed scores: to just the one with this digest."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="consents")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_consent_per_person_and_sheet", fields=["job", "user", "digest"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.job}"


class Agreement(models.Model):
    """All of a panel said yes to one sheet. From now on quality is not judged again."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="agreement")
    agreed_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.job_id)


class FinalRound(models.Model):
    """The one best and final round of a job: the same question and deadline for all asked."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="final_round")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.ForeignKey(Words, models.PROTECT, related_name="+")
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_final_round_ends_after_it_was_asked_for",
                condition=Q(closes_at__gt=F("asked_at")),
            )
        ]

    def __str__(self) -> str:
        return str(self.job_id)


class Shortlisted(models.Model):
    """A bid whose provider is asked for a best and final one."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="shortlisted")
    round = models.ForeignKey(FinalRound, models.PROTECT, related_name="shortlist")

    class Meta:
        verbose_name_plural = "shortlisted"

    def __str__(self) -> str:
        return str(self.bid_id)


class FinalOffer(models.Model):
    """
    A best and final bid while it is sealed: apart from the bids, so that nothing can tell that it
    is here. At the end of the round it becomes a bid with this id, and is opened as one.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    earlier = models.ForeignKey(Bid, models.PROTECT, related_name="final_offers")
    reference = models.CharField(max_length=20, unique=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    quality_envelope = models.BinaryField()
    price_envelope = models.BinaryField()
    quality_key = models.BinaryField()
    price_key = models.BinaryField()
    key_name = models.CharField(max_length=40)
    fingerprint = models.BinaryField(max_length=32)
    receipt = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_final_offer_per_shortlisted_bid",
                fields=["earlier"],
                condition=Q(replaced_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def job_id(self) -> UUID:
        """The job of the bid that it follows, under which it is sealed."""
        return self.earlier.job_id

    @property
    def provider_id(self) -> UUID:
        """Whose it is."""
        return self.earlier.provider_id


class FinalBid(models.Model):
    """A bid that came in the best and final round, and takes the place of an earlier one."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="final_of")
    earlier = models.OneToOneField(Bid, models.PROTECT, related_name="final")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_final_bid_follows_another", condition=~Q(bid=F("earlier"))
            )
        ]

    def __str__(self) -> str:
        return str(self.bid_id)


class FinalOpening(models.Model):
    """The best and final bids were opened, all together. `bids` says how many came."""

    round = models.OneToOneField(
        FinalRound, models.PROTECT, primary_key=True, related_name="opening"
    )
    opened_at = models.DateTimeField()
    bids = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.round_id)
