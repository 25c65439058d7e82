"""Files of a bid on the pages: attached without a script, handed out so that they cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bids.files import attached_files
from bids.models.bids import Bid
from bids.models.files import SealedFile
from marketplace.models.jobs import Job
from tests.bids.builders import open_all
from tests.builders import DEADLINE, HOUR, a_published_job
from tests.cast import Cast
from tests.frontend.bidding import NOW, address, check_and_submit, it_is, send, typed
from tests.frontend.conftest import SignIn

PDF = b"%PDF-1.7\nA long table under the lindens."


@pytest.fixture
def cast(company: Cast) -> Iterator[Cast]:
    """It is the day after the job was published. Refusals end a transaction: commits are real."""
    with it_is(NOW):
        yield company


@pytest.fixture
def job(cast: Cast) -> Job:
    return a_published_job(cast)


def attach(client: Client, cast: Cast, job: Job, name: str, content: bytes) -> Any:
    path = reverse("bid-files", args=[job.pk, cast.events_team.pk])
    return client.post(path, {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_attached_shown_submitted_and_read_after_the_opening(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia = as_person(cast.pia)
    saved = send(pia, address("bid-edit", cast, job), typed(job, go="files"))
    assert saved.headers["Location"] == reverse("bid-files", args=[job.pk, cast.events_team.pk])
    assert attach(pia, cast, job, "plan of the courtyard.pdf", PDF).status_code == 302
    assert "plan of the courtyard.pdf" in pia.get(address("bid-edit", cast, job)).content.decode()
    check_and_submit(pia, cast, job)
    bid = Bid.objects.get()
    file = reverse("bid-file", args=[bid.pk, SealedFile.objects.get().pk])
    assert file in pia.get(reverse("bid-receipt", args=[bid.pk])).content.decode()
    assert as_person(cast.maya).get(file).status_code == 404

    open_all(job)

    with it_is(DEADLINE + HOUR):
        opening = as_person(cast.maya).get(reverse("opening", args=[job.pk])).content.decode()
        answer = as_person(cast.maya).get(file)
    assert file in opening
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<script>1</script>", "These kinds of files are taken"),
        ("plan.pdf", b"<script>1</script>", "its content is not that"),
    ],
)
def test_what_is_no_file_of_a_bid_is_refused_beside_its_field(
    cast: Cast, job: Job, as_person: SignIn, name: str, content: bytes, words: str
) -> None:
    answer = attach(as_person(cast.pia), cast, job, name, content)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_file_too_large_to_arrive_is_asked_for_again(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    answer = attach(as_person(cast.pia), cast, job, "plan.pdf", PDF + b"x" * 10_700_000)

    assert answer.status_code == 422
    assert "at most 10 MB" in answer.content.decode()


def test_a_file_is_taken_away(cast: Cast, job: Job, as_person: SignIn) -> None:
    pia = as_person(cast.paul)
    attach(pia, cast, job, "plan.pdf", PDF)
    one = SealedFile.objects.get()
    remove = reverse("bid-file-remove", args=[job.pk, cast.events_team.pk, one.pk])
    assert "plan.pdf" in pia.get(remove).content.decode()

    assert send(pia, remove, {}).status_code == 302
    words = {"job_id": job.pk, "provider_id": cast.events_team.pk}
    assert attached_files(actor=cast.paul, **words) == []
    assert pia.get(remove).status_code == 404
