"""The sealed log: which event stands where, the tree over them, and what was signed and sent."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from marketplace.models.events import Event


class LogEpoch(models.Model):
    """
    A stretch of the database's own numbering of transactions.

    After a dump and a restore the numbers begin again; a new epoch says which came first.
    """

    number = models.PositiveIntegerField(primary_key=True)
    cluster = models.BigIntegerField()  # PostgreSQL's name for the server that counts
    begun_at = models.DateTimeField(db_default=models.functions.Now())
    reason = models.TextField()

    def __str__(self) -> str:
        return f"epoch {self.number}"


class LogLeaf(models.Model):
    """An event's place in the log, for ever."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="place")
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "log leaves"
        constraints = [
            models.CheckConstraint(name="log_begins_at_zero", condition=Q(position__gte=0))
        ]

    def __str__(self) -> str:
        return f"leaf {self.position}"


class LogTile(models.Model):
    """256 hashes of one level that will never change, with the root over them."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField(max_length=256 * 32)
    root = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"tile {self.level}/{self.number}"


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def latest_first(self) -> Self:
        return self.order_by("-size")


class Checkpoint(models.Model):
    """The root of the first `size` leaves, signed."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()  # a C2SP signed note
    made_at = models.DateTimeField()

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="checkpoint_is_over_something", condition=Q(size__gt=0))
        ]

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Place(models.TextChoices):
    """Where copies of checkpoints go, so that nobody here can rewrite the log alone."""

    MAIL = "mail", "Mail to finance and auditors"
    FOLDER = "folder", "A folder"
    ADDRESS = "address", "An address that takes a POST"


class CheckpointCopy(models.Model):
    """One attempt to send a checkpoint out of the house, and what came of it."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="copies")
    place = models.CharField(max_length=10, choices=Place)
    target = models.CharField(max_length=500)
    tried_at = models.DateTimeField()
    problem = models.TextField(blank=True)  # empty: it arrived

    class Meta:
        verbose_name_plural = "checkpoint copies"
        indexes = [models.Index(name="copies_to_a_target", fields=["target", "tried_at"])]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} to {self.target}"
