"""Files of bids over HTTP: sealed as they arrive, nobody else's until the opening."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from marketplace.models.jobs import Job
from tests.api.conftest import ROOT, Machine
from tests.api.stories import bid_body, open_job
from tests.cast import Cast

PDF = b"%PDF-1.7\nA long table under the lindens."


@pytest.fixture
def job(cast: Cast) -> Job:
    return open_job(cast)


@pytest.fixture
def files(cast: Cast, job: Job) -> str:
    return f"jobs/{job.pk}/bid-drafts/{cast.vera_co.pk}/files/"


def attach(machine: Machine, path: str, name: str = "plan.pdf", content: bytes = PDF) -> Any:
    upload = {"file": SimpleUploadedFile(name, content)}
    with transaction.atomic():
        return machine.client.post(ROOT + path, upload, headers=machine.headers)


def test_an_attached_file_goes_with_the_bid(cast, job, files, vera: Machine, maya: Machine):
    made = attach(vera, files)
    assert made.status_code == 201, made.content
    file = made.json()
    assert vera.get(files).json()["items"] == [file]
    assert vera.get(f"{files}{file['file_id']}/").content == PDF

    bid = vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co, "7000.00")).json()["id"]

    assert vera.get(f"bids/{bid}/").json()["content"]["files"] == [file]
    answer = vera.get(f"bids/{bid}/files/{file['file_id']}/")
    assert (answer.content, answer.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert maya.get(f"bids/{bid}/files/{file['file_id']}/").status_code == 404


def test_a_rivals_files_answer_like_missing_ones(files, vera: Machine, otto: Machine):
    file = attach(vera, files).json()["file_id"]

    for path in (files, f"{files}{file}/"):
        assert otto.get(path).content == otto.get(path.replace(file[:8], "0" * 8)).content
        assert otto.get(path).status_code in (403, 404)


def test_what_is_no_file_of_a_bid_is_refused(files, vera: Machine):
    assert attach(vera, files, "page.html", b"<p>").json()["code"] == "file_not_taken"
    assert attach(vera, files, "plan.pdf", b"<p>").json()["code"] == "file_not_taken"
    assert attach(vera, files, "plan.pdf", b"").json()["code"] == "file_not_taken"


def test_a_file_is_taken_away(files, vera: Machine):
    file = attach(vera, files).json()["file_id"]

    assert vera.ask("DELETE", f"{files}{file}/").status_code == 204
    assert vera.get(files).json()["items"] == []
    assert vera.get(f"{files}{file}/").status_code == 404
