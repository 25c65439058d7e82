"""Files of bids, which the database holds as ciphertext only; and the keys that wrap theirs."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from bids.models.bids import Bid
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider


class SealedFile(models.Model):
    """A file that a provider attached to its bid on a job: its name is sealed like its bytes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="sealed_files")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="sealed_files")
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True)  # the next bid goes without it
    label = models.BinaryField()  # name, kind, size and digest
    envelope = models.BinaryField()  # the bytes
    key = models.BinaryField()
    key_name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_file_is_detached_after_it_is_attached",
                condition=Q(detached_at=None) | Q(detached_at__gte=F("attached_at")),
            )
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"


class BidFile(models.Model):
    """That a bid was submitted with a file, and the file's key, which opens under that bid only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="files")
    file = models.ForeignKey(SealedFile, models.PROTECT, related_name="+")
    key = models.BinaryField()
    key_name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_bid_has_a_file_once", fields=["bid", "file"])
        ]

    def __str__(self) -> str:
        return f"file {self.file_id}"


class SealKey(models.Model):
    """A key that bids were sealed with: its name and when, never what it is."""

    name = models.CharField(max_length=40, primary_key=True)
    registered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
