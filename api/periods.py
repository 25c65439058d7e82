"""The months of the books: reading them, closing them, reopening them, and correcting entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase

from api.bodies import Nothing, Reason, Strict
from api.paging import Listed
from api.period_papers import (
    AccrualOut,
    ChecklistOut,
    CorrectionAnsweredOut,
    CorrectionMadeOut,
    CorrectionOut,
    PeriodOut,
    PeriodPaperOut,
    SealOut,
    StepMadeOut,
)
from api.questions import PeriodField
from api.report_files import Report, paper_of, report_of
from api.resource import Asked, Resource, operation
from ledger.closing import begin_closing, close_period, stop_closing
from ledger.correcting import ask_correction, decline_correction, sign_correction
from ledger.reopening import ask_reopening, decline_reopening, reopen_period
from ledger.reports import accruals as waiting
from ledger.reports import close_checklist as checklists
from ledger.reports import corrections as asked_for
from ledger.reports import period_seal as seals
from ledger.reports import periods as months


class Periods(Report):
    """/periods/"""

    @operation("List periods", scope="reports:read", answers=PeriodOut, paged=True, files=True)
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """The months of the books, newest first."""
        rows = months.periods(actor=asked.actor)
        return report_of(asked, "periods", months.COLUMNS, rows)


class Period(Resource):
    """/periods/{id}/"""

    @operation("Read a period", scope="ledger:read", answers=PeriodPaperOut)
    def get(self, asked: Asked, period_id: int) -> Any:
        """One month with every step that was taken, and what you may do now."""
        return months.period(actor=asked.actor, period_id=period_id, at=asked.at)


class Seal(Resource):
    """/periods/{id}/seal/"""

    @operation("Read a period's seal", scope="reports:read", answers=SealOut)
    def get(self, asked: Asked, period_id: int) -> Any:
        """The root over a closed month's balances, computed again to see whether it holds."""
        return seals.period_seal(actor=asked.actor, period_id=period_id)


class Closing(Resource):
    """/periods/{id}/closing/"""

    @operation(
        "Begin to close a period",
        scope="ledger:write",
        body=Nothing,
        answers=StepMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, period_id: int) -> Any:
        """Nobody writes in it any more; undecided work is accrued."""
        return begin_closing(actor=asked.actor, period_id=period_id, at=asked.at)


class Stop(Resource):
    """/periods/{id}/stop/"""

    @operation(
        "Stop closing a period",
        scope="ledger:write",
        body=Reason,
        answers=StepMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, period_id: int) -> Any:
        """People write in it again."""
        return stop_closing(actor=asked.actor, period_id=period_id, at=asked.at, **asked.body)


class Close(Resource):
    """/periods/{id}/close/"""

    @operation(
        "Close a period",
        scope="ledger:write",
        body=Nothing,
        answers=StepMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, period_id: int) -> Any:
        """For good: it is sealed. A 409 names what stands against it."""
        return close_period(actor=asked.actor, period_id=period_id, at=asked.at)


class Reopening(Resource):
    """/periods/{id}/reopening/"""

    @operation(
        "Ask to reopen a period",
        scope="ledger:write",
        body=Reason,
        answers=StepMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, period_id: int) -> Any:
        """It stays closed until a second person signs."""
        return ask_reopening(actor=asked.actor, period_id=period_id, at=asked.at, **asked.body)


class ReopeningSignature(Resource):
    """/periods/{id}/reopening/signature/"""

    @operation(
        "Sign the reopening of a period",
        scope="ledger:write",
        body=Nothing,
        answers=StepMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, period_id: int) -> Any:
        """By another person of finance, or an auditor."""
        return reopen_period(actor=asked.actor, period_id=period_id, at=asked.at)


class ReopeningRefusal(Resource):
    """/periods/{id}/reopening/refusal/"""

    @operation(
        "Decline the reopening of a period",
        scope="ledger:write",
        body=Reason,
        answers=StepMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, period_id: int) -> Any:
        """The month stays closed."""
        return decline_reopening(actor=asked.actor, period_id=period_id, at=asked.at, **asked.body)


class MonthQuery(Strict):
    """Which month."""

    period = PeriodField(source="period_id")


class PeriodClose(Report):
    """/reports/period-close/"""

    @operation(
        "Report a period's checklist",
        scope="ledger:read",
        answers=ChecklistOut,
        query=MonthQuery,
        files=True,
    )
    def get(self, asked: Asked) -> Any:
        """What stands against closing a month, and what is to know, each with its rows."""
        paper = checklists.close_checklist(actor=asked.actor, at=asked.at, **asked.query)
        return paper_of(asked, "period-close", checklists.COLUMNS, paper.checks, paper)


class Accruals(Report):
    """/reports/accruals/"""

    @operation(
        "Report accruals",
        scope="ledger:read",
        answers=AccrualOut,
        query=MonthQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """What was delivered and not decided when a month ended."""
        rows = waiting.accruals(actor=asked.actor, **asked.query)
        return report_of(asked, "accruals", waiting.COLUMNS, rows)


class Corrections(Report):
    """/corrections/"""

    @operation(
        "List corrections",
        scope="ledger:read",
        answers=CorrectionOut,
        paged=True,
        files=True,
        moved=("asked_at", "answered_at"),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Entries that somebody wants reversed, those that wait first."""
        rows = asked_for.corrections(actor=asked.actor)
        return report_of(asked, "corrections", asked_for.COLUMNS, rows)


class EntryCorrection(Resource):
    """/entries/{id}/correction/"""

    @operation(
        "Ask to reverse an entry",
        scope="ledger:write",
        body=Reason,
        answers=CorrectionMadeOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, entry_id: UUID) -> Any:
        """Nothing is booked until a second person of finance signs."""
        return ask_correction(actor=asked.actor, entry_id=entry_id, at=asked.at, **asked.body)


class CorrectionSignature(Resource):
    """/corrections/{id}/signature/"""

    @operation(
        "Sign a correction",
        scope="ledger:write",
        body=Nothing,
        answers=CorrectionAnsweredOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, correction_id: UUID) -> Any:
        """Books the opposite of the entry in the open month."""
        return sign_correction(actor=asked.actor, correction_id=correction_id, at=asked.at)


class CorrectionRefusal(Resource):
    """/corrections/{id}/refusal/"""

    @operation(
        "Decline a correction",
        scope="ledger:write",
        body=Reason,
        answers=CorrectionAnsweredOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, correction_id: UUID) -> Any:
        """The entry stands."""
        return decline_correction(
            actor=asked.actor, correction_id=correction_id, at=asked.at, **asked.body
        )
