"""/reports/: what finance looks at around vendors, teams and contested charges; the feed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Strict
from api.paging import Listed
from api.papers import paper
from api.questions import CurrencyQuery, KnownQuery, PeriodField, SpanQuery, days_asked
from api.report_files import Report, paper_of, report_of
from api.resource import Asked, operation
from api.vendor_papers import VendorStatementOut
from ledger.reports import changes as feed
from ledger.reports import disputes as contested
from ledger.reports import provider_results as results
from ledger.reports import vendor_aging as aging
from ledger.reports.columns import control_of
from ledger.reports.known import NOW, Known
from ledger.reports.vendor_year import COLUMNS as VENDOR_COLUMNS
from ledger.reports.vendor_year import vendor_statement

DisputeOut = paper(
    contested.DisputeRow,
    *("dispute_id", "award_id", "job_id", "job_reference", "milestone_title", "department_name"),
    *("provider_name", "amount", "reason", "raised_by", "raised_at", "days_open", "credit"),
    *("credit_reason", "resolved_by", "resolved_at"),
)
AgingOut = paper(
    aging.AgingRow,
    *("provider_id", "provider_name", "currency", "owed", "days_0_30", "days_31_60"),
    *("days_61_90", "days_over_90", "disputed", "retained", "receivable"),
)
ResultOut = paper(
    results.ResultRow,
    *("provider_id", "provider_name", "fiscal_year", "category_code", "currency", "recovered"),
    *("direct_cost", "overhead", "subsidy", "cost", "surplus", "is_total"),
)
RateOut = paper(
    results.RateRow,
    *("provider_id", "provider_name", "rule", "rate", "in_force_on", "reviewed_on", "due_on"),
    *("is_due", "fiscal_year", "units", "cost_per_unit", "recovered", "cost", "over"),
    "proposed_rate",
    title="RateReview",
)
ChangeOut = paper(
    feed.Change, "position", "kind", "subject_id", "job_id", "provider_id", "happened_at"
)
ChangesOut = paper(feed.Changes, "items", "next_since", "is_all")


class DisputeQuery(Strict):
    """Which of them."""

    only_open = serializers.BooleanField(default=True)


class Disputes(Report):
    """/reports/disputes/"""

    @operation(
        "Report disputes",
        scope="reports:read",
        answers=DisputeOut,
        query=DisputeQuery,
        paged=True,
        files=True,
        moved=("raised_at", "resolved_at"),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Contested charges with what is held for them; the open ones unless told otherwise."""
        rows = contested.disputes(actor=asked.actor, at=asked.at, **asked.query)
        return report_of(asked, "disputes", contested.COLUMNS, rows)


class CreditNotes(Report):
    """/reports/credit-notes/"""

    @operation(
        "Report credit notes",
        scope="reports:read",
        answers=DisputeOut,
        query=SpanQuery,
        paged=True,
        files=True,
        moved=("resolved_at",),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Charges that were reduced, each with its reason. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        rows = contested.credit_notes(actor=asked.actor, at=asked.at, **span)
        return report_of(asked, "credit-notes", contested.CREDIT_COLUMNS, rows)


class AgingQuery(CurrencyQuery, KnownQuery):
    """Of whom, and when."""

    provider = serializers.UUIDField(required=False, source="provider_id")


class VendorAging(Report):
    """/reports/vendor-aging/"""

    @operation(
        "Report what vendors are owed",
        scope="reports:read",
        answers=AgingOut,
        query=AgingQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """By how long it has been owed; what is disputed and retained beside it. Today."""
        known = asked.query.get("known", NOW)
        known = Known(known.as_of or asked.at.date(), known.known_at)
        rows = aging.vendor_aging(actor=asked.actor, **asked.query | {"known": known})
        return report_of(asked, "vendor-aging", aging.COLUMNS, rows)


class VendorStatementQuery(SpanQuery, CurrencyQuery, KnownQuery):  # type: ignore[misc]
    """Of whom, and when."""

    provider = serializers.UUIDField(source="provider_id")


class VendorStatement(Report):
    """/reports/vendor-statement/"""

    @operation(
        "Report a vendor's statement",
        scope="reports:read",
        answers=VendorStatementOut,
        query=VendorStatementQuery,
        files=True,
    )
    def get(self, asked: Asked) -> Any:
        """What was owed, earned, credited and paid, and is owed still. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        paper = vendor_statement(actor=asked.actor, **asked.query | span)
        return paper_of(asked, "vendor-statement", VENDOR_COLUMNS, paper.lines, paper)


class ResultQuery(KnownQuery):
    """Which months: one, or from one to another; this year's without."""

    period = PeriodField(required=False, source="since_period")
    until_period = PeriodField(required=False)


class ProviderResults(Report):
    """/reports/provider-pnl/"""

    @operation(
        "Report teams' results",
        scope="reports:read",
        answers=ResultOut,
        query=ResultQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """
        Recoveries by kind of work, parted as the chosen bids reckoned them (`direct_cost`,
        `overhead`), subsidies, cost as settled, surplus or deficit.
        """
        year = asked.at.year * 100
        asked.query.setdefault("until_period", asked.query.get("since_period", year + 13))
        asked.query.setdefault("since_period", year + 1)
        rows = results.provider_results(actor=asked.actor, **asked.query)
        # A row that sums others is left out of what all rows come to.
        control = control_of(results.COLUMNS, [row for row in rows if row.is_total])
        control = replace(control, rows=len(rows))
        return report_of(asked, "provider-pnl", results.COLUMNS, rows, control)


class RateReview(Report):
    """/reports/rate-review/"""

    @operation("Review rates", scope="reports:read", answers=RateOut, paged=True, files=True)
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """
        Each team's rule in force; of the last year that was settled the milestones charged
        (`units`), the full cost of one, over- or under-recovery, the rate that would have fitted.
        """
        rows = results.rate_review(actor=asked.actor, today=asked.at.date())
        return report_of(asked, "rate-review", results.RATE_COLUMNS, rows)


class ChangesQuery(Strict):
    """From which place on."""

    since = serializers.IntegerField(default=0, min_value=0, max_value=2**53)
    limit = serializers.IntegerField(default=200, min_value=1, max_value=200)


class Changes(Report):
    """/reports/changes/"""

    @operation(
        "Follow what changed",
        scope="reports:read",
        answers=ChangesOut,
        query=ChangesQuery,
        files=True,
    )
    def get(self, asked: Asked) -> Any:
        """
        Every sealed event by its place, without gaps; go on with `next_since`. One that is not for
        you has its place and nothing else.
        """
        paper = feed.changes(actor=asked.actor, **asked.query)
        return paper_of(asked, "changes", feed.COLUMNS, paper.items, paper)
