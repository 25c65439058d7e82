"""Budgets, statements and the books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Strict
from api.fields import MomentField, MoneyField
from api.ledger_papers import (
    BudgetOut,
    CommitmentOut,
    EntryOut,
    GrantedOut,
    StatementOut,
    TrialBalanceOut,
)
from api.paging import Listed, turned
from api.questions import (
    CurrencyQuery,
    DepartmentQuery,
    KnownQuery,
    PeriodField,
    SpanQuery,
    days_asked,
)
from api.report_files import Report, file_of, paper_of, period_status, report_of
from api.resource import Asked, Resource, operation
from ledger.granting import grant_budget
from ledger.reports import budget_status as budgets
from ledger.reports import commitments as promises
from ledger.reports import journal as books
from ledger.reports import statement as statements
from ledger.reports import trial_balance as balances
from ledger.reports.statement_rows import COLUMNS as STATEMENT_COLUMNS
from ledger.reports.statement_rows import file_name, rows_of


class GrantBody(Strict):
    """How much, for which year; for one kind of work only, if one is named."""

    department_id = serializers.UUIDField()
    fiscal_year = serializers.IntegerField(min_value=2000, max_value=2100)
    amount = MoneyField()
    category_id = serializers.UUIDField(required=False, allow_null=True)
    budget_control = serializers.ChoiceField(
        ["hard", "tracked"],
        required=False,
        source="control",
        help_text="Of a new line: hard unless said. An existing line keeps its own.",
    )


class BudgetGrants(Resource):
    """/budgets/grants/"""

    @operation(
        "Grant a budget",
        scope="ledger:write",
        body=GrantBody,
        answers=GrantedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Adds to what a department may spend in a year. For finance."""
        return grant_budget(actor=asked.actor, grant_id=uuid4(), at=asked.at, **asked.body)


class YearQuery(DepartmentQuery):
    """Which year's budgets, of which department."""

    fiscal_year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)


class YearKnownQuery(YearQuery, KnownQuery):
    """The same, now or as it was."""


class BudgetStatus(Report):
    """/reports/budget-status/"""

    @operation(
        "Report budgets",
        scope="reports:read",
        answers=BudgetOut,
        query=YearKnownQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """
        Granted and moved, carried in, precommitted, committed, charged, accrued (handed over and
        not accepted), and what is left. `forecast` is charged, committed, and what is accrued
        beyond the committed.
        """
        rows = budgets.budget_status(actor=asked.actor, **asked.query)
        return report_of(asked, "budget-status", budgets.COLUMNS, rows)


class CommitmentQuery(YearKnownQuery):
    """Which commitments."""

    only_open = serializers.BooleanField(default=True)


class Commitments(Report):
    """/reports/commitments/"""

    @operation(
        "Report commitments",
        scope="reports:read",
        answers=CommitmentOut,
        query=CommitmentQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """
        What awards promised of budgets, oldest first; those still open unless told otherwise. As
        they stand now, or as they stood.
        """
        rows = promises.commitments(actor=asked.actor, at=asked.at, **asked.query)
        return report_of(asked, "commitments", promises.COLUMNS, rows)


class StatementQuery(SpanQuery, CurrencyQuery, KnownQuery):  # type: ignore[misc]
    """Whose statement."""

    department = serializers.UUIDField(source="department_id")


class DepartmentStatement(Report):
    """/reports/department-statement/"""

    @operation(
        "Report a department's statement",
        scope="reports:read",
        answers=StatementOut,
        query=StatementQuery,
        files=True,
    )
    def get(self, asked: Asked) -> Any:
        """Opening, charges and credits by line, closing, promises. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        paper = statements.statement(actor=asked.actor, **asked.query | span)
        rows = tuple(rows_of(paper))
        return paper_of(asked, file_name(paper), STATEMENT_COLUMNS, rows, paper)


class ProviderStatementQuery(SpanQuery, CurrencyQuery, KnownQuery):  # type: ignore[misc]
    """Whose statement."""

    provider = serializers.UUIDField(source="provider_id")


class ProviderStatement(Report):
    """/reports/provider-statement/"""

    @operation(
        "Report a provider's statement",
        scope="reports:read",
        answers=StatementOut,
        query=ProviderStatementQuery,
        files=True,
    )
    def get(self, asked: Asked) -> Any:
        """What a team recovered, or a vendor is owed. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        paper = statements.provider_statement(actor=asked.actor, **asked.query | span)
        rows = tuple(rows_of(paper))
        return paper_of(asked, file_name(paper), STATEMENT_COLUMNS, rows, paper)


class BalanceQuery(CurrencyQuery, KnownQuery):
    """Which months: one, or from one to another."""

    period = PeriodField(required=False, source="since_period")
    until_period = PeriodField(required=False)


class TrialBalance(Report):
    """/reports/trial-balance/"""

    @operation(
        "Report the trial balance",
        scope="ledger:read",
        answers=TrialBalanceOut,
        query=BalanceQuery,
        files=True,
    )
    def get(self, asked: Asked) -> Any:
        """Every account with opening, debit, credit and closing. Without a period: this month."""
        today = asked.at.date()
        asked.query.setdefault("since_period", today.year * 100 + today.month)
        paper = balances.trial_balance(actor=asked.actor, **asked.query)
        return paper_of(asked, "trial-balance", balances.COLUMNS, paper.rows, paper)


class JournalQuery(CurrencyQuery, KnownQuery):
    """Which entries."""

    period = PeriodField(required=False)
    kind = serializers.SlugField(required=False, max_length=60)
    department = serializers.UUIDField(required=False, source="department_id")
    provider = serializers.UUIDField(required=False, source="provider_id")
    job = serializers.UUIDField(required=False, source="job_id")
    account = serializers.CharField(required=False, max_length=8, source="account_code")
    updated_since = MomentField(
        required=False, source="booked_since", help_text="Only what was booked from then on."
    )


class Journal(Report):
    """/reports/journal/"""

    @operation(
        "Report the journal",
        scope="ledger:read",
        answers=EntryOut,
        query=JournalQuery,
        paged=True,
        files=True,
        orders=("newest",),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Entries with their lines, newest first; to others than finance, their own lines."""
        only = books.JournalFilter(**asked.query)
        if asked.format != "json":
            lines = books.every_line(actor=asked.actor, only=only)
            control = books.journal_control(actor=asked.actor, only=only)
            return file_of(asked, "journal", books.COLUMNS, lines, control=control)
        page = turned(
            lambda cursor, limit: books.journal(
                actor=asked.actor, only=only, cursor=cursor, limit=limit
            ),
            **asked.page,
        )
        control = books.journal_control(actor=asked.actor, only=only)
        return replace(page, control=control, period_status=period_status(asked))


class Entry(Resource):
    """/entries/{id}/"""

    @operation("Read an entry", scope="ledger:read", answers=EntryOut)
    def get(self, asked: Asked, entry_id: UUID) -> Any:
        """One event of the books."""
        return books.entry(actor=asked.actor, entry_id=entry_id)
