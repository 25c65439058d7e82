"""What the months of the books and the corrections show, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import MomentField
from api.papers import paper
from ledger.reports.accruals import AccrualRow
from ledger.reports.checks import Check, CheckRow
from ledger.reports.close_checklist import Checklist
from ledger.reports.corrections import CorrectionRow
from ledger.reports.period_seal import PeriodSeal
from ledger.reports.periods import PeriodPaper, PeriodRow, StepRow

PeriodOut = paper(
    PeriodRow,
    "id",
    "label",
    "fiscal_year",
    "starts_on",
    "ends_on",
    "state",
    "opened_at",
    "closing_at",
    "closed_at",
    "closed_by",
    "seal",
    "is_adjusting",
)
StepOut = paper(StepRow, "step", "label", "taken_by", "taken_at", "reason", "seal")
PeriodPaperOut = paper(PeriodPaper, "row", "steps", "asked", "acts")
CheckRowOut = paper(CheckRow, "text", "job_id", "period")
CheckOut = paper(
    Check,
    "code",
    "title",
    "is_blocker",
    "is_clear",
    "says",
    "rows",
    state=serializers.CharField(help_text="clear, warning or blocker."),
)
ChecklistOut = paper(Checklist, "period", "label", "checks", "is_closed", "steps")
SealOut = paper(PeriodSeal, "period", "label", "root", "lines", "closed_at", "closed_by", "holds")
AccrualOut = paper(
    AccrualRow,
    "delivery_id",
    "job_id",
    "job_title",
    "milestone_title",
    "department_id",
    "department_name",
    "provider_name",
    "delivered_at",
    "amount",
    "entry_id",
)
CorrectionOut = paper(
    CorrectionRow,
    "correction_id",
    "entry_id",
    "entry_kind",
    "effective_on",
    "period",
    "reason",
    "asked_by",
    "asked_at",
    "state",
    "answered_by",
    "answered_at",
    "answer",
    "reversal_id",
    "may_sign",
    "may_decline",
)


class StepMadeOut(serializers.Serializer[Any]):
    """A step of a month that was taken."""

    id = serializers.UUIDField()
    period_id = serializers.IntegerField()
    step = serializers.CharField()
    taken_at = MomentField()


class CorrectionMadeOut(serializers.Serializer[Any]):
    """A correction that waits for a second person."""

    id = serializers.UUIDField()
    asked_at = MomentField()


class CorrectionAnsweredOut(serializers.Serializer[Any]):
    """The second person's answer."""

    correction_id = serializers.UUIDField()
    answered_at = MomentField()
