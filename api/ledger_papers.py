"""What the money papers show, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import MoneyField
from api.papers import paper
from ledger.reports.budget_status import BudgetRow
from ledger.reports.commitments import CommitmentRow
from ledger.reports.journal import EntryRow
from ledger.reports.journal_lines import JournalLine
from ledger.reports.statement import OpenPromise, Statement
from ledger.reports.statement_lines import StatementLine
from ledger.reports.trial_balance import BalanceRow, BookTotal, TrialBalance

BudgetOut = paper(
    BudgetRow,
    "line_id",
    "fiscal_year",
    "department_id",
    "department_name",
    "cost_centre",
    "category_code",
    "category_name",
    "currency",
    "control",
    "budget",
    "moved",
    "carried_in",
    "precommitted",
    "committed",
    "charged",
    "accrued",
    "available",
    "used_percent",
    "forecast",
)
CommitmentOut = paper(
    CommitmentRow,
    "award_id",
    "job_id",
    "job_reference",
    "job_title",
    "department_id",
    "department_name",
    "provider_id",
    "provider_name",
    "fiscal_year",
    "currency",
    "chosen_at",
    "original",
    "change_orders",
    "liquidated",
    "released",
    "open",
    "age_days",
    "next_due_on",
    "planned_on",
)
StatementLineOut = paper(
    StatementLine,
    "entry_id",
    "posted_at",
    "effective_on",
    "kind",
    "kind_label",
    "account_code",
    "account_name",
    "job_id",
    "job_reference",
    "job_title",
    "milestone_title",
    "department_name",
    "provider_id",
    "provider_name",
    "amount",
    "fee",
    "corrects_period",
    "proof",
    "is_shown",
)
OpenPromiseOut = paper(
    OpenPromise,
    *("award_id", "job_id", "job_reference", "job_title", "provider_name", "chosen_on", "open"),
)
StatementOut = paper(
    Statement,
    "of_id",
    "name",
    "cost_centre",
    "currency",
    "currencies",
    "since_on",
    "until_on",
    "is_final",
    "opening",
    "lines",
    "charges",
    "credits",
    "fees",
    "corrections",
    "closing",
    "shown",
    "shown_total",
    "promises",
    "promised",
)
BalanceRowOut = paper(
    BalanceRow,
    "account_code",
    "account_name",
    "book",
    "normal_side",
    "currency",
    "opening",
    "debit",
    "credit",
    "closing",
)
BookTotalOut = paper(BookTotal, "book", "book_label", "currency", "debit", "credit", "is_balanced")
TrialBalanceOut = paper(
    TrialBalance,
    "since_period",
    "until_period",
    "since_on",
    "until_on",
    "is_final",
    "rows",
    "totals",
    "is_balanced",
)
JournalLineOut = paper(
    JournalLine,
    "line",
    "account_code",
    "account_name",
    "book",
    "department_id",
    "department_name",
    "provider_id",
    "provider_name",
    "category_code",
    "job_id",
    "job_title",
    "debit",
    "credit",
)
EntryOut = paper(
    EntryRow,
    "entry_id",
    "kind",
    "kind_label",
    "period",
    "effective_on",
    "posted_at",
    "actor_name",
    "source_id",
    "reverses_id",
    "corrects_period",
    "memo",
    "lines",
    "is_whole",
)


class GrantedOut(serializers.Serializer[Any]):
    """The budget line after a grant."""

    id = serializers.UUIDField()
    fiscal_year = serializers.IntegerField()
    department_id = serializers.UUIDField()
    category_id = serializers.UUIDField(allow_null=True)
    control = serializers.CharField()
    available = MoneyField()
