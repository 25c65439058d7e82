"""Files for bidders: fixed with the publication, or added with an addendum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from marketplace.drafting import AlreadyPublished
from marketplace.file_kinds import (
    MOST_BYTES,
    MOST_FILES,
    FileTooLarge,
    TooManyFiles,
    kind_of,
    plain_name,
)
from marketplace.models.job_files import JobFile, JobFileContent
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.questions import Addendum
from marketplace.permissions import may_draft_for
from marketplace.refusals import Refusal, Unknown, require


class FileNameTaken(Refusal):
    """Two files of one name could not be told apart."""

    code = "file_name_taken"
    field = "file"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it arrived."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class JobFilePaper:
    """A file of a job as it is handed out."""

    name: str
    kind: str
    content: bytes


@transaction.atomic(savepoint=False)
def attach_job_file(
    *, actor: User, job_id: UUID, name: str, content: bytes, at: datetime
) -> JobFile:
    """
    Give a file to those who will be invited. It is fixed with the publication.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor does not draft for its department.
    :raises AlreadyPublished: from then on a file comes with an addendum.
    :raises FileNotTaken, FileTooLarge, TooManyFiles, FileNameTaken: the file.
    """
    job = _draft(actor, job_id)
    return keep_files(actor=actor, job=job, files=[NewFile(name, content)], addendum=None, at=at)[0]


@transaction.atomic(savepoint=False)
def detach_job_file(*, actor: User, job_id: UUID, file_id: UUID, at: datetime) -> None:
    """
    Take a file away from a draft.

    :raises Unknown: there is no such job, or file, that the actor can see.
    :raises Forbidden: the actor does not draft for its department.
    :raises AlreadyPublished: what bidders were given stays.
    """
    del at  # a draft leaves no line
    job = _draft(actor, job_id)
    if not job.files.filter(pk=file_id).exists():
        raise Unknown("There is no such file.")
    throw_away(job, only=file_id)


def job_file(*, actor: User, job_id: UUID, file_id: UUID) -> JobFilePaper:
    """Return a file for whoever may read its job. :raises Unknown: it is not theirs to see."""
    job = Job.objects.readable_to(actor).one(job_id)
    found = JobFileContent.objects.filter(pk=file_id, file__job=job).select_related("file").first()
    if found is None:
        raise Unknown("There is no such file.")
    return JobFilePaper(found.file.name, found.file.kind, bytes(found.content))


def keep_files(
    *,
    actor: User,
    job: Job,
    files: Sequence[NewFile],
    addendum: Addendum | None,
    at: datetime,
) -> list[JobFile]:
    """Write files of a job, whose lock is held. The refusals are those of `attach_job_file`."""
    there = list(job.files.values_list("name", "size"))
    names, size = {name for name, _ in there}, sum(size for _, size in there)
    kept = []
    for one in files:
        called = plain_name(one.name)
        kind = kind_of(called, one.content)
        size += len(one.content)
        if len(names) >= MOST_FILES:
            raise TooManyFiles(f"A job has at most {MOST_FILES} files.")
        if size > MOST_BYTES:
            most = MOST_BYTES // 1_000_000
            raise FileTooLarge(f"All files of a job together have at most {most} MB.")
        if called in names:
            raise FileNameTaken(f"“{called}” is there already. Call this one otherwise.")
        names.add(called)
        row = JobFile.objects.create(
            job=job,
            addendum=addendum,
            name=called,
            kind=kind,
            size=len(one.content),
            sha256=sha256(one.content).digest(),
            attached_by=actor,
            attached_at=at,
        )
        JobFileContent.objects.create(file=row, content=one.content)
        kept.append(row)
    return kept


def throw_away(job: Job, *, only: UUID | None = None) -> None:
    """Throw the files of a draft away, or one of them."""
    files = job.files.all() if only is None else job.files.filter(pk=only)
    JobFileContent.objects.filter(file__in=files).delete()
    files.delete()


def _draft(actor: User, job_id: UUID) -> Job:
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    require(may_draft_for(actor, job.department))
    if job.published_at is not None:
        raise AlreadyPublished(f"“{job.title}” is published; a file comes with an addendum.")
    return job
