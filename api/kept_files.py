"""Files made once and fetched as they are: report runs, batches for the general ledger, FOCUS."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.accounts import JournalQuery
from api.bodies import Strict
from api.paging import Listed, sliced
from api.papers import paper
from api.questions import PeriodField, SpanQuery, days_asked
from api.report_files import Report, file_of
from api.reports import ChoiceQuery
from api.resource import Asked, Resource, has_scope, operation, require_scope
from ledger.exchange import general_ledger as books
from ledger.exchange import report_runs as runs
from ledger.exchange.focus import COLUMNS, focus_rows
from ledger.exchange.formats import FORMATS
from ledger.exchange.tables import CSV_TYPE

RunOut = paper(
    runs.RunFacts,
    *("id", "report", "format", "wanted_at", "begun_at", "rows_done", "done_at", "checkpoint"),
    *("file_name", "size", "sha256", "problem"),
    title="ReportRun",
)
BatchOut = paper(
    books.BatchFacts,
    *("number", "made_by", "made_at", "until_period", "entries", "lines"),
    *("generic_sha256", "fbdi_sha256"),
    title="LedgerBatch",
)
QUESTIONS: dict[str, type[Strict]] = {
    "journal": JournalQuery,
    "choices": ChoiceQuery,
    "outside-spend": SpanQuery,
    "focus": SpanQuery,
}
# A run shows what the report's own address shows, and needs what that needs.
SCOPES = {"journal": "ledger:read"}
ANY_FILE = "application/octet-stream"
ASK_BY_DAYS = {"outside-spend", "focus"}


class RunBody(Strict):
    """Which report, as which file, with which question: the names of the report's own address."""

    report = serializers.ChoiceField(list(runs.REPORTS))
    format = serializers.ChoiceField(list(FORMATS))
    question = serializers.DictField(child=serializers.CharField(max_length=100), required=False)


class ReportRuns(Resource):
    """/report-runs/"""

    @operation(
        "List my report runs",
        scope="reports:read",
        answers=RunOut,
        paged=True,
        moved=("wanted_at", "begun_at", "done_at"),
    )
    def get(self, asked: Asked) -> Listed:
        """Yours alone, the last asked for first."""
        found = runs.runs(actor=asked.actor)
        return sliced([run for run in found if _may_see(asked, run)], **asked.page)

    @operation(
        "Run a report",
        scope="reports:read",
        body=RunBody,
        answers=RunOut,
        status=202,
        once="month",
    )
    def post(self, asked: Asked) -> Any:
        """The worker makes it; ask for the run to see how far it is, then fetch its file."""
        report = asked.body["report"]
        require_scope(asked.request, _scope(report))
        shape = QUESTIONS[report](data=asked.body.get("question", {}))
        shape.is_valid(raise_exception=True)
        question = {name: value for name, value in shape.validated_data.items() if value != ""}
        if report in ASK_BY_DAYS:
            question |= days_asked(question, today=asked.at.date())
        return runs.want_report(
            actor=asked.actor,
            report=report,
            format=asked.body["format"],
            question=question,
            at=asked.at,
        )


class ReportRun(Resource):
    """/report-runs/{id}/"""

    @operation("Read a report run", scope="reports:read", answers=RunOut)
    def get(self, asked: Asked, run_id: UUID) -> Any:
        """How far it is."""
        return _run(asked, run_id)


class ReportRunFile(Report):
    """/report-runs/{id}/file/"""

    @operation(
        "Fetch a report run's file", scope="reports:read", streams=("application/octet-stream",)
    )
    def get(self, asked: Asked, run_id: UUID) -> HttpResponseBase:
        """The same bytes whenever it is fetched; their digest stands in the run."""
        _run(asked, run_id)
        name, kind, pieces = runs.run_file(actor=asked.actor, run_id=run_id)
        return _download(name, kind, pieces)


class BatchBody(Strict):
    """Up to which month; the name that the general ledger has for us."""

    until_period = PeriodField()
    ledger_id = serializers.RegexField(r"^[0-9A-Za-z_-]{1,30}$", default="1", max_length=30)


class LedgerBatches(Resource):
    """/exports/general-ledger/"""

    @operation("List batches", scope="ledger:read", answers=BatchOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Every batch handed to the general ledger, the last first."""
        return sliced(books.batches(actor=asked.actor), **asked.page)

    @operation(
        "Make a batch",
        scope="ledger:write",
        body=BatchBody,
        answers=BatchOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Every entry up to a month that no batch holds yet; a correction is in a later one."""
        return books.make_batch(actor=asked.actor, at=asked.at, **asked.body)


class BatchQuery(Strict):
    """In which form."""

    format = serializers.ChoiceField(["generic", "fbdi"], default="generic")


class LedgerBatchFile(Resource):
    """/exports/general-ledger/{number}/file/"""

    @operation("Fetch a batch", scope="ledger:read", query=BatchQuery, streams=(CSV_TYPE,))
    def get(self, asked: Asked, number: int) -> HttpResponseBase:
        """A plain CSV, or the file that Oracle's GL interface reads; the same bytes each time."""
        name, pieces = books.batch_file(
            actor=asked.actor, number=number, is_fbdi=asked.format == "fbdi"
        )
        return _download(name, CSV_TYPE, pieces)


class Focus(Report):
    """/exports/focus/"""

    @operation(
        "Export charges as FOCUS",
        scope="reports:read",
        query=SpanQuery,
        files=True,
        streams=(CSV_TYPE,),
    )
    def get(self, asked: Asked) -> HttpResponseBase:
        """FOCUS 1.2 rows of charges and credits; CSV unless told otherwise. This month."""
        span = days_asked(asked.query, today=asked.at.date())
        rows = focus_rows(actor=asked.actor, **span)
        form = "csv" if asked.format == "json" else asked.format
        return file_of(asked, "focus", COLUMNS, rows, form=form)


def _scope(report: str) -> str:
    return SCOPES.get(report, "reports:read")


def _may_see(asked: Asked, run: runs.RunFacts) -> bool:
    return has_scope(asked.request, _scope(run.report))


def _run(asked: Asked, run_id: UUID) -> runs.RunFacts:
    found = runs.run(actor=asked.actor, run_id=run_id)
    require_scope(asked.request, _scope(found.report))
    return found


def _download(name: str, kind: str, pieces: Any) -> HttpResponseBase:
    answer = StreamingHttpResponse(pieces, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
