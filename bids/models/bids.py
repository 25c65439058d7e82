"""Bids: sealed until the clock opens them, never edited."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.models.events import Words
from marketplace.models.jobs import Job
from marketplace.models.panels import PanelSeat
from marketplace.models.people import Membership, Office, OfficeHeld, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.querysets import Findable

# What is as long as the bid itself, and read only to open it.
SEALED = ("quality_envelope", "price_envelope", "quality_key", "price_key", "receipt")


class BidQuerySet(Findable["Bid"]):
    def standing(self) -> Self:
        """Bids still in the running."""
        return self.filter(withdrawn_at=None)

    def of_provider_of(self, actor: User) -> Self:
        """Bids of the providers that the person belongs to."""
        seats = Membership.objects.current().filter(user=actor, provider__isnull=False)
        return self.filter(provider__in=seats.values("provider_id"))

    def visible_to(self, actor: User) -> Self:
        """Bids are sealed: until the opening, only the bidder sees that a bid is there."""
        if actor.is_system:
            return self.all()
        seats = Membership.objects.current().filter(user=actor)
        mine = Q(provider__in=seats.filter(provider__isnull=False).values("provider_id"))
        buyer = Q(job__in=Job.objects.of_department_of(actor).values("pk"))
        held = models.Exists(
            OfficeHeld.objects.filter(
                user=actor, ended_at=None, office__in=[Office.AUDITOR, Office.FINANCE]
            )
        )
        opened = Q(job__opened_at__isnull=False, withdrawn_at=None)
        panels = PanelSeat.objects.judging().filter(user=actor)
        return self.filter(mine | (opened & (buyer | held | Q(job__in=panels.values("job")))))


class Bid(models.Model):
    """A provider's offer for one job. Never edited: a new price is a new bid."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True)  # random: tells nothing of others
    job = models.ForeignKey(Job, models.PROTECT, related_name="bids")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="bids")
    # A second offer beside the first (0), where the job's policy allows several of one bidder.
    variant = models.PositiveSmallIntegerField(default=0)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    confirmed_addendum = models.PositiveSmallIntegerField(default=0)  # the last one it agrees to

    # Sealed: read only through bids.seals. Each envelope has its own key, wrapped by one that
    # the database never holds; `key_name` says which.
    quality_envelope = models.BinaryField()
    price_envelope = models.BinaryField()
    quality_key = models.BinaryField()
    price_key = models.BinaryField()
    key_name = models.CharField(max_length=40)
    fingerprint = models.BinaryField(max_length=32)  # what the receipt names
    receipt = models.TextField()  # signed by the server: fingerprint, time, reference

    objects = BidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bid_is_withdrawn_after_it_is_submitted",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("submitted_at")),
            ),
            models.UniqueConstraint(
                name="one_standing_bid_per_job_and_provider",
                fields=["job", "provider", "variant"],
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class BidDraftQuerySet(Findable["BidDraft"]):
    def kept(self) -> Self:
        """Drafts that are being written."""
        return self.filter(discarded_at=None)

    def discarded(self) -> Self:
        """Those that were thrown away, and can be had back for a while."""
        return self.filter(discarded_at__isnull=False)


class BidDraft(models.Model):
    """
    A bid being written: as secret as one submitted. One row, saved over and over; beside it the
    one that was thrown away last.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="bid_drafts")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="bid_drafts")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    envelope = models.BinaryField()
    key = models.BinaryField()
    key_name = models.CharField(max_length=40)
    discarded_at = models.DateTimeField(null=True)
    files = ArrayField(models.UUIDField(), default=list)  # what a discarded one had attached

    objects = BidDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_draft_per_job_and_provider",
                fields=["job", "provider"],
                condition=Q(discarded_at=None),
            ),
            models.UniqueConstraint(
                name="one_discarded_draft_per_job_and_provider",
                fields=["job", "provider"],
                condition=Q(discarded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class BidAccess(models.Model):
    """
    What was done with a sealed bid, by whom: its author reads it. It lies outside the record
    until the opening, because a line in the record would tell that a bid came.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="accesses")
    kind = models.CharField(max_length=40)  # submitted, confirmed, read, withdrawn, opened
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)  # when it entered the record

    class Meta:
        verbose_name_plural = "bid accesses"

    def __str__(self) -> str:
        return self.kind


class OpenedBid(models.Model):
    """What the quality envelope held, written once at the opening."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="opened")
    opened_at = models.DateTimeField()
    approach = models.TextField()
    starts_on = models.DateField(null=True)
    finishes_on = models.DateField(null=True)
    valid_until_on = models.DateField(null=True)
    answers = models.JSONField(default=dict)  # criterion id -> text
    files = models.JSONField(default=list)  # [{file_id, name, kind, size, digest}]

    def __str__(self) -> str:
        return str(self.bid_id)


class OpenedPrice(models.Model):
    """What the price envelope held, written once when prices are opened."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="price")
    opened_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    quoted_minor = models.BigIntegerField()  # what the department would be charged
    tax_minor = models.BigIntegerField(default=0)  # recoverable tax on top
    milestones = models.JSONField(default=list)  # [{title, due_on, amount_minor}], sum = quoted

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_opened_price_is_not_negative",
                condition=Q(quoted_minor__gte=0, tax_minor__gte=0),
            )
        ]

    def __str__(self) -> str:
        return str(self.quoted)

    @property
    def quoted(self) -> Money:
        return Money(self.quoted_minor, self.currency)


class LineKind(models.TextChoices):
    """The lines of a price, the same for everybody."""

    LABOUR = "labour", "Labour"
    OVERHEAD = "overhead", "Overhead"
    MATERIALS = "materials", "Materials"
    TRAVEL = "travel", "Travel"
    SUBCONTRACT = "subcontract", "Subcontract"
    HIRED_LABOUR = "hired_labour", "Hired labour"


class OpenedPriceLine(models.Model):
    """One line of an opened price."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    price = models.ForeignKey(OpenedPrice, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=LineKind)
    text = models.CharField(max_length=200, blank=True, default="")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="price_lines_stand_in_order", fields=["price", "position"])
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount_minor}"


class Disqualification(models.Model):
    """Why a bid cannot be chosen. Written at the opening or while scoring."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="disqualified")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.bid_id)


class Opening(models.Model):
    """The minutes of an opening. From now on the number of bids is known."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="opening")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    bids_counted = models.PositiveIntegerField()
    receipts_matched = models.PositiveIntegerField()
    minutes = models.TextField()

    def __str__(self) -> str:
        return self.minutes


class FewBids(models.Model):
    """
    The one extension that was made because bids were few. It tells that they were, so from then
    on a bid that stands may only be confirmed, lowered or withdrawn.
    """

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="few_bids")
    extended_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "few bids"

    def __str__(self) -> str:
        return str(self.job_id)


class SealedRoot(models.Model):
    """
    What a job's bids hang on once no more can come: a Merkle root over their fingerprints among
    random ones, always the same number of leaves, so that it tells nobody how many there are.
    """

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="sealed_root")
    rooted_at = models.DateTimeField()
    seed = models.BinaryField(max_length=32)  # what the random leaves are made of
    leaves = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.job_id)
