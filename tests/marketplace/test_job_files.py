"""Files that bidders are given: fixed with the publication, or added with an addendum."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.utils import Error

from marketplace.addenda import add_addendum
from marketplace.catalogue import job_text
from marketplace.discarding import KEPT_FOR, discard_draft, forget_drafts
from marketplace.drafting import AlreadyPublished
from marketplace.file_kinds import FileNotTaken, FileTooLarge, TooManyFiles
from marketplace.freezing import fingerprint_of
from marketplace.job_files import (
    FileNameTaken,
    NewFile,
    attach_job_file,
    detach_job_file,
    job_file,
)
from marketplace.models.job_files import JobFile, JobFileContent
from marketplace.publishing import publish_job
from marketplace.refusals import Forbidden, Unknown
from tests.builders import HOUR, NOON, a_draft, refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PLAN = b"%PDF-1.7\nThe courtyard, with every socket."


def attach(cast: Cast, job_id: UUID, **changes: Any) -> JobFile:
    usual = {"actor": cast.rolf, "name": "courtyard.pdf", "content": PLAN, "at": NOON - HOUR}
    return attach_job_file(job_id=job_id, **(usual | changes))


def test_a_file_is_fixed_with_the_publication_and_read_by_all_invited(cast: Cast):
    job = a_draft(cast)
    bare = fingerprint_of(job)
    file = attach(cast, job.pk)
    with refused(Unknown):
        job_file(actor=cast.vera, job_id=job.pk, file_id=file.pk)
    job = publish_job(actor=cast.maya, job_id=job.pk, at=NOON)

    assert bytes(job.fingerprint or b"") == fingerprint_of(job) != bare
    for person in (cast.vera, cast.pia, cast.maya, cast.ada):
        assert job_file(actor=person, job_id=job.pk, file_id=file.pk).content == PLAN
    (shown,) = job_text(actor=cast.vera, job_id=job.pk, at=NOON).files
    assert (shown.name, shown.size, shown.addendum) == ("courtyard.pdf", len(PLAN), None)
    with refused(AlreadyPublished):
        attach(cast, job.pk, name="later.pdf", at=NOON + HOUR)
    with refused(AlreadyPublished):
        detach_job_file(actor=cast.rolf, job_id=job.pk, file_id=file.pk, at=NOON + HOUR)


def test_a_file_added_later_is_an_addendum_and_leaves_the_fingerprint(cast: Cast):
    job = a_draft(cast)
    attach(cast, job.pk)
    job = publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    add_addendum(
        actor=cast.maya,
        job_id=job.pk,
        text="The plan of the cellar.",
        files=[NewFile("cellar.pdf", PLAN + b"2")],
        at=NOON + HOUR,
    )

    shown = job_text(actor=cast.otto, job_id=job.pk, at=NOON + HOUR).files
    assert [(one.name, one.addendum) for one in shown] == [
        ("courtyard.pdf", None),
        ("cellar.pdf", 1),
    ]
    assert fingerprint_of(job) == bytes(job.fingerprint or b"")


def test_the_database_lets_nothing_that_bidders_were_given_change(cast: Cast):
    job = a_draft(cast)
    file = attach(cast, job.pk)
    publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    content = JobFileContent.objects.filter(pk=file.pk)
    for change in (
        content.delete,
        lambda: content.update(content=b"other"),
        lambda: JobFile.objects.filter(pk=file.pk).update(name="other.pdf"),
        lambda: JobFile.objects.filter(pk=file.pk).delete(),
        lambda: JobFile.objects.create(
            job=job, name="x.pdf", kind="application/pdf", size=1, sha256=b"0" * 32,
            attached_by=cast.rolf, attached_at=NOON,
        ),
    ):  # fmt: skip
        with pytest.raises(Error), transaction.atomic():
            change()


def test_a_draft_takes_only_files_of_the_kinds_that_bids_take_and_few_of_them(cast: Cast):
    job = a_draft(cast)
    attach(cast, job.pk)
    with refused(FileNameTaken):
        attach(cast, job.pk)
    with refused(FileNotTaken):
        attach(cast, job.pk, name="page.html")
    with refused(FileNotTaken):
        attach(cast, job.pk, name="plan.png")  # its bytes are a PDF's
    with refused(FileTooLarge):
        attach(cast, job.pk, name="large.txt", content=b"x" * 10_000_001)
    with refused(Unknown):
        attach(cast, job.pk, name="theirs.pdf", actor=cast.vera)
    for number in range(9):
        attach(cast, job.pk, name=f"{number}.txt", content=b"few")
    with refused(TooManyFiles):
        attach(cast, job.pk, name="eleventh.txt", content=b"few")


def test_a_draft_is_thrown_away_with_its_files(cast: Cast):
    job = a_draft(cast)
    file = attach(cast, job.pk)
    detach_job_file(actor=cast.maya, job_id=job.pk, file_id=file.pk, at=NOON)
    attach(cast, job.pk)
    with refused(Forbidden, Unknown):
        detach_job_file(actor=cast.sam, job_id=job.pk, file_id=file.pk, at=NOON)
    discard_draft(actor=cast.maya, job_id=job.pk, at=NOON)
    with refused(Unknown):
        attach(cast, job.pk, name="late.pdf")

    assert forget_drafts(at=NOON + KEPT_FOR) == 1
    assert not JobFileContent.objects.exists()
