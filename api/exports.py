"""/exports/: what other systems read, streamed."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from api.fields import MomentField
from api.questions import DepartmentQuery
from api.report_files import FileRenderer
from api.resource import Asked, Resource, operation
from ledger.exchange.ocds.export.exporting import ExportFilter
from ledger.exchange.ocds.export.packaging import JSON_TYPE, LINES_TYPE, ocds_file


class LinesFile(FileRenderer):
    """One release a line."""

    media_type = LINES_TYPE
    format = "lines"


class OcdsQuery(DepartmentQuery):
    """Which jobs, in which form."""

    since = MomentField(required=False, help_text="Only what changed from then on.")
    format = serializers.ChoiceField(
        ["releases", "records", "lines"],
        required=False,
        help_text="A package of releases, a package of records, or one release a line.",
    )


class OpenContracting(Resource):
    """/exports/ocds/"""

    renderer_classes = (JSONRenderer, LinesFile)

    @operation(
        "Export open contracting data",
        scope="reports:read",
        query=OcdsQuery,
        streams=(JSON_TYPE, LINES_TYPE),
    )
    def get(self, asked: Asked) -> StreamingHttpResponse:
        """
        Every published job with its bids after the opening, choice, work and charges, as OCDS 1.1.
        A department's people get their own, finance and auditors all; each what they may know.
        """
        form = "releases" if asked.format == "json" else asked.format
        only = ExportFilter(**asked.query)
        pieces = ocds_file(actor=asked.actor, at=asked.at, form=form, only=only)
        kind = LINES_TYPE if form == "lines" else JSON_TYPE
        answer = StreamingHttpResponse(pieces, content_type=kind)
        name = "ocds.ndjson" if form == "lines" else "ocds.json"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
