"""Files that bidders are given: no secret, and never changed once the job is published."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.questions import Addendum


class JobFile(models.Model):
    """A file of a job: there at its publication, or added with an addendum."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="files")
    addendum = models.ForeignKey(Addendum, models.PROTECT, null=True, related_name="files")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_job_has_a_file_name_once", fields=["job", "name"]),
            models.CheckConstraint(name="a_file_of_a_job_is_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class JobFileContent(models.Model):
    """The bytes of such a file, apart from it, so that a list of files reads none."""

    file = models.OneToOneField(JobFile, models.PROTECT, primary_key=True, related_name="content")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.file_id)
