"""Files of bids: as secret as the bid, until the opening and for rivals for ever."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.parsers import MultiPartParser

from api.bid_shapes import FileOut
from api.bodies import Strict
from api.fields import SentFile
from api.paging import Listed, sliced
from api.resource import Asked, Resource, operation
from bids.files import attach_file, attached_file, attached_files, bid_file, detach_file
from marketplace.file_kinds import KINDS
from marketplace.handing_out import handed_out

STREAMS = tuple(sorted({kind for kind, _ in KINDS.values()}))


class FileBody(Strict):
    """One file, sent as a form (multipart/form-data)."""

    file = SentFile(allow_empty_file=True)


class AttachedFiles(Resource):
    """/jobs/{id}/bid-drafts/{provider_id}/files/"""

    parser_classes = (MultiPartParser,)

    @operation("List a draft's files", scope="bids:read", answers=FileOut, paged=True)
    def get(self, asked: Asked, job_id: UUID, provider_id: UUID) -> Listed:
        """Those that the next bid will have."""
        files = attached_files(actor=asked.actor, job_id=job_id, provider_id=provider_id)
        return sliced(files, **asked.page)

    @operation("Attach a file", scope="bids:write", body=FileBody, answers=FileOut, status=201)
    def post(self, asked: Asked, job_id: UUID, provider_id: UUID) -> Any:
        """Sealed as it arrives; the next bid that you submit has it."""
        upload = asked.body["file"]
        return attach_file(
            actor=asked.actor,
            job_id=job_id,
            provider_id=provider_id,
            name=upload.name,
            content=upload.read(),
            at=asked.at,
        )


class AttachedFile(Resource):
    """/jobs/{id}/bid-drafts/{provider_id}/files/{file_id}/"""

    @operation("Read a draft's file", scope="bids:read", streams=STREAMS)
    def get(self, asked: Asked, job_id: UUID, provider_id: UUID, file_id: UUID) -> HttpResponse:
        """For your own side."""
        paper = attached_file(
            actor=asked.actor, job_id=job_id, provider_id=provider_id, file_id=file_id
        )
        return handed_out(name=paper.facts.name, kind=paper.facts.kind, content=paper.content)

    @operation("Take a file away", scope="bids:write")
    def detach(self, asked: Asked, job_id: UUID, provider_id: UUID, file_id: UUID) -> None:
        """The next bid goes without it; one that was submitted with it keeps it."""
        detach_file(
            actor=asked.actor,
            job_id=job_id,
            provider_id=provider_id,
            file_id=file_id,
            at=asked.at,
        )

    delete = detach  # by its name in HTTP


class BidFile(Resource):
    """/bids/{id}/files/{file_id}/"""

    @operation("Read a bid's file", scope="bids:read", streams=STREAMS)
    def get(self, asked: Asked, bid_id: UUID, file_id: UUID) -> HttpResponse:
        """For its own side; once bids are open, for who reads them. It is noted each time."""
        paper = bid_file(actor=asked.actor, bid_id=bid_id, file_id=file_id, at=asked.at)
        return handed_out(name=paper.facts.name, kind=paper.facts.kind, content=paper.content)
