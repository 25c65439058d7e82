"""What a second head said yes to before a job was published, and above which amount one does."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.departments import Department
from marketplace.models.events import Words
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.querysets import Findable


class PublishingLimit(models.Model):
    """
    Above this, a second head signs what a department publishes, and what the departments below it
    do that have no limit of their own. The latest one counts; without an amount there is none.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="publishing_limits")
    job_minor = models.BigIntegerField(null=True)  # of one job
    year_minor = models.BigIntegerField(null=True)  # of one kind of work in twelve months
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_publishing_limit_is_not_negative",
                condition=(Q(job_minor=None) | Q(job_minor__gte=0))
                & (Q(year_minor=None) | Q(year_minor__gte=0)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.job_minor}"


class PublicationWanted(models.Model):
    """A head would publish this draft as it is; a second head signs, or does not."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="publications_wanted")
    draft_digest = models.BinaryField(max_length=32)  # with the waiver and the estimate
    estimate_minor = models.BigIntegerField(null=True)
    wanted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wanted_at = models.DateTimeField()

    objects = Findable["PublicationWanted"].as_manager()

    class Meta:
        verbose_name_plural = "publications wanted"

    def __str__(self) -> str:
        return str(self.job_id)


class PublicationAnswer(models.Model):
    """What the second head said: signed, or sent back for a reason."""

    wanted = models.OneToOneField(
        PublicationWanted, models.PROTECT, primary_key=True, related_name="answer"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")  # sent back

    def __str__(self) -> str:
        return str(self.wanted_id)
