"""What jobs begin with: templates; and the files that bidders are given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from api.bid_files import STREAMS, FileBody
from api.bodies import Nothing, Strict
from api.fields import MomentField, WordField
from api.job_shapes import FileTextOut
from api.made import AddendumOut, HexField, JobMadeOut, MadeOut
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import Asked, Resource, operation
from ledger.commissioning import amend_job
from marketplace.catalogue import job_text
from marketplace.handing_out import handed_out
from marketplace.job_files import NewFile, attach_job_file, detach_job_file, job_file
from marketplace.templates import (
    TemplateCriterion,
    TemplatePaper,
    draft_from_template,
    end_template,
    keep_template,
    templates,
)

TemplateCriterionOut = paper(
    TemplateCriterion, "name", "weight", "question", "levels", "knock_out", "kind"
)
TemplateOut = paper(
    TemplatePaper,
    *("id", "name", "department_id", "department_name", "title", "category_id", "category_name"),
    *("need", "procedure", "mode", "bids_wanted", "too_few_rule", "criteria", "milestones"),
    *("kept_by", "kept_at", "may_end"),
    title="Template",
)


class TemplateMadeOut(MadeOut):
    """A template's name and moments."""

    name = serializers.CharField()
    kept_at = MomentField()
    ended_at = MomentField(allow_null=True)


class TemplateBody(Strict):
    """Which job is kept, under which name, and the parts in which such work is handed over."""

    job_id = serializers.UUIDField()
    name = WordField(max_length=120)
    milestones = serializers.ListField(
        child=WordField(max_length=200), required=False, max_length=20
    )


class Templates(Resource):
    """/templates/"""

    @operation("List templates", scope="jobs:read", answers=TemplateOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Those of your departments, and of the departments above them."""
        return sliced(templates(actor=asked.actor), **asked.page)

    @operation(
        "Keep a template",
        scope="jobs:write",
        body=TemplateBody,
        answers=TemplateMadeOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """Need, criteria, weights and rules of a job of yours; no bids, people, dates, amounts."""
        return keep_template(actor=asked.actor, at=asked.at, **asked.body)


class TemplateEnd(Resource):
    """/templates/{id}/end/"""

    @operation(
        "End a template",
        scope="jobs:write",
        body=Nothing,
        answers=TemplateMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, template_id: UUID) -> Any:
        """Jobs that began with it are not touched."""
        return end_template(actor=asked.actor, template_id=template_id, at=asked.at)


class BeginningBody(Strict):
    """For which department; the title and the rules, if others than the template's and usual."""

    department_id = serializers.UUIDField()
    title = WordField(max_length=500, required=False)
    policy_code = serializers.SlugField(required=False, max_length=40)


class TemplateDrafts(Resource):
    """/templates/{id}/drafts/"""

    @operation(
        "Begin a job from a template",
        scope="jobs:write",
        body=BeginningBody,
        answers=JobMadeOut,
        status=201,
    )
    def post(self, asked: Asked, template_id: UUID) -> Any:
        """A draft with what the template holds."""
        return draft_from_template(
            actor=asked.actor, template_id=template_id, at=asked.at, **asked.body
        )


class JobFileMadeOut(MadeOut):
    """A file that bidders are given."""

    name = serializers.CharField()
    kind = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = HexField()
    attached_at = MomentField()


class JobFiles(Resource):
    """/jobs/{id}/files/"""

    parser_classes = (MultiPartParser,)

    @operation("List a job's files", scope="jobs:read", answers=FileTextOut, paged=True)
    def get(self, asked: Asked, job_id: UUID) -> Listed:
        """What bidders are given, with its digest; `addendum` where it came later."""
        text = job_text(actor=asked.actor, job_id=job_id, at=asked.at)
        return sliced(text.files, **asked.page)

    @operation(
        "Attach a file to a job",
        scope="jobs:write",
        body=FileBody,
        answers=JobFileMadeOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """To a draft. It is fixed with the publication; afterward it comes with an addendum."""
        upload = asked.body["file"]
        return attach_job_file(
            actor=asked.actor,
            job_id=job_id,
            name=upload.name,
            content=upload.read(),
            at=asked.at,
        )


class JobFile(Resource):
    """/jobs/{id}/files/{file_id}/"""

    @operation("Read a job's file", scope="jobs:read", streams=STREAMS)
    def get(self, asked: Asked, job_id: UUID, file_id: UUID) -> HttpResponse:
        """For everybody who may read the job."""
        found = job_file(actor=asked.actor, job_id=job_id, file_id=file_id)
        return handed_out(name=found.name, kind=found.kind, content=found.content)

    @operation("Take a file of a draft away", scope="jobs:write")
    def detach(self, asked: Asked, job_id: UUID, file_id: UUID) -> None:
        """What bidders were given stays."""
        detach_job_file(actor=asked.actor, job_id=job_id, file_id=file_id, at=asked.at)

    delete = detach  # by its name in HTTP


class AddendumFileBody(FileBody):
    """What changes, the file that comes with it, and perhaps a later deadline."""

    text = WordField()
    closes_at = MomentField(required=False, allow_null=True)


class AddendaWithFile(Resource):
    """/jobs/{id}/addenda/files/"""

    parser_classes = (MultiPartParser,)

    @operation(
        "Add an addendum with a file",
        scope="jobs:write",
        body=AddendumFileBody,
        answers=AddendumOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Sent as a form. Everybody invited is told, and every bid must be confirmed again."""
        body = dict(asked.body)
        upload = body.pop("file")
        files = [NewFile(upload.name, upload.read())]
        return amend_job(actor=asked.actor, job_id=job_id, files=files, at=asked.at, **body)
