"""Those who watch over the record: checks, redactions, an auditor's questions, a job's evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers

from api.bodies import Nothing, Reason, Strict
from api.made import MadeOut
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import Asked, Resource, operation
from ledger.checking import ask_for_a_check
from ledger.exchange.evidence import ZIP_TYPE, evidence_pack
from ledger.reports.audit_questions import (
    AuditQuestions,
    BothSides,
    JobFlag,
    SampledChoice,
    audit_questions,
    sampled_choices,
)
from ledger.reports.record_room import CheckRow, SingleBid, record_room
from marketplace.redacting import (
    WaitingRedaction,
    agree_to_redact,
    ask_to_redact,
    waiting_redactions,
)

CheckOut = paper(
    CheckRow,
    *("check_id", "kind", "name", "asked_by", "started_at", "seconds", "is_clean", "wrong"),
    "log_size",
    title="RecordCheck",
)
RedactionOut = paper(
    WaitingRedaction,
    *("wanted_id", "words_id", "text", "reason", "wanted_by", "wanted_at", "is_own"),
    title="Redaction",
)
BothSidesOut = paper(BothSides, "user_id", "name", "departments", "providers")
SingleBidOut = paper(SingleBid, "job_id", "title", "department_name", "opened_at", "bids")
JobFlagOut = paper(JobFlag, "job_id", "title", "department_name", "opened_at", "code", "text")
QuestionsOut = paper(AuditQuestions, "both_sides", "single_bids", "splits", "flags")
SampledOut = paper(
    SampledChoice,
    *("award_id", "job_id", "reference", "title", "department_name", "provider_name"),
    *("chosen_by", "chosen_at", "price", "lot"),
)


class WishOut(MadeOut):
    """A check that was asked for."""

    asked_at = serializers.DateTimeField()


class RedactedOut(serializers.Serializer[Any]):
    """Words that went."""

    wanted_id = serializers.UUIDField()
    agreed_at = serializers.DateTimeField()


class RedactionBody(Reason):
    """Which words, and why."""

    words_id = serializers.UUIDField()


class SampleQuery(Strict):
    """By which words, and how many."""

    seed = serializers.CharField(max_length=200)
    size = serializers.IntegerField(required=False, min_value=1, max_value=200)


class Checks(Resource):
    """/log/checks/"""

    @operation("List checks", scope="ledger:read", answers=CheckOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """The last thirty: of the books and of the record, the latest first."""
        return sliced(record_room(actor=asked.actor).checks, **asked.page)

    @operation(
        "Ask for a check",
        scope="ledger:write",
        body=Nothing,
        answers=WishOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """Of both. The clock runs it; its result stands in the list."""
        return ask_for_a_check(actor=asked.actor, at=asked.at)


class Redactions(Resource):
    """/log/redactions/"""

    @operation("List redactions", scope="ledger:read", answers=RedactionOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Those that wait for a second person, for auditors and administrators."""
        return sliced(waiting_redactions(asked.actor), **asked.page)

    @operation(
        "Ask that words be redacted",
        scope="ledger:write",
        body=RedactionBody,
        answers=MadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """They stay until another auditor or administrator agrees."""
        return ask_to_redact(actor=asked.actor, at=asked.at, **asked.body)


class RedactionAgreement(Resource):
    """/log/redactions/{id}/agreement/"""

    @operation(
        "Agree to a redaction",
        scope="ledger:write",
        body=Nothing,
        answers=RedactedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, wanted_id: UUID) -> Any:
        """The words are gone for ever; that they were there stays provable."""
        return agree_to_redact(actor=asked.actor, wanted_id=wanted_id, at=asked.at)


class Questions(Resource):
    """/log/questions/"""

    @operation("Read an auditor's questions", scope="ledger:read", answers=QuestionsOut)
    def get(self, asked: Asked) -> Any:
        """Who sits on both sides, jobs with few bids, splits under a limit, bids that stand out."""
        return audit_questions(actor=asked.actor)


class Sample(Resource):
    """/log/sample/"""

    @operation(
        "Draw a sample of choices",
        scope="ledger:read",
        answers=SampledOut,
        query=SampleQuery,
        paged=True,
    )
    def get(self, asked: Asked) -> Listed:
        """By lot: the same words draw the same choices. For auditors."""
        return sliced(sampled_choices(actor=asked.actor, **asked.query), **asked.page)


class Evidence(Resource):
    """/jobs/{id}/evidence/"""

    @operation("Export a job's evidence", scope="ledger:read", streams=(ZIP_TYPE,))
    def get(self, asked: Asked, job_id: UUID) -> HttpResponse:
        """One zip: checkpoint, keys, receipts, events, entries, verify.py; checked without us."""
        pack = evidence_pack(actor=asked.actor, job_id=job_id, at=asked.at)
        answer = HttpResponse(pack.content, content_type=ZIP_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="{pack.file_name}"'
        return answer
