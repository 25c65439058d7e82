"""The rows of a job, as they are asked whenever somebody reads it: each question's SQL is kept."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.compiled import Kept
from marketplace.models.job_files import JobFile
from marketplace.models.jobs import Criterion, Invitation, Job, JobQuerySet
from marketplace.models.people import User
from marketplace.models.questions import Addendum, Question
from marketplace.refusals import Unknown


def seen(actor: User, job_id: UUID) -> Job:
    """Return a job with what this person is to it. :raises Unknown: it is not theirs to see."""
    if actor.is_system:
        return _as_seen_by(actor).one(job_id)
    found = _seen_by.first(actor.pk, job_id)
    if found is None:
        raise Unknown("There is no such job.")
    return found


@Kept
def _seen_by(actor: UUID, job: UUID) -> QuerySet[Job]:
    return _as_seen_by(User(pk=actor)).filter(pk=job)


def _as_seen_by(actor: User) -> JobQuerySet:
    here = {"pk": OuterRef("pk")}
    jobs = Job.objects.visible_to(actor).annotate(
        is_mine=Exists(Job.objects.of_department_of(actor).filter(**here)),
        reads=Exists(Job.objects.readable_to(actor).filter(**here)),
    )
    about = ("department", "category", "policy", "author", "waiver", "cancellation")
    return jobs.select_related(*about)


@Kept
def criteria_of(job: UUID) -> QuerySet[Criterion]:
    return Criterion.objects.filter(job=job).order_by("position")


@Kept
def asked_about(job: UUID) -> QuerySet[Question]:
    asked = Question.objects.filter(job=job).select_related("answered_by")
    return asked.order_by("asked_at", "pk")


@Kept
def added_to(job: UUID) -> QuerySet[Addendum]:
    return Addendum.objects.filter(job=job).select_related("added_by").order_by("number")


@Kept
def files_of(job: UUID) -> QuerySet[JobFile]:
    files = JobFile.objects.filter(job=job).select_related("addendum")
    return files.order_by("attached_at", "name")


@Kept
def invited_to(job: UUID) -> QuerySet[Invitation]:
    invited = Invitation.objects.filter(job=job).select_related("provider", "decline_reason")
    return invited.order_by("provider__name", "pk")
