"""Jobs: drafted, published, asked about, amended, called off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Reason, Strict
from api.fields import MomentField, MoneyField, WordField
from api.job_shapes import DiscardedDraftOut, DraftBody, GapOut, JobRowOut, JobTextOut, SaveBody
from api.made import AddendumOut, JobMadeOut
from api.paging import Listed, sliced, turned
from api.questions import CodeField
from api.report_files import Report, file_of
from api.resource import Asked, Resource, operation
from api.work_papers import TimelineOut
from ledger.commissioning import amend_job, cancel_job, extend_job, publish_job
from ledger.reports import register as registers
from ledger.reports.states import State
from ledger.reports.timeline import timeline
from marketplace.catalogue import job_text
from marketplace.discarding import discard_draft, discarded_drafts, restore_draft
from marketplace.drafting import draft_job, save_draft
from marketplace.readiness import gaps


class JobsQuery(Strict):
    """Which jobs, in which order."""

    state = serializers.ChoiceField([*State.values, "any_open"], required=False)
    department = serializers.UUIDField(required=False, source="department_id")
    category = CodeField(required=False)
    search = serializers.CharField(required=False, max_length=200, help_text="Part of a title.")
    mine = serializers.BooleanField(
        required=False, help_text="Only of my departments or for my providers."
    )
    updated_since = MomentField(
        required=False,
        help_text="Drafted since, or with something new that you may read of it.",
    )
    order = serializers.ChoiceField(
        list(registers.ORDERS), required=False, help_text="Deprecated: say `ordering`."
    )


class Jobs(Report):
    """/jobs/"""

    ending = {"order": (datetime(2026, 11, 22, tzinfo=UTC), datetime(2027, 11, 22, tzinfo=UTC))}

    @operation(
        "List jobs",
        scope="jobs:read",
        answers=JobRowOut,
        query=JobsQuery,
        paged=True,
        files=True,
        orders=registers.ORDERS,
    )
    def get(self, asked: Asked) -> Any:
        """Those you may see: your departments', those you are invited to, your office's."""
        if ordering := asked.page.get("ordering"):
            asked.query["order"] = ordering

        def read(cursor: str, limit: int) -> Any:
            return registers.register(
                actor=asked.actor, at=asked.at, cursor=cursor, limit=limit, **asked.query
            )

        if asked.format != "json":
            rows = read(asked.page["cursor"], asked.page["limit"]).items
            return file_of(asked, "jobs", registers.COLUMNS, rows)
        return turned(read, **asked.page)

    @operation("Draft a job", scope="jobs:write", body=DraftBody, answers=JobMadeOut, status=201)
    def post(self, asked: Asked) -> Any:
        """Only its department sees it until it is published. Most of it may stay open."""
        return draft_job(actor=asked.actor, at=asked.at, **asked.body)


class Job(Resource):
    """/jobs/{id}/"""

    @operation("Read a job", scope="jobs:read", answers=JobTextOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """All that you may know of it; what you may not is null or empty."""
        return job_text(actor=asked.actor, job_id=job_id, at=asked.at)

    @operation("Save a draft", scope="jobs:write", body=SaveBody, answers=JobMadeOut)
    def put(self, asked: Asked, job_id: UUID) -> Any:
        """Anew, as a whole. What is published changes by an addendum only."""
        return save_draft(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)

    @operation("Discard a draft", scope="jobs:write")
    def discard(self, asked: Asked, job_id: UUID) -> None:
        """Its department may have it back for 30 days. A published job is cancelled instead."""
        discard_draft(actor=asked.actor, job_id=job_id, at=asked.at)

    delete = discard  # by its name in HTTP


class DiscardedDrafts(Resource):
    """/jobs/discarded/"""

    @operation("List discarded drafts", scope="jobs:read", answers=DiscardedDraftOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Those of your departments that can still be had back, the last one first."""
        return sliced(discarded_drafts(actor=asked.actor, at=asked.at), **asked.page)


class Restoration(Resource):
    """/jobs/{id}/restoration/"""

    @operation("Have a discarded draft back", scope="jobs:write", answers=JobMadeOut)
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """With all that it had, within 30 days."""
        return restore_draft(actor=asked.actor, job_id=job_id, at=asked.at)


class Gaps(Resource):
    """/jobs/{id}/gaps/"""

    @operation("List what a draft lacks", scope="jobs:read", answers=GapOut, paged=True)
    def get(self, asked: Asked, job_id: UUID) -> Listed:
        """What would be refused if it were published now."""
        return sliced(gaps(actor=asked.actor, job_id=job_id, at=asked.at), **asked.page)


class PublicationBody(Strict):
    """An estimate to reserve from the budget until the choice, if any."""

    estimate = MoneyField(required=False, allow_null=True)


class Publication(Resource):
    """/jobs/{id}/publication/"""

    @operation(
        "Publish a job",
        scope="jobs:write",
        body=PublicationBody,
        answers=JobMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Freezes its criteria, weights and rules, and tells everybody invited."""
        return publish_job(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class Cancellation(Resource):
    """/jobs/{id}/cancellation/"""

    @operation(
        "Cancel a job",
        scope="jobs:write",
        body=Reason,
        answers=JobMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Before its bids are opened; then none of them ever will be."""
        return cancel_job(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class AddendumBody(Strict):
    """What changes, and perhaps a later deadline."""

    text = WordField()
    closes_at = MomentField(required=False, allow_null=True)


class Addenda(Resource):
    """/jobs/{id}/addenda/"""

    @operation(
        "Add an addendum",
        scope="jobs:write",
        body=AddendumBody,
        answers=AddendumOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Everybody invited is told, and every bid must be confirmed again."""
        return amend_job(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class ExtensionBody(Strict):
    """The later deadline."""

    closes_at = MomentField()


class Extension(Resource):
    """/jobs/{id}/extension/"""

    @operation(
        "Extend a job",
        scope="jobs:write",
        body=ExtensionBody,
        answers=JobMadeOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """Moves the deadline later."""
        return extend_job(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class Timeline(Resource):
    """/jobs/{id}/timeline/"""

    @operation("Read a job's timeline", scope="jobs:read", answers=TimelineOut)
    def get(self, asked: Asked, job_id: UUID) -> Any:
        """What happened, as far as you may know it, and what comes next, by whom and when."""
        return timeline(actor=asked.actor, job_id=job_id, at=asked.at)
