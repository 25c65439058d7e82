"""Taking abusive or personal words off the record: one asks, another one agrees."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from marketplace.models.events import Words
from marketplace.models.people import User


class RedactionWanted(models.Model):
    """An auditor or administrator wants words taken away, and says why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    words = models.OneToOneField(Words, models.PROTECT, related_name="redaction_wanted")
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    wanted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wanted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "redactions wanted"

    def __str__(self) -> str:
        return str(self.words_id)


class Redaction(models.Model):
    """Somebody else agreed: the words are gone, and only that they were there is left."""

    wanted = models.OneToOneField(
        RedactionWanted, models.PROTECT, primary_key=True, related_name="redaction"
    )
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.wanted_id)
