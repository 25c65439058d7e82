"""How the rows of the record are bound to its log, and when that was looked at."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.models.people import User


class UnrecordedRow(models.Model):
    """A row that was written and waits for its digest. Triggers write it, the clock takes it."""

    id = models.BigAutoField(primary_key=True)
    table_name = models.CharField(max_length=63)
    key = models.TextField()

    def __str__(self) -> str:
        return f"{self.table_name} {self.key}"


class RowBatch(models.Model):
    """
    Digests of rows of one table, taken together. An event of the log names the digest of this
    batch, so that no row in it can be altered, removed or swapped afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.BigIntegerField(unique=True)  # 1, 2, 3: the later word of two counts
    table_name = models.CharField(max_length=63)
    columns = ArrayField(models.TextField())  # what never changes
    later_columns = ArrayField(models.TextField())  # what is filled in later, or moves
    keys = ArrayField(models.TextField())
    digests = ArrayField(models.BinaryField())  # one for each key, of the first columns
    later_digests = ArrayField(models.BinaryField())  # of the second; empty where there are none
    up_to_position = models.BigIntegerField(null=True)  # of the log, where the rows are events
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "row batches"
        constraints = [
            models.CheckConstraint(
                name="a_batch_holds_one_digest_a_row",
                condition=Q(digests__len=F("keys__len")),
            )
        ]
        indexes = [models.Index(name="batches_of_a_table", fields=["table_name", "number"])]

    def __str__(self) -> str:
        return f"{self.table_name} {self.number}"


class CheckKind(models.TextChoices):
    """The two questions: do the books hold, and is the record what it was."""

    BOOKS = "books", "The books"
    RECORD = "record", "The record"


class CheckWish(models.Model):
    """Somebody asked for a check. The clock runs it, because it may take a minute."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "check wishes"

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"


class RecordCheck(models.Model):
    """One run of a check: what was looked at, and what was wrong."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=CheckKind)
    # Who asked for it; nobody: the clock does it every night.
    wish = models.ForeignKey(CheckWish, models.PROTECT, null=True, related_name="checks")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    is_clean = models.BooleanField()
    checked = models.JSONField()  # what was counted, by name
    wrong = models.JSONField(default=list)  # the first wrong rows, in words
    log_size = models.BigIntegerField()  # how far the log reached

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_clean_check_found_nothing",
                condition=Q(is_clean=False) | Q(wrong=[]),
            )
        ]
        indexes = [models.Index(name="checks_by_moment", fields=["started_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d}"
