"""Files that were made once and stay as they are: results of report runs, batches for the books."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from ledger.models.journal import JournalEntry
from marketplace.models.people import User
from marketplace.querysets import Findable


class KeptFile(models.Model):
    """A file, byte for byte. Its content lies in pieces, so that any size fits."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)  # SHA-256
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class FilePiece(models.Model):
    """A piece of a file, in order."""

    pk = models.CompositePrimaryKey("file_id", "number")
    file = models.ForeignKey(KeptFile, models.PROTECT, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"


class ReportRunQuerySet(Findable["ReportRun"]):
    def of(self, actor: User) -> Self:
        """A run is its owner's: it shows what that person may see."""
        return self.filter(wanted_by=actor)

    def waiting(self) -> Self:
        return self.filter(done_at=None)


class ReportRun(models.Model):
    """A report that the worker makes, because it is large."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    report = models.CharField(max_length=40)
    format = models.CharField(max_length=10)
    question = models.JSONField()  # by the names that the read takes
    wanted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wanted_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    rows_done = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    checkpoint = models.BigIntegerField(null=True)  # how much was sealed when it was made
    file = models.OneToOneField(KeptFile, models.PROTECT, null=True, related_name="run")
    problem = models.CharField(max_length=300, default="")

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_finished_run_has_a_file_or_a_problem",
                condition=Q(done_at=None, file=None)
                | Q(done_at__isnull=False, file__isnull=False, problem="")
                | (Q(done_at__isnull=False, file=None) & ~Q(problem="")),
            ),
            models.CheckConstraint(
                name="a_run_is_done_after_it_was_wanted",
                condition=Q(done_at=None) | Q(done_at__gte=F("wanted_at")),
            ),
        ]
        indexes = [
            models.Index(name="runs_to_make", fields=["wanted_at"], condition=Q(done_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.wanted_at}"


class LedgerBatch(models.Model):
    """Entries that were handed to the general ledger together, once."""

    number = models.PositiveIntegerField(primary_key=True)  # 1, 2, 3
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    until_period = models.IntegerField()
    entries = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    generic = models.OneToOneField(KeptFile, models.PROTECT, related_name="+")
    fbdi = models.OneToOneField(KeptFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "ledger batches"
        constraints = [
            models.CheckConstraint(name="a_ledger_batch_holds_something", condition=Q(lines__gt=0))
        ]

    def __str__(self) -> str:
        return f"batch {self.number}"


class BatchedEntry(models.Model):
    """An entry is in one batch, for ever."""

    entry = models.OneToOneField(
        JournalEntry, models.PROTECT, primary_key=True, related_name="batched"
    )
    batch = models.ForeignKey(LedgerBatch, models.PROTECT, related_name="batched", db_index=False)

    class Meta:
        verbose_name_plural = "batched entries"

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.batch_id}"
